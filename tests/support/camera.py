"""What a telephone's camera sees of a QR code: turned, out of focus, with noise, as a Y4M film.

Chromium takes the film for its camera (`--use-file-for-fake-video-capture`). The code is found by
the page itself; nothing here knows how.
"""

import math
import random
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 640, 480
PAPER, INK, DESK = 225, 40, 120
_MARGIN = 4
_HEAD = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()


@dataclass(frozen=True)
class Look:
    """How the code is held: `turned` in degrees, `blur` and `side` in pixels, `noise` in levels."""

    turned: float = 0
    blur: float = 0
    noise: int = 0
    side: int = 320


HARD = Look(turned=17, blur=2.4, noise=36)
"""A hand that trembles in a dim room."""


def film(path: Path, code: list[list[int]], look: Look, *, frames: int = 3) -> None:
    """Write what the camera sees of `code`, 1 for ink; the noise is another in each frame."""
    dice = random.Random(17)  # noqa: S311 - repeatability is what it is for
    still = _still(code, look)
    pictures = [_FRAME + _grainy(still, look.noise, dice) + _GREY for _ in range(frames)]
    path.write_bytes(_HEAD + b"".join(pictures))


def empty(path: Path) -> None:
    """Write a film of a desk with nothing on it."""
    path.write_bytes(_HEAD + _FRAME + bytes([DESK]) * (WIDTH * HEIGHT) + _GREY)


_FRAME = b"FRAME\n"
_GREY = bytes([128]) * (WIDTH * HEIGHT // 2)
_TAPS = (
    (0, 0),
    (1, 0),
    (-1, 0),
    (0, 1),
    (0, -1),
    (0.7, 0.7),
    (-0.7, 0.7),
    (0.7, -0.7),
    (-0.7, -0.7),
)


def _still(rows: list[list[int]], look: Look) -> bytearray:
    size = len(rows) + 2 * _MARGIN
    module = look.side / size
    cos, sin = math.cos(math.radians(look.turned)), math.sin(math.radians(look.turned))
    seen = bytearray([DESK]) * (WIDTH * HEIGHT)
    reach = int(look.side * 0.75)

    def at(x: float, y: float) -> int:
        column = math.floor((x * cos + y * sin) / module + size / 2)
        row = math.floor((y * cos - x * sin) / module + size / 2)
        if not (0 <= column < size and 0 <= row < size):
            return DESK
        inside = _MARGIN <= column < size - _MARGIN and _MARGIN <= row < size - _MARGIN
        return INK if inside and rows[row - _MARGIN][column - _MARGIN] else PAPER

    for y in range(max(-reach, -HEIGHT // 2), min(reach, HEIGHT // 2)):
        for x in range(max(-reach, -WIDTH // 2), min(reach, WIDTH // 2)):
            taps = [at(x + dx * look.blur, y + dy * look.blur) for dx, dy in _TAPS]
            seen[(y + HEIGHT // 2) * WIDTH + x + WIDTH // 2] = sum(taps) // len(taps)
    return seen


def _grainy(still: bytearray, noise: int, dice: random.Random) -> bytes:
    if not noise:
        return bytes(still)
    grain = dice.randbytes(len(still))
    return bytes(
        max(0, min(255, level + (one * 2 * noise >> 8) - noise))
        for level, one in zip(still, grain, strict=True)
    )
