"""QR codes as pictures (ISO/IEC 18004): for mails and pages."""

import io

import segno

_SCALE, _QUIET = 8, 4
"""Pixels of a module, and modules of the white edge that readers need."""


def png(text: str) -> bytes:
    """Return `text` as a QR code in a black-and-white PNG; a seventh of it may be unreadable."""
    picture = io.BytesIO()
    code = segno.make(text, error="m", micro=False, boost_error=False)
    code.save(picture, kind="png", scale=_SCALE, border=_QUIET)
    return picture.getvalue()
