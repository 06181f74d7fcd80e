"""`cinnabar passwords invite`: the first password of new accounts."""

import pytest
from click.testing import CliRunner

from cinnabar.cli.passwords import command
from tests.support.customers import add_customer
from tests.support.resets import mails, resetting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def env(env):
    return resetting(env)


@pytest.fixture
def invite(env, monkeypatch):
    """Run the command in the world of the test."""
    monkeypatch.setattr("cinnabar.cli.passwords.world", lambda: env)
    return lambda *said: CliRunner().invoke(command, ["invite", *said])


@pytest.fixture
def new(env, ming):
    """A customer who has a password, one without, and one without and without a mail."""
    add_customer(env, name="新客戶", identifier="B223456782", mobile="", email="new@example.com")
    add_customer(env, name="無信箱", identifier="C123456781", mobile="0911222333", email="")


def test_one_customer_is_invited_and_the_mail_goes_out(env, new, invite):
    assert invite("b223456782").output == "B22345****: a mail is on its way\n"
    assert [mail.to for mail in mails(env)] == ["new@example.com"]
    assert invite("B223456782").output == "B22345****: has a mail that still counts\n"


def test_everybody_without_a_password_is_invited_once_however_often_it_is_run(env, new, invite):
    assert invite("--all").output == (
        "a mail is on its way: 1\ncannot be invited: the contacts on file do not allow it: 1\n"
    )
    assert "has a mail that still counts: 1" in invite("--all").output
    assert len(mails(env)) == 1


def test_where_everybody_has_a_password_it_says_so(invite, ming):
    assert invite("--all").output == "every customer has a password\n"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ((), "give one identifier, or --all"),
        (("A123456789", "--all"), "give one identifier, or --all"),
        (("A123456788",), "no identifier"),
        (("F123456784",), "no customer"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(new, invite, said, sentence):
    found = invite(*said)
    assert found.exit_code == 2
    assert sentence in found.output


def test_a_firm_that_invites_nobody_says_which_key_that_is(env, ming, monkeypatch):
    closed = resetting(env, starts=("forgotten-password",))
    monkeypatch.setattr("cinnabar.cli.passwords.world", lambda: closed)
    found = CliRunner().invoke(command, ["invite", "--all"])
    assert found.exit_code == 2
    assert "reset.starts" in found.output
