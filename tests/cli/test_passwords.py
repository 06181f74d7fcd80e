"""What staff do to passwords, at the command line."""

import pytest
from click.testing import CliRunner

from cinnabar.centre.consolidate import consolidate
from cinnabar.cli.passwords import command
from tests.support.passwords import NEW, kept
from tests.support.people import PASSWORD, visit


@pytest.fixture
def unconsolidate(env, monkeypatch):
    """Run the command in the world of the test."""
    monkeypatch.setattr("cinnabar.cli.passwords.world", lambda: env)
    return lambda who: CliRunner().invoke(command, ["unconsolidate", who, "--case", "B-7"])


def test_one_password_for_all_becomes_one_for_each_once(env, hua, unconsolidate):
    consolidate(env, visit(env, hua), PASSWORD, NEW)
    assert unconsolidate("d223456784").output == "D22345****: done\n"
    assert len(kept(hua)) == 3
    said = unconsolidate("D223456784").output
    assert said == "D22345****: has a password for each account already\n"


@pytest.mark.parametrize(
    ("identifier", "sentence"),
    [
        ("A123456788", "no identifier"),
        ("B223456782", "no customer"),
        ("A123456789", "no account"),
    ],
)
def test_a_customer_who_cannot_is_refused_with_a_sentence(
    env, ming, unconsolidate, identifier, sentence
):
    found = unconsolidate(identifier)
    assert found.exit_code == 2
    assert sentence in found.output
