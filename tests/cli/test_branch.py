"""What a branch decides, at the command line."""

from dataclasses import replace
from functools import partial

import pytest
from click.testing import CliRunner

from cinnabar.certificates.models import Hold
from cinnabar.cli.branch import command
from cinnabar.codes.models import Streak
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Password
from cinnabar.tokens.models import SoftToken
from tests.support.biometrics import Phone, with_biometrics
from tests.support.people import visit
from tests.support.signing import sign_in


@pytest.fixture
def branch(env, monkeypatch):
    """Run a command in the world of the test."""
    monkeypatch.setattr("cinnabar.cli.branch.world", lambda: env)

    def run(*words):
        return CliRunner().invoke(command, [*words, "--case", "A-1"])

    return run


def test_a_locked_customer_is_unlocked_with_his_password_unchanged(env, ming, branch):
    _lock(env, env.firm.login.max_wrong)
    assert branch("unlock", "a123456789").output == "A12345****: done\n"
    visit(env, ming)
    assert branch("unlock", "A123456789").output == "A12345****: was not locked\n"


def test_by_phone_it_works_once_and_the_counter_helps_then(env, ming, branch):
    """G24 at the command line."""
    locked = partial(_lock, env, env.firm.login.max_wrong)
    locked()
    assert branch("unlock", "A123456789", "--by", "phone").output == "A12345****: done\n"
    locked()
    found = branch("unlock", "A123456789", "--by", "phone")
    assert (found.exit_code, "--by counter" in found.output) == (2, True)
    assert branch("unlock", "A123456789", "--by", "counter").output == "A12345****: done\n"
    visit(env, ming)


def _lock(env, tries):
    for _ in range(tries):
        with pytest.raises(Refused):
            sign_in(env, "A123456789", Password("wrong"), address="::1")


def test_a_customer_may_ask_for_codes_again(env, ming, branch):
    Streak.objects.create(customer_id=ming.id, wrong=env.firm.code.max_wrong_in_a_row)
    assert branch("allow-codes", "A123456789").output == "A12345****: done\n"
    assert Streak.objects.get().wrong == 0


def test_a_hold_is_lifted_and_the_case_is_in_the_journal(env, clock, ming, branch):
    Hold.objects.create(customer_id=ming.id, since=clock.now())
    assert branch("lift-hold", "A123456789").output == "A12345****: done\n"
    assert not Hold.objects.exists()
    assert '"case":"A-1"' in Entry.objects.latest("id").payload


def test_biometrics_are_suspended_for_a_customer_who_asks_for_it(env, ming, branch):
    firm = with_biometrics(env).firm
    Phone(replace(env, firm=firm), visit(env, ming)).bind()
    assert branch("suspend-biometrics", "A123456789").output.endswith(": had none switched on\n")
    SoftToken.objects.update(biometrics="on")
    with_cause = "staff" in env.firm.token.suspend_biometrics
    said = "done" if with_cause else "had none switched on"
    assert branch("suspend-biometrics", "A123456789").output == f"A12345****: {said}\n"
    assert SoftToken.objects.get().biometrics_why == ("staff" if with_cause else "")


@pytest.mark.parametrize(
    ("identifier", "sentence"),
    [("A123456788", "no identifier"), ("B223456782", "no customer")],
)
def test_a_wrong_identifier_is_refused_with_a_sentence(env, ming, branch, identifier, sentence):
    found = branch("unlock", identifier)
    assert found.exit_code == 2
    assert sentence in found.output
