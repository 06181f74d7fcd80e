"""A device's key as two words, shown on both sides, so that people can compare it (TOK-04).

Sixteen bits: enough to notice that one looks at another device than one thinks, too few against
somebody who makes keys until one fits. What binds is the registration code, never the words.
"""

from functools import cache
from hashlib import sha256
from importlib.resources import files

_HEAD = b"cinnabar word pair v1\n"
_JOINED = "・"


def pair(language: str, key_id: str) -> str:
    """Return the two words of a key in `language`; they say the same in each of them."""
    first, second = sha256(_HEAD + key_id.encode()).digest()[:2]
    words = words_of(language)
    return _JOINED.join((words[first], words[second]))


@cache
def words_of(language: str) -> tuple[str, ...]:
    """Return the 256 words of a language; where one stands is what it says.

    A list is named by as much of the language's tag as it serves (RFC 4647, section 3.4).
    """
    lists = {one.name.removesuffix(".txt"): one for one in files(__package__).iterdir()}
    name = next(one for one in lists if language.startswith(one))
    return tuple(lists[name].read_text("utf-8").split())
