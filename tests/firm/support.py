"""The shipped Taiwan file as text, and ways to spoil it."""

from importlib.resources import files

import pytest

from cinnabar.firm import FirmFileError, parse_firm

TAIWAN = files("cinnabar.firm").joinpath("taiwan.toml").read_text(encoding="utf-8")


def changed(line: str, instead: str) -> bytes:
    """Return the file with the first `line` replaced; it must be there."""
    assert line in TAIWAN, line
    return TAIWAN.replace(line, instead, 1).encode()


def without(table: str, line: str | None) -> bytes:
    """Return the file without `line` of `table`, or without the whole table."""
    start = TAIWAN.index(f"\n[{table}]\n") + 1
    end = TAIWAN.find("\n[", start)
    body = TAIWAN[start:] if end < 0 else TAIWAN[start:end]
    spoiled = "" if line is None else body.replace(line, "", 1)
    assert spoiled != body
    return TAIWAN.replace(body, spoiled, 1).encode()


def refusal(document: bytes) -> FirmFileError:
    """Return why `document` is refused as a firm file; it must be."""
    with pytest.raises(FirmFileError) as refused:
        parse_firm(document, "mine.toml")
    return refused.value
