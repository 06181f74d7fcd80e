"""What staff and operators see: states, ages and counts, never a code."""

import dataclasses
from datetime import timedelta

import pytest

from cinnabar.messages.channel import RefusedForGoodError, TryLaterError
from cinnabar.messages.claims import claim
from cinnabar.messages.deliver import tick
from cinnabar.messages.models import Outbox
from cinnabar.messages.queries import backlog, deliveries
from tests.messages.support import MAILBOX, PHONE, Shelf, post_change, post_code

pytestmark = pytest.mark.django_db


def test_staff_see_when_a_code_left_and_where_to_but_neither_code_nor_number(env):
    post_code(env, digits="5523")
    env.clock.move(seconds=3)
    tick(env, {"sms": Shelf()})
    env.clock.move(seconds=60)
    [seen] = deliveries(env, 1)
    assert (seen.kind, seen.channel, seen.masked_to, seen.state) == (
        "code",
        "sms",
        "0958****74",
        "sent",
    )
    assert seen.waited == timedelta(seconds=3)
    printed = repr(dataclasses.asdict(seen)).replace(seen.id, "")
    assert "5523" not in printed
    assert PHONE not in printed


def test_staff_see_why_a_message_has_not_arrived(env):
    post_change(env, key="a")
    env.clock.move(seconds=1)
    post_code(env, "email")
    shelf = Shelf()
    shelf.troubles.extend([TryLaterError("smtp 451 4.3.0"), RefusedForGoodError("smtp 550 5.1.1")])
    tick(env, {"email": shelf})
    seen = [(one.kind, one.state, one.trouble, one.masked_to) for one in deliveries(env, 1)]
    masked = env.firm.masks.email(MAILBOX)
    assert seen == [
        ("code", "waiting", "smtp 451 4.3.0", masked),
        ("certificate-changed", "failed", "smtp 550 5.1.1", masked),
    ]


def test_staff_see_one_customers_messages_only_and_no_more_than_asked(env):
    for n in range(3):
        post_change(env, key=str(n))
    assert len(deliveries(env, 1, limit=2)) == 2
    assert deliveries(env, 2) == ()


def test_an_address_that_no_longer_opens_is_left_blank(env):
    message = post_code(env)
    Outbox.objects.filter(id=message).update(to_sealed=b"\x01broken")
    assert deliveries(env, 1)[0].masked_to == ""


def test_the_backlog_counts_what_is_unfinished_and_says_how_old_it_is(env):
    post_code(env, "sms")
    env.clock.move(seconds=30)
    for n in range(3):
        post_change(env, key=str(n))
    claim(env, "worker", 1, channel="email")
    env.clock.move(seconds=10)
    sms, mail, _push = backlog(env)
    assert (sms.channel, sms.waiting, sms.sending, sms.oldest) == (
        "sms",
        1,
        0,
        timedelta(seconds=40),
    )
    assert (mail.channel, mail.waiting, mail.sending, mail.dead) == ("email", 2, 1, 0)
    assert mail.oldest == timedelta(seconds=10)


def test_an_empty_backlog_is_empty(env):
    assert [(one.waiting, one.sending, one.dead, one.oldest) for one in backlog(env)] == [
        (0, 0, 0, None)
    ] * 3
