"""The built script and style, as frontend/build.mjs listed them."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ADDRESS = "/static/app/"


@dataclass(frozen=True, slots=True)
class Asset:
    """A built file: where it is served and the hash a browser checks it by (WEB-02)."""

    address: str
    integrity: str


def find(name: str) -> Asset:
    """Return the built file called `name`, such as `apply.js`; raise `KeyError` without it."""
    return _listed()[name]


@cache
def _listed() -> dict[str, Asset]:
    listed = files("cinnabar").joinpath("static", "app", "assets.json").read_text("utf-8")
    return {
        name: Asset(address=ADDRESS + entry["file"], integrity=entry["integrity"])
        for name, entry in json.loads(listed).items()
    }
