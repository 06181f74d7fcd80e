"""A verified call of the order line sets a new voice password (P98, API-04)."""

from datetime import timedelta

import pytest

from cinnabar.journal.models import Entry
from cinnabar.passwords.models import StoredPassword
from tests.support import voice_line
from tests.support.mail import received
from tests.support.voice import DIGITS, MING, NEW, give, name, verdict, wrong
from tests.support.voice_line import VoiceLine


def test_a_verified_call_changes_the_voice_password_and_only_that(env, line, ming):
    give(env, ming)
    login = StoredPassword.objects.get(kind="login").encoded
    line.verify("call", DIGITS, identifier=MING)
    done = line.change("call", NEW)
    assert (done.status, done.json()) == (200, {"call": "call", "changed": True})
    assert verdict(line.verify("new", NEW, identifier=MING)) == "right"
    assert verdict(line.verify("old", DIGITS, identifier=MING)) == "wrong"
    assert StoredPassword.objects.get(kind="login").encoded == login
    entry = Entry.objects.get(event="voice-password:changed")
    assert (entry.subject, NEW in entry.payload) == (ming.subject, False)
    assert received(env)


def test_the_same_change_again_is_answered_again_and_another_is_not(env, line, ming):
    give(env, ming)
    line.verify("call", DIGITS, identifier=MING)
    assert line.change("call", NEW).status == 200
    line.clock.move(seconds=5)
    assert line.change("call", NEW).status == 200
    assert name(line.change("call", "86420975")) == "call-used"
    assert Entry.objects.filter(event="voice-password:changed").count() == 1


def test_nothing_is_changed_without_a_right_answer(env, line, ming):
    give(env, ming)
    assert name(line.change("never", NEW)) == "call-not-verified"
    wrong(line, 1)
    assert name(line.change("wrong-0", NEW)) == "call-not-verified"
    line.verify("call", DIGITS, identifier=MING)
    elsewhere = VoiceLine(line.app, line.clock, key=voice_line.p256())
    assert elsewhere.change("call", NEW).status == 401
    assert verdict(line.verify("still", DIGITS, identifier=MING)) == "right"


def test_a_right_answer_is_good_for_a_change_for_a_while(env, line, ming):
    give(env, ming)
    line.verify("call", DIGITS, identifier=MING)
    line.clock.move(env.firm.password.voice.change_within + timedelta(seconds=1))
    assert name(line.change("call", NEW)) == "call-not-verified"


def test_nothing_is_changed_once_the_line_was_locked(env, line, ming):
    """Somebody else guesses while a thief is in his call, or the customer says: not me."""
    give(env, ming)
    line.verify("call", DIGITS, identifier=MING)
    wrong(line, env.firm.password.voice.max_wrong)
    assert name(line.change("call", NEW)) == "call-not-verified"
    assert Entry.objects.filter(event="voice-password:changed").count() == 0


@pytest.mark.parametrize(
    ("digits", "rule"),
    [
        ("123", "too-short"),
        ("1" * 13, "too-long"),
        ("19900201", "birth-date"),
        ("0958123474", "phone"),
    ],
)
def test_what_may_not_be_one_is_refused_by_name(env, line, ming, digits, rule):
    give(env, ming)
    line.verify("call", DIGITS, identifier=MING)
    refused = line.change("call", digits)
    assert (refused.status, name(refused)) == (422, "password-refused")
    assert rule in refused.json()["rules"]
    assert line.change("call", NEW).status == 200
