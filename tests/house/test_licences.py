"""No copyleft in the product: what it runs on may be used by a broker without publishing."""

import json
import re
from importlib.metadata import distribution

import pytest

from tests.support.tree import TOP

LOCKED = re.findall(
    r"^([\w.-]+)==", (TOP / "requirements" / "product.txt").read_text(), re.MULTILINE
)

PERMISSIVE = re.compile(
    r"apache|bsd|mit\b|psf|python software foundation|isc|unlicense", re.IGNORECASE
)
STRONG_COPYLEFT = re.compile(r"\b(?:a?gpl)", re.IGNORECASE)
WEAK_COPYLEFT = {"psycopg", "psycopg-binary", "psycopg-pool"}
"""LGPL-3.0: used as an unmodified library, which it allows."""


def licence(name: str) -> str:
    """Return all that a package says of its licence."""
    facts = distribution(name).metadata
    fields = {f: facts.get_all(f) or [] for f in ("License-Expression", "License", "Classifier")}
    fields["Classifier"] = [c for c in fields["Classifier"] if c.startswith("License")]
    return " | ".join(line[:200] for lines in fields.values() for line in lines)


@pytest.mark.parametrize("name", LOCKED)
def test_a_dependency_is_permissive_or_a_known_library(name):
    said = licence(name)
    if name in WEAK_COPYLEFT:
        assert re.search(r"LGPL|Lesser General Public", said)
        return
    assert PERMISSIVE.search(said), said
    assert not STRONG_COPYLEFT.search(said), said


def test_the_product_depends_only_on_what_is_locked():
    wanted = [re.split(r"[\[~=<> ;]", r)[0] for r in distribution("cinnabar").requires or []]
    assert {name.lower() for name in wanted} <= {name.lower() for name in LOCKED}


def test_what_is_bundled_into_the_pages_is_permissive():
    lock = json.loads((TOP / "frontend" / "package-lock.json").read_text())
    bundled = {
        name: facts["license"]
        for name, facts in lock["packages"].items()
        if name and not facts.get("dev")
    }
    assert bundled == {
        "node_modules/@noble/hashes": "MIT",
        "node_modules/qr": "(MIT OR Apache-2.0)",
    }
    passed_on = TOP / "src" / "cinnabar" / "static" / "app" / "licences.txt"
    for name in bundled:
        assert name.removeprefix("node_modules/") + "\n\nThe MIT License" in passed_on.read_text()
