"""A picture of a part of a page, and a fingerprint of what it shows: its text, not its pixels.

Fonts, machines and versions of the browser draw the same page differently, so nobody compares
the pictures themselves.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, ViewportSize, expect

from tests.support.tree import TOP

FOLDER = TOP / "src" / "cinnabar" / "static" / "manual"
LIST = FOLDER / "pictures.json"
STYLE = TOP / "frontend" / "style" / "tokens.css"
"""The colours. Other rules change often and seldom make a picture wrong."""

WIDTH: ViewportSize = {"width": 480, "height": 900}
"""CSS pixels: readable on a phone as on a desktop."""

TALLEST, MARGIN, SCALE, QUALITY = 640, 8, 1.5, 75
LARGEST, ALL = 60_000, 3_000_000  # octets

_VOLATILE = (
    (re.compile(r"(?:Headless)?Chrom\w+ [\d.]+"), "BROWSER"),
    (re.compile(r"blob:\S+"), "FILE"),
    (re.compile(r"[0-9A-F]{8}-\d{8}(?=\.pfx)"), "SERIAL-DAY"),
    (re.compile(r"\d{4}[-/]\d\d[-/]\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?"), "DATE"),
    # A value that could be read as a number (12345678, 1234E567) stands in quotes.
    (re.compile(r'(?<=: )"[0-9A-F]{8}"$', re.MULTILINE), "SERIAL"),
    (re.compile(r"\b[0-9A-F]{8}(?:[0-9A-F]{24})?\b"), "SERIAL"),
    (re.compile(r"\d+(?= ?(?:秒|分|s\b|min))"), "N"),
)


@dataclass
class Album:
    """The pictures of one language. With `keep` they are put into the tree, else compared."""

    language: str
    keep: bool
    stale: list[str] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, name: str, part: Locator) -> None:
        """Look at `part` of a page; keep what it shows, or note that it shows something else."""
        expect(part).to_be_visible()
        beside = self.path(name, "aria")
        shows = fingerprint(part)
        if self.keep:
            beside.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(shows)
            self.taken[name] = _picture(part, self.path(name, "webp"))
        elif not beside.exists() or beside.read_text() != shows:
            self.stale.append(name)
        else:
            self.taken[name] = listed()[self.language][name]

    def path(self, name: str, ending: str) -> Path:
        return FOLDER / self.language / f"{name}.{ending}"

    def close(self) -> None:
        """Write the list anew for this language, and drop pictures that nobody takes any more."""
        whole = {**listed(), self.language: self.taken, "style": style()}
        LIST.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n")
        for old in (FOLDER / self.language).iterdir():
            if old.stem not in self.taken:
                old.unlink()


def listed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(LIST.read_text()) if LIST.exists() else {}
    return found


def style() -> str:
    """Return the fingerprint of the colours."""
    return hashlib.sha256(STYLE.read_bytes()).hexdigest()[:16]


def fingerprint(part: Locator) -> str:
    """Return what a reader is told by `part`, without what differs from day to day."""
    text = part.aria_snapshot()
    for volatile, instead in _VOLATILE:
        text = volatile.sub(instead, text)
    return text + "\n"


def _picture(part: Locator, path: Path) -> dict[str, Any]:
    """Take `part`, with a margin and no taller than a screen, and say how large it became."""
    page = part.page
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    assert box
    scrolled = page.evaluate("[scrollX, scrollY]")
    clip = {
        "x": max(0, box["x"] + scrolled[0] - MARGIN),
        "y": max(0, box["y"] + scrolled[1] - MARGIN),
        "width": min(box["width"] + 2 * MARGIN, WIDTH["width"]),
        "height": min(box["height"] + 2 * MARGIN, TALLEST),
    }
    width, height = round(clip["width"]), round(clip["height"])
    session = page.context.new_cdp_session(page)
    shot = session.send(
        "Page.captureScreenshot",
        {
            "format": "webp",
            "quality": QUALITY,
            "captureBeyondViewport": True,
            "clip": {**clip, "scale": SCALE},
        },
    )
    session.detach()
    octets = base64.b64decode(shot["data"])
    path.write_bytes(octets)
    short = hashlib.sha256(octets).hexdigest()[:8]
    return {"width": width, "height": height, "hash": short}
