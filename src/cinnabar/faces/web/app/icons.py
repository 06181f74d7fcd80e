"""The app's icons: a firm's seal on the firm's colour, as pictures every phone takes.

The shapes are committed, in sixteen shades (tools/icons.py); here their palette becomes the way
from the firm's colour to white. So a firm with a colour of its own needs no tool to have icons.
"""

import struct
import zlib
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from cinnabar.firm.model import Firm

KINDS = ("192", "512", "maskable", "180")
"""Sizes, one whose edges may be cut off, and the one that iOS takes (180)."""

_SHADES, _NAME, _SIGNATURE = 16, 8, 8
_MARK = "mark"
"""The product's own, for a seal that nobody has drawn."""


def icon(firm: Firm, kind: str) -> bytes:
    """Return the PNG of `firm` of one of the `KINDS`."""
    return _coloured(_shape(firm.identity.seal), firm.identity.accent, kind)


def address(firm: Firm, kind: str) -> str:
    """Return where the icon is; another picture is at another address."""
    return f"/app/icons/{kind}.png?v={sha256(icon(firm, kind)).hexdigest()[:_NAME]}"


def size(kind: str) -> int:
    """Return the length of an icon's side in pixels."""
    return int(kind) if kind.isdigit() else 512


@lru_cache
def _shape(seal: str) -> str:
    name = f"{ord(seal):x}"
    return name if _file(f"{name}-{KINDS[0]}.png").is_file() else _MARK


@lru_cache
def _coloured(shape: str, accent: str, kind: str) -> bytes:
    picture = _file(f"{shape}-{kind}.png").read_bytes()
    pieces, at = [picture[:_SIGNATURE]], _SIGNATURE
    while at < len(picture):
        length, name = struct.unpack(">I4s", picture[at : at + 8])
        data = picture[at + 8 : at + 8 + length]
        at += length + 12
        pieces.append(_chunk(name, _palette(accent) if name == b"PLTE" else data))
    return b"".join(pieces)


def _palette(accent: str) -> bytes:
    """Return sixteen colours from `accent` (#rrggbb) to white (ISO 15948, 11.2.2)."""
    colour = bytes.fromhex(accent[1:])
    last = _SHADES - 1
    return bytes(one + (255 - one) * shade // last for shade in range(_SHADES) for one in colour)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _file(name: str) -> Traversable:
    return files("cinnabar").joinpath("faces", "web", "icons", name)
