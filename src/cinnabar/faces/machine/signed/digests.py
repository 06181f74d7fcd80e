"""The digest of a body (RFC 9530), so that a signature over headers covers it too."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final

from cinnabar.faces.machine.signed.fields import FieldError, Item, read_dictionary, write_item

FIELD: Final = "content-digest"

_KNOWN: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "sha-256": hashlib.sha256,
    "sha-512": hashlib.sha512,
}


def content_digest(body: bytes, algorithm: str = "sha-256") -> str:
    """Return the field for `body`; raise `KeyError` for an algorithm that is not active."""
    return f"{algorithm}={write_item(Item(_KNOWN[algorithm](body).digest()))}"


def fits(text: str, body: bytes) -> bool:
    """Tell whether the field `text` is of `body`.

    Every digest in it by an algorithm known here must fit, and there must be one (RFC 9530, 6.6:
    old algorithms are not believed). Raises `FieldError` for what is no such field.
    """
    known = {name: item for name, item in read_dictionary(text).items() if name in _KNOWN}
    for name, item in known.items():
        if not isinstance(item, Item) or not isinstance(item.value, bytes):
            msg = f"{name} is no digest"
            raise FieldError(msg)
        if not hmac.compare_digest(_KNOWN[name](body).digest(), item.value):
            return False
    return bool(known)
