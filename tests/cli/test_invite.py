"""`cinnabar passwords invite`: the first password of new accounts."""

import pytest
from click.testing import CliRunner

from cinnabar.cli.passwords import command
from tests.support.customers import add_customer
from tests.support.people import CALLED, number
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
    add_customer(env, name="新客戶", identifier=CALLED["mei"], mobile="", email="new@example.com")
    phone = number(env, "11222333")
    add_customer(env, name="無信箱", identifier=CALLED["lin"], mobile=phone, email="")


def test_one_customer_is_invited_and_the_mail_goes_out(env, new, invite):
    masked = env.firm.masks.identifier(CALLED["mei"])
    assert invite(CALLED["mei"].lower()).output == f"{masked}: a mail is on its way\n"
    assert [mail.to for mail in mails(env)] == ["new@example.com"]
    assert invite(CALLED["mei"]).output == f"{masked}: has a mail that still counts\n"


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
        ((CALLED["ming"], "--all"), "give one identifier, or --all"),
        (("A123456788",), "no identifier"),
        ((CALLED["nobody"],), "no customer"),
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
