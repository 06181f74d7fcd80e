"""The passwords that everybody tries first: the list that comes with Django (PWD-05).

Some 19,600, in small letters; of those that have eight characters or more there are 12,000.
"""

import gzip
import unicodedata
from functools import cache
from importlib.resources import files

from cinnabar.kernel.secrets import Password


def is_common(password: Password) -> bool:
    """Tell whether `password` is one of them, however its letters are written."""
    return unicodedata.normalize("NFKC", password.reveal()).lower() in _common()


@cache
def _common() -> frozenset[str]:
    packed = files("django.contrib.auth").joinpath("common-passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split())
