"""What attacks may expect of a firm's numbers (checklist 1.A)."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from cinnabar.cli import cinnabar
from cinnabar.firm import load_firm
from cinnabar.firm.attacks import attacks, sprayed

TAIWAN = load_firm("taiwan")


def told(firm):
    return {(one.name, one.by): one for one in attacks(firm)}


def behind(firm):
    """Return the firm with a second factor at every sign-in, or without one."""
    every = replace(firm.login.second_factor, when="every-sign-in")
    return replace(firm, login=replace(firm.login, second_factor=every))


def with_code(firm, **numbers):
    return replace(firm, code=replace(firm.code, **numbers))


def test_a_leaked_list_opens_what_fits_where_a_password_is_enough():
    """1.A: one in a hundred of a million."""
    alone = replace(TAIWAN.login.second_factor, when="certificate-change")
    firm = replace(TAIWAN, login=replace(TAIWAN.login, second_factor=alone))
    found = told(firm)
    assert found["stuffing", "1,000 networks"].hits == 10_000
    assert found["stuffing", "one address"].tries == 101
    assert round(found["stuffing", "one address"].hits) == 1


def test_behind_a_second_factor_the_same_list_opens_next_to_nothing():
    assert told(behind(TAIWAN))["stuffing", "1,000 networks"].hits < 0.01


def test_three_tries_once_behind_ten_thousand_passwords_are_three_takeovers():
    """1.A: 4 digits without a budget; the budget of the firm leaves a fifth of one."""
    once = with_code(
        TAIWAN, max_per_day=1, max_wrong_per_day=3, network_wrong_per_day=30, firm_tighten_at=30_000
    )
    assert round(told(once)["spraying certificate codes", "1,000 networks"].hits, 6) == 3
    assert round(told(TAIWAN)["spraying certificate codes", "1,000 networks"].hits, 3) == 0.189


def test_the_budget_meets_the_short_codes_and_the_rest_the_long_ones():
    assert sprayed(TAIWAN, TAIWAN.code, 1_000) == pytest.approx(1_000 / 10_000)
    assert sprayed(TAIWAN, TAIWAN.code, 11_000) == pytest.approx(0.1 + 10_000 / 1_000_000)


def test_however_many_sessions_an_account_has_one_days_tries():
    found = told(TAIWAN)
    day = found["many sessions, certificate code", "one account, a day"]
    assert (day.tries, f"{day.hits:.1e}") == (9, "9.0e-04")
    ever = found["many sessions, certificate code", "one account, in a row"]
    assert (ever.tries, f"{ever.hits:.1e}") == (15, "1.5e-03")


def test_sms_are_bounded_in_number():
    found = told(with_code(TAIWAN, sms_per_range_and_hour=10, sms_per_hour=2000))
    assert found["SMS pumping", "one range of numbers"].hits == 240
    assert found["SMS pumping", "any numbers"].hits == 48_000


@pytest.mark.parametrize("name", ["taiwan", "strong", "hongkong"])
def test_every_firm_is_told_every_attack(name):
    said = CliRunner().invoke(cinnabar, ["firm", "check", name]).output
    for one in attacks(load_firm(name)):
        assert any(line.split()[:1] == [one.name.split()[0]] for line in said.splitlines()), one
    assert "What attacks may expect in a day" in said
