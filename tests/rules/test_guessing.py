"""The numbers of the checklist's 1.A."""

import dataclasses

import pytest

from cinnabar.firm import load_firm
from cinnabar.firm.risk import (
    account_day,
    equal_risk_tries,
    expected_hits,
    firm_day,
    guessing_risk,
    space,
)

TAIWAN = load_firm("taiwan").code
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("alphabet", "length", "chances", "hits"),
    [
        (10, 4, ["3.0e-04", "1.5e-03", "3.0e-03", "3.5e-01"], [300, 1_499, 2_996, 350_833]),
        (32, 4, ["2.9e-06", "1.4e-05", "2.9e-05", "4.1e-03"], [2.9, 14, 29, 4_111]),
        (10, 6, ["3.0e-06", "1.5e-05", "3.0e-05", "4.3e-03"], [3, 15, 30, 4_311]),
        (10, 7, ["3.0e-07", "1.5e-06", "3.0e-06", "4.3e-04"], [0.3, 1.5, 3.0, 432]),
        (10, 8, ["3.0e-08", "1.5e-07", "3.0e-07", "4.3e-05"], [0.03, 0.15, 0.3, 43]),
    ],
)
def test_the_table_of_the_checklist_comes_out(alphabet, length, chances, hits):
    among = space(alphabet, length)
    computed = [account_day(3, codes, among) for codes in (1, 5, 10, 1_440)]
    assert [f"{chance:.1e}" for chance in computed] == chances
    for chance, expected in zip(computed, hits, strict=True):
        figure = expected_hits(MILLION, chance)
        assert round(figure, 2 if expected < 1 else 1 if expected < 10 else 0) == expected


def test_the_documents_rule_alone_would_lose_a_third_of_all_accounts_in_a_day():
    assert round(guessing_risk(TAIWAN).uncapped, 3) == 0.351


def test_the_taiwan_firm_is_left_with_nine_in_ten_thousand_and_a_tenth_of_a_hit_a_day():
    risk = guessing_risk(TAIWAN)
    assert (risk.tries_a_day, f"{risk.account_day:.1e}") == (9, "9.0e-04")
    assert risk.account_day <= 9e-4
    assert (risk.firm_day, risk.firm_year) == (0.1, 36.5)


def test_a_budget_of_wrong_codes_bounds_the_hits_of_the_whole_firm():
    assert firm_day(1_000, space(10, 4)) == 0.1
    assert firm_day(1_000, space(10, 6)) == 0.001


@pytest.mark.parametrize(("length", "tries"), [(4, 1), (6, 100), (7, 1_000)])
def test_nists_accepted_risk_is_one_try_at_four_digits(length, tries):
    assert equal_risk_tries(space(10, length)) == tries


def test_tries_left_over_by_the_daily_cap_count_as_well():
    odd = dataclasses.replace(TAIWAN, max_wrong_per_day=10)
    assert guessing_risk(odd).tries_a_day == 10
    assert guessing_risk(odd).account_day > guessing_risk(TAIWAN).account_day


def test_fewer_codes_than_tries_are_a_certain_hit():
    assert account_day(10, 1, 10) == 1.0
