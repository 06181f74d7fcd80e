"""The order line asks and changes (API-04, PWD-10, LCK-03, CONFLICT-5)."""

import re

import pytest

from cinnabar.customers.models import TradingAccount
from cinnabar.faces.machine.ivr import voice_app
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits import guard
from cinnabar.passwords import voice
from cinnabar.passwords.models import Lock
from tests.support.people import visit
from tests.support.signing import sign_in
from tests.support.voice import DIGITS, MING, NEW, door_of, give, name, verdict, wrong
from tests.support.work import HIDDEN, counted, counting

# --- one question, one verdict


def test_the_line_learns_right_or_wrong_and_nothing_else(env, line, ming):
    give(env, ming)
    right = line.verify("call-1", DIGITS, identifier=MING)
    assert (right.status, right.json()) == (200, {"call": "call-1", "verdict": "right"})
    other = line.verify("call-2", "11111111", identifier=MING)
    assert other.json() == {"call": "call-2", "verdict": "wrong"}


def test_nobody_a_customer_without_one_and_a_locked_one_are_the_same_answer(env, line, ming, mei):
    give(env, ming)
    wrong(line, env.firm.password.voice.max_wrong)
    answers = [
        line.verify("call-1", DIGITS, identifier="F131232216"),
        line.verify("call-2", DIGITS, identifier="B223456782"),
        line.verify("call-3", DIGITS, identifier=MING),
        line.verify("call-4", DIGITS, account="99"),
    ]
    assert len({re.sub(rb"call-.", b"", said.body) for said in answers}) == 1
    assert len({(said.status, tuple(said.headers.items())) for said in answers}) == 1


def test_and_they_are_the_same_work(env, ming, mei, tmp_path, line):
    """LCK-03, RST-05: the statements one by one, and as many hashes."""
    there = counting(env)
    line.app = voice_app(there, door_of(tmp_path, env.clock))
    give(env, ming)

    def work(call: str, digits: str, **who: str) -> list[str]:
        with counted(there) as done:
            assert verdict(line.verify(call, digits, **who)) == "wrong"
        return [HIDDEN.sub("…", step) for step in done]

    known = work("1", "11111111", identifier=MING)
    assert known.count("argon2") == 1
    assert work("2", "11111111", identifier="F131232216") == known
    assert work("3", "11111111", identifier="B223456782") == known
    wrong(line, env.firm.password.voice.max_wrong)
    assert work("4", DIGITS, identifier=MING) == known
    by_account = work("5", "11111111", account="99")
    TradingAccount.objects.create(
        customer_id=ming.id, line="securities", branch="台北", number="1234567"
    )
    assert work("6", DIGITS, account="1234567") == by_account


def test_the_same_question_has_the_same_answer_and_counts_once(env, line, ming):
    give(env, ming)
    for _ in range(5):
        assert verdict(line.verify("call", "11111111", identifier=MING)) == "wrong"
        line.clock.move(seconds=7)
    assert Lock.objects.get().wrong == 1
    assert Entry.objects.filter(event="voice:refused").count() == 1


def test_another_question_of_the_same_call_has_no_answer(env, line, ming):
    give(env, ming)
    line.verify("call", "11111111", identifier=MING)
    again = line.verify("call", DIGITS, identifier=MING)
    assert (again.status, name(again)) == (409, "call-used")
    assert name(line.verify("call", "11111111", account="1234567")) == "call-used"
    assert Lock.objects.get().wrong == 1


def test_a_question_that_a_crash_left_open_may_be_asked_again(env, line, ming):
    from cinnabar.centre.models import VoiceCall

    give(env, ming)
    assert verdict(line.verify("call", DIGITS, identifier=MING)) == "right"
    VoiceCall.objects.update(verdict=None)
    waiting = line.verify("call", DIGITS, identifier=MING)
    assert (waiting.status, name(waiting), waiting.headers["Retry-After"]) == (
        409,
        "call-open",
        "1",
    )
    line.clock.move(seconds=11)
    assert verdict(line.verify("call", DIGITS, identifier=MING)) == "right"


def test_a_slip_in_an_identifier_uses_nothing_up(env, line, ming):
    give(env, ming)
    slip = line.verify("call", DIGITS, identifier="A123456780")
    assert (slip.status, name(slip)) == (400, "identifier-malformed")
    assert verdict(line.verify("call", DIGITS, identifier=MING)) == "right"


# --- a counter of its own


def test_the_line_locks_without_locking_the_web(env, line, ming):
    """CONFLICT-5."""
    give(env, ming)
    wrong(line, env.firm.password.voice.max_wrong)
    assert verdict(line.verify("late", DIGITS, identifier=MING)) == "wrong"
    assert visit(env, ming).customer_id == ming.id
    assert Entry.objects.filter(event="voice:locked").count() == 1


def test_the_web_locks_without_locking_the_line(env, line, ming):
    give(env, ming)
    for _ in range(env.firm.login.max_wrong):
        with pytest.raises(Refused):
            sign_in(env, MING, Password("wrong"), address="203.0.113.9")
    assert verdict(line.verify("call", DIGITS, identifier=MING)) == "right"


def test_a_right_call_begins_the_count_anew(env, line, ming):
    give(env, ming)
    most = env.firm.password.voice.max_wrong
    wrong(line, most - 1)
    assert verdict(line.verify("right", DIGITS, identifier=MING)) == "right"
    wrong(line, most - 1, first=50)
    assert verdict(line.verify("right-again", DIGITS, identifier=MING)) == "right"


def test_account_and_identifier_share_one_count(env, line, ming):
    TradingAccount.objects.create(
        customer_id=ming.id, line="securities", branch="台北", number="1234567"
    )
    give(env, ming)
    wrong(line, env.firm.password.voice.max_wrong - 1)
    assert verdict(line.verify("by-account", "11111111", account="1234567")) == "wrong"
    assert verdict(line.verify("late", DIGITS, identifier=MING)) == "wrong"


def test_calls_about_nobody_are_counted_too(env, line):
    wrong(line, 2, who="F131232216")
    assert Lock.objects.get().wrong == 2


def test_a_suspended_line_says_wrong_until_there_is_a_new_password(env, line, ming):
    from django.db import transaction

    give(env, ming)
    with transaction.atomic():
        voice.suspend(env, ming.id)
    assert verdict(line.verify("call", DIGITS, identifier=MING)) == "wrong"
    with transaction.atomic():
        assert voice.lift(env, ming.id)
    assert verdict(line.verify("next", DIGITS, identifier=MING)) == "right"


# --- whose password


@pytest.fixture
def meis(env, mei):
    """陳美華 with a voice password for each of two accounts."""
    made = [
        TradingAccount.objects.create(
            customer_id=mei.id, line=line, branch=branch, number="2233445"
        )
        for line, branch in (("securities", "台北"), ("futures", "期貨台北"))
    ]
    give(env, mei, DIGITS, made[0].id)
    give(env, mei, NEW, made[1].id)
    return made


def test_an_account_with_its_own_password_is_asked_for_that(env, line, meis):
    place = {"account": "2233445", "line": "futures"}
    assert verdict(line.verify("1", DIGITS, **place)) == "wrong"
    assert verdict(line.verify("2", NEW, **place, branch="期貨台北")) == "right"
    assert verdict(line.verify("3", NEW, **place, branch="高雄")) == "wrong"


def test_by_identifier_any_of_them_is_right(env, line, meis):
    assert verdict(line.verify("1", DIGITS, identifier="B223456782")) == "right"
    assert verdict(line.verify("2", NEW, identifier="B223456782")) == "right"


def test_an_account_number_of_two_customers_is_nobodys(env, line, meis, ming):
    TradingAccount.objects.create(
        customer_id=ming.id, line="securities", branch="高雄", number="2233445"
    )
    give(env, ming)
    assert verdict(line.verify("1", DIGITS, account="2233445")) == "wrong"
    assert verdict(line.verify("2", DIGITS, account="2233445", branch="高雄")) == "right"


def test_a_change_reaches_the_account_the_call_was_right_for(env, line, meis):
    place = {"account": "2233445", "line": "securities"}
    assert verdict(line.verify("1", DIGITS, **place)) == "right"
    assert line.change("1", "86420975").status == 200
    assert verdict(line.verify("2", "86420975", **place)) == "right"
    assert verdict(line.verify("3", NEW, account="2233445", line="futures")) == "right"


def test_wrong_answers_on_the_line_count_for_the_firm_and_its_locks_too(env, line, ming):
    """LCK-04, LCK-08: the line is one address, so nobody is turned away for it."""
    give(env, ming)
    wrong(line, env.firm.password.voice.max_wrong)
    counts = guard.wrong_today(env)
    assert (counts["voice"], counts["locked"]) == (env.firm.password.voice.max_wrong, 1)
    assert counts["sign-in"] == 0
    line.verify("right", DIGITS, identifier=MING)
    assert guard.wrong_today(env)["voice"] == env.firm.password.voice.max_wrong + 1
