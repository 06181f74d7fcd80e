"""The customers of the demonstration: fictional ones, as the core system would send them."""

import csv
import io
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from cinnabar.firm.model import Firm


def sample_csv(firm: Firm) -> bytes:
    """Return a file to start from: UTF-8, a header, customers named as `firm` names its own.

    Which sample it is follows from the kinds of identifiers; whoever's language the firm does not
    speak is given its usual one.
    """
    known = csv.DictReader(io.StringIO(_document(firm), newline=""))
    written = io.StringIO(newline="")
    lines = csv.DictWriter(written, known.fieldnames or (), lineterminator="\n")
    lines.writeheader()
    spoken = firm.identity
    for row in known:
        said = row["language"] if row["language"] in spoken.languages else spoken.locale
        lines.writerow({**row, "language": said})
    return written.getvalue().encode()


def sample_rows(firm: Firm) -> tuple[Mapping[str, str], ...]:
    """Return the lines of the sample, each by column."""
    return tuple(csv.DictReader(sample_csv(firm).decode().splitlines()))


def sample_kind(firm: Firm) -> str:
    """Return the first kind of identifier the firm takes of which there is a sample."""
    return next((kind for kind in firm.login.id_kinds if _file(kind).is_file()), "national_id")


def _document(firm: Firm) -> str:
    return _file(sample_kind(firm)).read_text("utf-8")


def _file(kind: str) -> Traversable:
    return files("cinnabar.customers").joinpath("samples", f"{kind}.csv")
