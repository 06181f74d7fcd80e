"""The demo's customers and their passwords: one for all, and one for each account."""

import pytest

from cinnabar.config import demo
from cinnabar.config.demo_people import demo_customers
from cinnabar.customers import queries
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.kinds import PasswordKind
from tests.support.passwords import account_of, kept, opens


@pytest.fixture
def people(env, db, monkeypatch):
    """Everybody that the demo's sign-in page offers, by identifier, after a prepare repeated."""
    monkeypatch.setattr("cinnabar.config.demo.compose", lambda _options: env)
    for _ in range(2):
        demo.prepare(None)  # type: ignore[arg-type]  # the options only build the world
    offered = {one.identifier: one for one in demo_customers(env.firm)}
    return {
        identifier: (one, queries.find(env, env.firm.login.identifier(identifier)))
        for identifier, one in offered.items()
    }


def test_each_signs_in_with_what_the_page_says(env, people):
    for shown, customer in people.values():
        assert opens(env, customer, Password(shown.password))
        if shown.futures:
            assert opens(env, customer, Password(shown.futures))


def test_one_has_a_password_for_all_and_one_for_each_with_futures_apart(people):
    _, ming = people["A123456789"]
    assert list(kept(ming)) == list(kept(ming, PasswordKind.WITHDRAWAL)) == [None]
    _, mei = people["B223456782"]
    futures = account_of(mei, "futures")
    hashes = kept(mei)
    assert hashes[account_of(mei, "securities")] == hashes[account_of(mei, "overseas")]
    assert hashes[futures] != hashes[account_of(mei, "overseas")]
    assert list(kept(mei, PasswordKind.WITHDRAWAL)) == [futures]
