"""Passwords that sign in, and lead to the page where they are changed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.firm import load_firm
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import store
from cinnabar.passwords.due import Due, due
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.words import Words, languages
from tests.support.leaked import Leaked
from tests.support.people import PASSWORD

DAY = timedelta(days=1)
TAIWAN, STRONG = load_firm("taiwan"), load_firm("strong")


def under(env, firm, **login):
    changed = replace(firm.password, login=replace(firm.password.login, **login))
    return replace(env, firm=replace(env.firm, password=changed))


@pytest.fixture
def rows(ming):
    return store.rows(ming.id, PasswordKind.LOGIN)


def test_g22_on_the_ninety_first_day_a_change_is_asked(env, clock, rows):
    ninety = under(env, TAIWAN, max_age=90 * DAY)
    clock.move(90 * DAY)
    assert due(ninety, rows, PASSWORD) is None
    clock.move(DAY)
    assert due(ninety, rows, PASSWORD) is Due.OVER


def test_in_taiwan_no_date_asks_for_one(env, clock, rows):
    """Decision 14."""
    clock.move(3650 * DAY)
    assert due(under(env, TAIWAN), rows, PASSWORD) is None


def test_an_issued_password_is_due_at_once(env, rows):
    """P101."""
    issued = [replace(row, expires_at=env.clock.now() + DAY) for row in rows]
    assert due(env, issued, PASSWORD) is Due.ISSUED


def test_of_accounts_with_one_password_each_must_be_due(env, rows):
    issued = [replace(row, expires_at=env.clock.now() + DAY) for row in rows]
    assert due(under(env, TAIWAN), [*issued, *rows], PASSWORD) is None


def test_a_password_that_leaked_since_is_due_where_the_firm_refuses_such(env, rows):
    """CONFLICT-4, LCK-08: evidence of compromise, not a date."""
    known = Leaked.of(PASSWORD.reveal())
    taiwan, strong = (replace(under(env, firm), breached=known) for firm in (TAIWAN, STRONG))
    assert due(strong, rows, PASSWORD) is Due.LEAKED
    assert due(strong, rows, Password("another one of mine")) is None
    assert due(taiwan, rows, PASSWORD) is None
    assert due(replace(strong, breached=None), rows, PASSWORD) is None


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("reason", Due)
def test_each_reason_has_its_sentence(language, reason):
    assert Words(TAIWAN, language).say(f"password-due.{reason}").endswith(("。", "."))
