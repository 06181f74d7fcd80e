"""The demo's letter box."""

import pytest

from cinnabar.messages.claims import claim
from cinnabar.messages.deliver import tick
from cinnabar.messages.kinds import State
from cinnabar.messages.models import Outbox
from cinnabar.messages.policy import DELIVERY
from cinnabar.messages.queries import tray
from cinnabar.messages.render import render
from cinnabar.messages.tray import TrayChannel
from tests.messages.support import MAILBOX, PHONE, post_change, post_code, row

pytestmark = pytest.mark.django_db


def test_the_tray_is_refused_outside_the_demo():
    with pytest.raises(ValueError, match="demo only"):
        TrayChannel(demo=False)


def test_the_tray_shows_what_a_customer_would_have_received_newest_first(env):
    channel = TrayChannel(demo=True)
    post_code(env, "sms", digits="0902")
    tick(env, {"sms": channel, "email": channel})
    env.clock.move(seconds=5)
    post_change(env)
    tick(env, {"sms": channel, "email": channel})
    newest, oldest = tray()
    assert (newest.channel, newest.to, newest.subject) == (
        "email",
        MAILBOX,
        "丹砂證券線上憑證異動通知",
    )
    assert (oldest.channel, oldest.to, oldest.subject) == ("sms", PHONE, "")
    assert "0902" in oldest.text
    assert newest.sent_at == env.clock.now()


def test_what_lies_in_the_tray_is_delivered(env):
    message = post_code(env)
    tick(env, {"sms": TrayChannel(demo=True)})
    assert row(message).state == State.DELIVERED


def test_a_repeated_message_lies_in_the_tray_once(env):
    message = post_code(env)
    channel = TrayChannel(demo=True)
    [claimed] = claim(env, "worker that dies after the hand-over", 1, channel="sms")
    channel.send(env, render(env, claimed))
    env.clock.move(DELIVERY.lease)
    assert tick(env, {"sms": channel}).handed_over == 1
    assert len(tray()) == 1
    assert Outbox.objects.get(id=message).attempts == 2


def test_the_tray_shows_at_most_what_is_asked_for(env):
    for n in range(4):
        post_change(env, key=str(n))
    tick(env, {"email": TrayChannel(demo=True)})
    assert len(tray(limit=3)) == 3
