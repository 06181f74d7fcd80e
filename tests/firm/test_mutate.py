"""Whatever is done to a firm file, it loads or is refused with a sentence; nothing else."""

import contextlib
import tomllib
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cinnabar.firm import Firm, FirmFileError, parse_firm
from cinnabar.firm.read import read_part
from tests.firm.support import TAIWAN

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.integers(-10, 2_000),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["{subject}", "{0}", "%", "{", "web", "sms", "#000000", "en", "\0"]),
    st.sampled_from([date(2026, 1, 1), time(1), datetime(2026, 1, 1, tzinfo=UTC)]),
    st.lists(st.one_of(st.text(max_size=4), st.integers(), st.lists(st.none())), max_size=3),
    st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=4), st.booleans()), max_size=3),
)


def spots(table: dict[str, object], at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, value in table.items():
        found.append((*at, name))
        if isinstance(value, dict):
            found.extend(spots(value, (*at, name)))
    return found


SPOTS = spots(tomllib.loads(TAIWAN))
HOW = st.sampled_from(["drop", "put", "rename", "stuff"])


def mutate(table: dict[str, object], spot: tuple[str, ...], how: str, odd: object) -> None:
    *path, last = spot
    inner: object = table
    for name in path:
        inner = inner.get(name) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or last not in inner:
        return
    if how == "put":
        inner[last] = odd
    elif how == "rename":
        inner[f"{last}s"] = inner.pop(last)
    elif how == "stuff":
        inner[str(odd)] = odd
    else:
        del inner[last]


def verdict(table: dict[str, object]) -> Firm | FirmFileError:
    try:
        return read_part(Firm, table, "")
    except FirmFileError as fault:
        return fault


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(SPOTS), HOW, ODD), min_size=1, max_size=3))
def test_a_spoiled_file_loads_or_names_a_key(changes):
    table = tomllib.loads(TAIWAN)
    for spot, how, odd in changes:
        mutate(table, spot, how, odd)
    found = verdict(table)
    if isinstance(found, FirmFileError):
        assert found.key
        assert str(found).startswith(found.key)
        assert found.accepted


@pytest.mark.parametrize("spot", SPOTS, ids=".".join)
def test_a_key_that_is_missing_is_always_refused_by_its_name(spot):
    table = tomllib.loads(TAIWAN)
    mutate(table, spot, "drop", None)
    found = verdict(table)
    assert isinstance(found, FirmFileError)
    assert ".".join(spot).startswith(found.key)


@settings(max_examples=100)
@given(st.integers(0, len(TAIWAN.encode())), st.integers(0, 40), st.binary(max_size=8))
def test_torn_and_garbled_octets_load_or_are_refused(at, gone, put):
    octets = TAIWAN.encode()
    spoiled = octets[:at] + put + octets[at + gone :]
    with contextlib.suppress(FirmFileError):
        assert isinstance(parse_firm(spoiled, "torn.toml"), Firm)
