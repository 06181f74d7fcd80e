"""操作說明: the pages of the manual, their steps and the pictures of the real pages.

The words are `manual.<page>.step-N`; where there is an `alt-N` as well, a picture follows the
step. Pictures are taken by the browser tests (`make pictures`, docs/recipes/pictures.md).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cinnabar.faces.web.offered import is_offered
from cinnabar.firm.model import Firm
from cinnabar.words import Words

PAGES: Mapping[str, str] = {
    "sign-in": "sign-in",
    "change-password": "password",
    "forgotten-password": "password",
    "unlock": "sign-in",
    "apply": "apply",
    "renew": "renew",
    "export": "carry",
    "import": "carry",
    "check": "computer",
    "repair": "computer",
    "computer": "computer",
    "revoke": "revoke",
    "lost": "revoke",
    "app": "app",
    "app-token": "app",
    "app-approve": "app",
    "app-certificate": "app",
    "app-lost": "app",
}
"""The pages in their order, each with the subject of the questions it leads to."""

_ABOUT: Mapping[str, tuple[str, ...]] = {
    "forgotten-password": ("/passwords/reissue/",),
    "unlock": ("/passwords/unlock/",),
    "apply": ("/certificates/",),
    "renew": ("/certificates/",),
    "export": ("/certificates/export/",),
    "import": ("/certificates/",),
    "check": ("/certificates/",),
    "repair": ("/certificates/",),
    "computer": ("/computer/",),
    "revoke": ("/certificates/",),
    "lost": ("/certificates/",),
    "app": ("/app/",),
    "app-token": ("/app/token/",),
    "app-approve": ("/app/approvals/",),
    "app-certificate": ("/app/certificates/",),
    "app-lost": ("/account/token/",),
}
"""The page that a page of the manual is about: where that is not offered, nothing is said of it."""

ADDRESS = "/static/manual/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture: its address, its size in CSS pixels, and what it shows in words."""

    address: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step, and what one sees then."""

    text: str
    picture: Picture | None


def offered(firm: Firm) -> Mapping[str, str]:
    """Return the pages about what `firm` offers, as `PAGES`."""
    return {
        name: subject
        for name, subject in PAGES.items()
        if all(is_offered(firm, place) for place in _ABOUT.get(name, ()))
    }


def steps(words: Words, name: str) -> tuple[Step, ...]:
    """Return the steps of the page `name`; pictures where all that they show is offered."""
    said = words.under(f"manual.{name}.")
    numbers = sorted(int(key[5:]) for key, text in said.items() if key.startswith("step-") and text)
    pictured = words.says_all
    return tuple(
        Step(
            text=said[f"step-{n}"],
            picture=_picture(words, f"{name}-{n}", said.get(f"alt-{n}")) if pictured else None,
        )
        for n in numbers
    )


def _picture(words: Words, name: str, alt: str | None) -> Picture | None:
    found = _taken().get(words.language, {}).get(name)
    if not alt or found is None:
        return None
    # The name stays, so the address carries the content's hash: it may be cached for ever.
    address = f"{ADDRESS}{words.language}/{name}.webp?{found['hash']}"
    return Picture(address=address, width=int(found["width"]), height=int(found["height"]), alt=alt)


@cache
def _taken() -> dict[str, dict[str, dict[str, str]]]:
    listed = files("cinnabar").joinpath("static", "manual", "pictures.json").read_text("utf-8")
    taken: dict[str, dict[str, dict[str, str]]] = json.loads(listed)
    return taken
