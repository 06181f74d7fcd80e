"""Delivery reports: in any order, from anybody, about anything."""

import itertools

import pytest

from cinnabar.messages.claims import claim
from cinnabar.messages.deliver import Tally, tick
from cinnabar.messages.kinds import State
from cinnabar.messages.policy import DELIVERY
from cinnabar.messages.reports import receive_report, report_token
from tests.messages.support import Shelf, post_code, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(env) -> str:
    message = post_code(env)
    tick(env, {"sms": Shelf()})
    return message


def report(env, message: str, status: object) -> bool:
    return receive_report(env, message, str(status), report_token(env, message))


def test_delivered(env, sent):
    assert report(env, sent, 1)
    assert row(sent).state == State.DELIVERED


@pytest.mark.parametrize("status", [2, 16])
def test_not_delivered(env, sent, status):
    assert report(env, sent, status)
    assert (row(sent).state, row(sent).last_error) == (State.FAILED, f"report {status}")


@pytest.mark.parametrize("status", [0, 4, 8, 3, 99, -1, "", "1 ", "１", "delivered", "1" * 50])
def test_anything_else_changes_nothing(env, sent, status):
    assert not report(env, sent, status)
    assert row(sent).state == State.SENT


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 4, 8, 16])))
def test_delivered_wins_whatever_the_order(env, sent, order):
    for status in order:
        report(env, sent, status)
    assert row(sent).state == State.DELIVERED


def test_the_same_report_twice_is_one(env, sent):
    assert report(env, sent, 1)
    assert not report(env, sent, 1)


@pytest.mark.parametrize("token", ["", "0" * 32, "é", "0" * 1000])
def test_a_report_without_the_right_word_is_left_alone(env, sent, token):
    assert not receive_report(env, sent, "1", token)
    assert row(sent).state == State.SENT


def test_the_word_of_another_message_does_not_do(env, sent):
    other = post_code(env, key="other")
    assert not receive_report(env, sent, "1", report_token(env, other))


def test_a_report_about_nothing_we_know_is_left_alone(env):
    assert not report(env, "0" * 32, 1)
    assert not report(env, "' OR 1=1 --", 1)


def test_a_report_that_overtakes_the_mark_is_kept_and_the_code_erased(env):
    message = post_code(env)
    shelf = Shelf(before=lambda rendered: report(env, rendered.id, 1))
    tick(env, {"sms": shelf})
    left = row(message)
    assert (left.state, left.facts_sealed, left.sent_at) == (
        State.DELIVERED,
        None,
        env.clock.now(),
    )


def test_a_report_after_a_crash_saves_the_repetition(env):
    message = post_code(env)
    claim(env, "worker that dies after the hand-over", 10, channel="sms")
    assert report(env, message, 1)
    env.clock.move(DELIVERY.lease)
    shelf = Shelf()
    assert tick(env, {"sms": shelf}) == Tally()
    assert not shelf.taken
