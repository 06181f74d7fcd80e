"""The customers of the demonstration: four fictional ones, as the core system would send them."""

import csv
from collections.abc import Mapping
from importlib.resources import files


def sample_csv() -> bytes:
    """Return a file to start from: UTF-8, a header, four customers."""
    return (files("cinnabar.customers") / "sample.csv").read_bytes()


def sample_rows() -> tuple[Mapping[str, str], ...]:
    """Return the lines of the sample, each by column."""
    return tuple(csv.DictReader(sample_csv().decode().splitlines()))
