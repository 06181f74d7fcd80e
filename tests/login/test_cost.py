"""What a right sign-in asks of the database: few questions, whatever is added to it.

Beside Argon2 they are what it costs (docs/performance.md); one more is a choice, not an accident.
"""

from dataclasses import replace

import pytest
from django.db import connection

from tests.support.devices import Machine, telling

pytestmark = pytest.mark.django_db

NEW_DEVICE, KNOWN_DEVICE = 17, 18
_UNCOUNTED = ("BEGIN", "SAVEPOINT", "RELEASE", "INSERT INTO messages_outbox")
"""What only frames a transaction, and the notices: a firm may tell by several ways."""


@pytest.fixture
def env(env):
    once = replace(env.firm.login.second_factor, when="never")
    login = replace(env.firm.login, second_factor=once)
    return telling(replace(env, firm=replace(env.firm, login=login)), "new-device")


def statements(act):
    """Return what is asked while `act` runs."""
    asked = []

    def note(execute, sql, *rest):
        asked.append(" ".join(sql.split()))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        act()
    return [sql for sql in asked if not sql.startswith(_UNCOUNTED)]


def test_a_right_sign_in_asks_few_questions(env, ming):
    home = Machine(env)
    first = statements(lambda: home.ask_in(ming))
    assert len(first) <= NEW_DEVICE, "\n".join(first)
    home.sign_in(ming)
    again = statements(lambda: home.ask_in(ming))
    assert len(again) <= KNOWN_DEVICE, "\n".join(again)
