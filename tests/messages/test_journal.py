"""Every end of a message is in the journal, in the transaction of its mark."""

import json

import pytest

from cinnabar.journal.models import Entry
from cinnabar.messages.actions import requeue
from cinnabar.messages.channel import RefusedForGoodError, TryLaterError
from cinnabar.messages.deliver import tick
from cinnabar.messages.policy import DELIVERY
from cinnabar.messages.reports import receive_report, report_token
from tests.messages.support import MING, Shelf, post_change, post_code, row

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("id").values_list("event", "subject"))


def test_sent_and_delivered_are_told_of_the_customer(env):
    message = post_code(env)
    env.clock.move(seconds=2)
    tick(env, {"sms": Shelf()})
    receive_report(env, message, "1", report_token(env, message))
    assert told() == [("message:sent", MING), ("message:delivered", MING)]
    details = json.loads(Entry.objects.earliest("id").payload)["details"]
    assert details == {
        "message": message,
        "kind": "code",
        "way": "sms",
        "attempts": 1,
        "waited_ms": 2000,
    }


def test_refused_undelivered_and_expired_are_told_with_their_reason(env):
    post_change(env, key="a")
    shelf = Shelf()
    shelf.troubles.append(RefusedForGoodError("smtp 550 5.1.1"))
    tick(env, {"email": shelf})
    late = post_code(env, key="b")
    undelivered = post_code(env, key="c")
    tick(env, {"sms": Shelf()})
    receive_report(env, undelivered, "2", report_token(env, undelivered))
    post_code(env, key="d")
    env.clock.move(seconds=300)
    tick(env, {"sms": Shelf()})
    reasons = [
        (entry.event, json.loads(entry.payload)["details"].get("reason"))
        for entry in Entry.objects.order_by("id")
        if entry.event != "message:sent"
    ]
    assert reasons == [
        ("message:failed", "smtp 550 5.1.1"),
        ("message:failed", "report 2"),
        ("message:expired", "deadline"),
    ]
    assert row(late).state == "sent"


def test_given_up_and_sent_again_are_told_with_who_asked(env):
    message = post_change(env)
    shelf = Shelf()
    shelf.troubles.extend([TryLaterError("smtp 451")] * DELIVERY.max_attempts)
    for _ in range(DELIVERY.max_attempts):
        env.clock.set(max(env.clock.now(), row(message).not_before))
        tick(env, {"email": shelf})
    requeue(env, message, by="operator")
    assert [event for event, _ in told()] == ["message:given-up", "message:requeued"]
    assert json.loads(Entry.objects.latest("id").payload)["by"] == "operator"


def test_a_message_that_only_waits_is_not_told(env):
    post_change(env)
    shelf = Shelf()
    shelf.troubles.append(TryLaterError("smtp 451"))
    tick(env, {"email": shelf})
    assert told() == []
