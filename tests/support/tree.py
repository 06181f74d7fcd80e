"""The files of the repository, committed or about to be."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]

WRITTEN = (".py", ".ts", ".mjs", ".css", ".html")
"""Endings of the files that people write and others read."""

MADE = ("migrations/", "static/app/", "package-lock.json")
"""Parts of paths of files that a tool makes."""


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the tree that git would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=TOP,
        check=True,
        capture_output=True,
    )
    names = listed.stdout.decode().split("\0")
    return tuple(TOP / name for name in sorted(filter(None, names)) if (TOP / name).is_file())


def written() -> Iterator[tuple[Path, str]]:
    """Give each file that people wrote, with its text."""
    for path in files():
        name = path.relative_to(TOP).as_posix()
        if path.suffix in WRITTEN and not any(part in name for part in MADE):
            yield path.relative_to(TOP), path.read_text()


def texts() -> Iterator[tuple[Path, str]]:
    """Give each file that is text, with its text."""
    for path in files():
        octets = path.read_bytes()
        if b"\0" not in octets:
            yield path.relative_to(TOP), octets.decode(errors="replace")


def source(*folders: str) -> str:
    """Return the text of all Python files below `folders`."""
    below = tuple(f"{folder}/" for folder in folders)
    return "\n".join(
        path.read_text()
        for path in files()
        if path.suffix == ".py" and path.relative_to(TOP).as_posix().startswith(below)
    )


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Give the lines of a file with their numbers."""
    return iter(enumerate(text.splitlines(), start=1))
