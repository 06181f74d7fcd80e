"""Looking for a secret in octets, however it was written there."""

import base64
from collections.abc import Iterator


def is_in(secret: bytes, text: bytes) -> bool:
    """Tell whether octets occur raw, in hex or in base64 at any offset."""
    lower = text.lower()
    plain = text.replace(b"-", b"+").replace(b"_", b"/")
    return (
        secret in text
        or secret.hex().encode() in lower
        or any(middle in plain for middle in in_base64(secret))
    )


def in_base64(secret: bytes) -> Iterator[bytes]:
    """Return the part of the base64 of `secret` that does not depend on its neighbours."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + secret)
        yield whole[(0, 2, 3)[before] : (len(secret) + before) // 3 * 4]
