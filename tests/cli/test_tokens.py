"""What staff do to soft tokens and approvals, at the command line."""

import pytest
from click.testing import CliRunner

from cinnabar.cli import branch, tokens
from cinnabar.journal.models import Entry
from cinnabar.tokens.models import Restriction, SoftToken
from tests.support.bound import with_token
from tests.support.soft import App, bind, row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def env(env):
    return with_token(env)


@pytest.fixture
def run(env, monkeypatch):
    """Run a command of `cinnabar tokens` in the world of the test."""
    monkeypatch.setattr("cinnabar.cli.tokens.world", lambda: env)
    return lambda *words: CliRunner().invoke(tokens.command, [*words])


def test_a_customer_who_lost_the_phone_has_every_token_suspended(env, ming, run):
    one, other = bind(env, ming), bind(env, ming, App(seed=b"o" * 32), device="e" * 64)
    said = run("suspend", "a123456789", "--case", "B-7")
    assert said.output == "A12345****: 2 suspended\n"
    assert {row(one).why, row(other).why} == {"staff"}
    assert '"case":"B-7"' in Entry.objects.latest("id").payload
    assert run("suspend", "A123456789", "--case", "B-7").output == "A12345****: 0 suspended\n"


def test_what_was_found_again_is_lifted_and_what_was_copied_is_not(env, ming, run):
    found = bind(env, ming, state=SoftToken.SUSPENDED)
    copied = bind(env, ming, App(seed=b"o" * 32), device="e" * 64, state=SoftToken.SUSPENDED)
    SoftToken.objects.filter(key_id=copied.key_id).update(why="copied")
    assert run("lift", "A123456789", "--case", "B-8").output == "A12345****: 1 lifted\n"
    assert (row(found).state, row(copied).state) == ("active", "suspended")


def test_the_list_shows_every_token_with_its_reason(env, ming, mei, run):
    held = bind(env, ming)
    bind(env, mei, App(seed=b"o" * 32), device="e" * 64)
    SoftToken.objects.filter(key_id=held.key_id).update(state="suspended", why="lost")
    (line,) = run("list", "A123456789").output.splitlines()
    assert line.startswith(f"{row(held).id}  suspended (lost)")
    assert "used never" in line


@pytest.mark.parametrize("act", ["suspend", "lift"])
def test_nothing_is_done_without_a_case(env, ming, run, act):
    held = bind(env, ming)
    assert run(act, "A123456789").exit_code == 2
    assert row(held).state == "active"


@pytest.mark.parametrize(
    ("identifier", "sentence"), [("A123456788", "no identifier"), ("B223456782", "no customer")]
)
def test_a_wrong_identifier_is_refused_with_a_sentence(env, ming, run, identifier, sentence):
    found = run("list", identifier)
    assert found.exit_code == 2
    assert sentence in found.output


def test_staff_who_spoke_to_the_customer_let_the_app_be_asked_again(env, ming, monkeypatch):
    monkeypatch.setattr("cinnabar.cli.branch.world", lambda: env)
    Restriction.objects.create(customer_id=ming.id, since=env.clock.now(), why="not-me")
    allow = ["allow-approvals", "A123456789", "--case", "B-9"]
    said = [CliRunner().invoke(branch.command, allow).output for _ in range(2)]
    assert said == ["A12345****: done\n", "A12345****: could be asked already\n"]
    assert not Restriction.objects.exists()
    assert '"why":"B-9"' in Entry.objects.latest("id").payload
