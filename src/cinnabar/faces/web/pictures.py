"""Pictures that a page carries in itself: nothing else is fetched, and nothing stays behind."""

import base64


def inline(png: bytes) -> str:
    """Return the address of a PNG that is the picture itself (RFC 2397)."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
