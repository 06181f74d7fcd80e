"""Finding and reading firm files."""

import tomllib
from importlib.resources import files
from pathlib import Path

from cinnabar.firm.faults import FirmFileError
from cinnabar.firm.model import Firm
from cinnabar.firm.read import read_part

_LARGEST = 1 << 20


def load_firm(name_or_path: str | Path) -> Firm:
    """Return the firm of a shipped file (`"taiwan"`) or of the file at a path.

    Raises `FirmFileError`, whose sentence names the key, the value and what would be accepted,
    or the file if it cannot be read at all.
    """
    return parse_firm(_bytes(name_or_path), str(name_or_path))


def parse_firm(document: bytes, name: str) -> Firm:
    """Return the firm that a TOML `document` states; `name` is what faults call the file."""
    try:
        table = tomllib.loads(document.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as problem:
        raise FirmFileError(name, f"cannot be read ({problem})", "TOML 1.0 in UTF-8") from None
    firm = read_part(Firm, table, "")
    for fault in firm.misstated():
        raise fault
    return firm


def shipped() -> tuple[str, ...]:
    """Return the names of the firm files that come with the product."""
    here = files("cinnabar.firm").iterdir()
    return tuple(sorted(entry.name[:-5] for entry in here if entry.name.endswith(".toml")))


def _bytes(name_or_path: str | Path) -> bytes:
    text = str(name_or_path)
    if text in shipped():
        return files("cinnabar.firm").joinpath(f"{text}.toml").read_bytes()
    try:
        with Path(name_or_path).open("rb") as file:
            document = file.read(_LARGEST + 1)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        accepted = f"a readable file, or one of {', '.join(shipped())}"
        raise FirmFileError(text, f"cannot be opened ({reason})", accepted) from None
    if len(document) > _LARGEST:
        raise FirmFileError(text, "is larger than a megabyte", "a firm file")
    return document
