"""What the documents say is so: links lead somewhere, commands and tests exist."""

import re
import tomllib

import click
import pytest
from click.testing import CliRunner

from cinnabar.cli import cinnabar
from tests.support.tree import TOP, files, source

PAGES = [p for p in files() if p.suffix == ".md"]
VERSION = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["version"]

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as they are made where the pages are read."""
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text))
    return {heading.strip().replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(TOP)))
def test_every_link_leads_to_something(page):
    broken = []
    for link in _LINK.findall(page.read_text()):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            broken.append(link)
    assert broken == []


def test_every_flow_has_a_page_and_every_page_its_tests():
    pages = [p for p in PAGES if p.parent == TOP / "docs" / "flows" and p.name != "README.md"]
    assert pages
    for page in pages:
        named = re.findall(r"tests/[\w/]+\.py|\btest_\w+\b", page.read_text())
        assert named, f"{page.name} names no test"
        tests = source("tests")
        missing = [
            n
            for n in named
            if not ((TOP / n).exists() if "/" in n else re.search(rf"\bdef {n}\b", tests))
        ]
        assert missing == [], page.name


def test_the_changelog_has_an_entry_for_this_version():
    assert re.search(
        rf"^## {re.escape(VERSION)}\b", (TOP / "CHANGELOG.md").read_text(), re.MULTILINE
    )


def test_the_version_stands_in_one_place():
    runner = CliRunner()
    assert runner.invoke(cinnabar, ["--version"]).output == f"cinnabar {VERSION}\n"
    elsewhere = [p for p in files() if p.suffix == ".py" and f'"{VERSION}"' in p.read_text()]
    assert elsewhere == []


def _told(text: str) -> list[list[str]]:
    blocks = re.findall(r"^```(?:sh|console|bash)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`((?:\.venv/bin/)?(?:cinnabar|make) [^`\n]+)`", text)
    commands = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    split = [c.replace(".venv/bin/", "").split() for c in (*commands, *inline)]
    return [words for words in split if words and words[0] in {"cinnabar", "make"}]


def _names_a_command(words: list[str]) -> bool:
    """Tell whether `cinnabar a b …` is a command, and its options are the command's."""
    command: click.Command | None = cinnabar
    context = click.Context(cinnabar)
    rest = words[1:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        if rest[0].isupper():  # a placeholder
            return True
        command = command.get_command(context, rest.pop(0))
    if command is None:
        return False
    known = {o for p in command.get_params(context) for o in (*p.opts, *p.secondary_opts)}
    used = {w.partition("=")[0].strip("[]") for w in rest if w.strip("[").startswith("--")}
    return used <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(TOP)))
def test_every_command_that_a_page_tells_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(), re.MULTILINE))
    wrong = []
    for words in _told(page.read_text()):
        if words[0] == "make" and not ({w for w in words[1:] if "=" not in w} <= targets):
            wrong.append(" ".join(words))
        if words[0] == "cinnabar" and not _names_a_command(words):
            wrong.append(" ".join(words))
    assert wrong == []
