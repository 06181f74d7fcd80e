"""The sentences that come with the product, one folder per language, one file per topic.

Tables give the key: `[apply]` `title = "…"` is `apply.title`, in whatever file it stands. Places
for facts are those of `str.format`, by name and without format: `{count}`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from cinnabar.firm.frozen import FrozenMap
from cinnabar.firm.shape import placeholders


class CatalogueError(ValueError):
    """A topic file cannot be used; the message names the file and the key."""


@cache
def languages() -> tuple[str, ...]:
    """Return the languages there are sentences in."""
    here = files("cinnabar.words").iterdir()
    return tuple(sorted(entry.name for entry in here if _topics(entry)))


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return every sentence of `language` by its dotted key.

    Raises `CatalogueError` for a key that two files hold, a value that is no text, or a sentence
    whose places cannot be filled by name.
    """
    found: dict[str, str] = {}
    for topic in _topics(files("cinnabar.words").joinpath(language)):
        for key, sentence in read_topic(topic.read_text(encoding="utf-8"), topic.name):
            if key in found:
                msg = f"{language}/{topic.name}: {key} stands in another file as well"
                raise CatalogueError(msg)
            found[key] = sentence
    return FrozenMap(found)


def read_topic(document: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the keys and sentences of one topic file; `name` is what faults call it."""
    try:
        table = tomllib.loads(document)
    except tomllib.TOMLDecodeError as problem:
        msg = f"{name}: {problem}"
        raise CatalogueError(msg) from None
    for key, value in _flat(table, ""):
        if not isinstance(value, str) or placeholders(value) is None:
            msg = f"{name}: {key} is not a sentence with named places"
            raise CatalogueError(msg)
        yield key, value


def _flat(table: Mapping[str, object], at: str) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        key = f"{at}.{name}" if at else name
        if isinstance(value, dict):
            yield from _flat(value, key)
        else:
            yield key, value


def _topics(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
