"""Validity, windows and states: the golden vectors of the documents, then laws."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.certificates import rules
from cinnabar.certificates.rules import Act, HostState
from cinnabar.firm import load_firm

TAIPEI = ZoneInfo("Asia/Taipei")
YEAR = load_firm("taiwan").certificate
FORTNIGHT = replace(YEAR, validity_days=14)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


@pytest.mark.parametrize(
    ("ends", "opens", "closes"),
    [
        ("2022-02-02 23:59:59", "2022-01-03 23:59:59", "2022-03-04 23:59:59"),
        ("2022-02-01 23:59:59", "2022-01-02 23:59:59", "2022-03-03 23:59:59"),
        ("2022-01-21 23:59:59", "2021-12-22 23:59:59", "2022-02-20 23:59:59"),
        ("2022-01-06 23:59:59", "2021-12-07 23:59:59", "2022-02-05 23:59:59"),
    ],
    ids=["G1", "G2", "G3", "G4"],
)
def test_the_window_opens_and_closes_thirty_days_round_the_end(ends, opens, closes):
    window = rules.renewal_window(YEAR, TAIPEI, at(ends))
    assert (window.opens, window.closes) == (at(opens), at(closes))


@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        ("2022-01-19 10:27:08", "2022-02-02 23:59:59"),
        ("2022-01-18 11:39:27", "2022-02-01 23:59:59"),
        ("2022-01-18 11:30:37", "2022-02-01 23:59:59"),
        ("2022-01-07 10:35:01", "2022-01-21 23:59:59"),
        ("2022-01-19 11:22:05", "2022-02-02 23:59:59"),
        ("2022-01-19 11:51:09", "2022-02-02 23:59:59"),
    ],
    ids=["G5", "G6-a", "G6-b", "G6-c", "G6-d", "G6-e"],
)
def test_a_certificate_ends_at_the_last_second_of_its_last_day(issued, ends):
    assert rules.not_after(FORTNIGHT, TAIPEI, at(issued)) == at(ends)


def test_g7_a_renewal_keeps_the_days_left():
    ends = rules.not_after(
        FORTNIGHT, TAIPEI, at("2022-01-19 11:08:53"), renews=at("2022-02-01 23:59:59")
    )
    assert ends == at("2022-02-15 23:59:59")


def test_what_is_renewed_after_its_end_has_no_days_left():
    ends = rules.not_after(
        FORTNIGHT, TAIPEI, at("2022-02-10 09:00:00"), renews=at("2022-02-01 23:59:59")
    )
    assert ends == at("2022-02-24 23:59:59")


def test_g8_a_fortnight_is_in_its_window_from_birth():
    state = rules.host_state(
        FORTNIGHT, TAIPEI, at("2022-02-02 23:59:59"), at("2022-01-19 12:00:00")
    )
    assert (state, rules.next_act(state)) == (HostState.NEEDS_RENEWAL, Act.RENEW)


def test_without_one_at_the_host_there_is_something_to_apply_for():
    state = rules.host_state(FORTNIGHT, TAIPEI, None, at("2022-01-19 12:00:00"))
    assert (state, rules.next_act(state)) == (HostState.NONE, Act.APPLY)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2027-10-21 23:59:58", HostState.NORMAL),
        ("2027-10-21 23:59:59", HostState.NEEDS_RENEWAL),
        ("2027-12-20 23:59:59", HostState.NEEDS_RENEWAL),
        ("2027-12-21 00:00:00", HostState.EXPIRED),
    ],
)
def test_the_window_counts_to_the_second(now, state):
    """CRT-06."""
    assert rules.host_state(YEAR, TAIPEI, at("2027-11-20 23:59:59"), at(now)) is state


def test_people_read_out_the_last_eight_digits():
    assert rules.displayed_serial("4f00000000000000000000000606d4881") == "606D4881"


moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2060, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(TAIPEI),
)


@given(moments, st.integers(1, 1000))
def test_validity_is_never_shorter_than_the_period(issued, days):
    policy = replace(YEAR, validity_days=days)
    ends = rules.not_after(policy, TAIPEI, issued)
    assert timedelta(days=days) <= ends - issued + timedelta(seconds=1)
    assert ends - issued < timedelta(days=days + 1)


@given(moments, st.integers(0, 300))
def test_renewing_never_loses_a_day(issued, days_in):
    first = rules.not_after(YEAR, TAIPEI, issued)
    again = rules.not_after(YEAR, TAIPEI, issued + timedelta(days=days_in), renews=first)
    assert again == rules.not_after(YEAR, TAIPEI, first)
