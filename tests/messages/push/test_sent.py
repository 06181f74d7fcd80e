"""The worker wakes an app: what the push service gets, and what becomes of the message."""

import base64
import json

import pytest

from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.messages.kinds import State
from cinnabar.messages.models import PushSubscription
from cinnabar.messages.push import subscriptions
from cinnabar.messages.queries import deliveries
from tests.messages.push.hands import LIFE, go, message
from tests.support.passkeys import recorded
from tests.support.push import GONE, HOST

pytestmark = pytest.mark.django_db


def test_the_app_is_woken_and_nothing_else_is_said(env, ming, twin, subscribe, wake):
    """MSG-07: nobody, nothing and nowhere; not even the length tells two of them apart."""
    browsers = [subscribe("phone"), subscribe("tablet", "token-2")]
    assert wake(tokens=("token-1", "token-2")) == 2
    env.clock.move(seconds=20)
    assert go(env, twin).handed_over == 2
    assert [one.read for one in browsers] == [[b"{}"], [b"{}"]]
    for got in twin.pushed:
        head = {k: v for k, v in got.headers.items() if k != "authorization"}
        assert head == {
            "host": HOST,
            "accept-encoding": "identity",
            "content-length": str(len(got.body)),
            "content-type": "application/octet-stream",
            "content-encoding": "aes128gcm",
            "ttl": "100",
            "urgency": "high",
            "topic": "wake",
        }
        assert got.claims == {
            "aud": f"https://{HOST}",
            "exp": int(env.clock.now().timestamp()) + 12 * 3600,
            "sub": f"mailto:{env.firm.identity.service_mail}",
        }
        told = json.dumps([got.path, got.headers, got.claims]).encode() + got.body
        secrets = (ming.subject, str(ming.identifier), "approval", "token-", message().id)
        assert [one for one in secrets if one.encode() in told] == []
    first, second = (got.body for got in twin.pushed)
    assert len(first) == len(second)
    assert first != second
    assert message().state == State.SENT
    assert message().facts_sealed is None


def test_no_endpoint_and_no_key_is_in_logs_and_journal(env, twin, subscribe, wake, capfd):
    """Who has an endpoint can say at its push service that it is meant."""
    browser = subscribe()
    for number, status in enumerate((500, 403, 201, GONE)):
        wake(f"approval:{number}")
        twin.answer(status)
        go(env, twin)
    said = "\n".join([*capfd.readouterr(), *Entry.objects.values_list("payload", flat=True)])
    point = browser.place("")["p256dh"]
    hidden = ("/wake/", "vapid t=", "eyJ", point, base64.b64encode(browser.auth).decode())
    assert "push 410" in said
    assert HOST in said, "which service it was may be known"
    assert [one for one in hidden if one in said] == []


@pytest.mark.parametrize("status", [404, GONE])
def test_who_is_gone_is_forgotten_and_told_of_once(env, twin, subscribe, wake, status):
    subscribe()
    wake()
    twin.answer(status)
    assert go(env, twin).refused == 1
    assert not PushSubscription.objects.exists()
    (told,) = recorded(Event.PUSH_FORGOTTEN)
    assert told["subject"] == message().subject
    assert told["details"] == {"host": HOST, "why": f"push {status}"}
    assert wake("approval:2") == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_who_is_busy_is_asked_again_while_it_is_of_use(env, twin, subscribe, wake, status):
    browser = subscribe()
    wake()
    twin.answer(status, status)
    assert [go(env, twin).later, message().last_error] == [1, f"push {status}"]
    env.clock.move(seconds=20)
    assert go(env, twin).later == 1
    env.clock.move(seconds=30)
    assert go(env, twin).handed_over == 1
    assert twin.pushed[0].headers["ttl"] == "70"
    assert browser.read == [b"{}"]
    wake("approval:2")
    twin.answer(status)
    go(env, twin)
    env.clock.move(LIFE)
    assert go(env, twin).expired == 1
    assert twin.requests == 4, "late, nobody is woken"


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 413])
def test_what_will_never_be_taken_is_not_sent_again_or_elsewhere(
    env, twin, subscribe, wake, status
):
    subscribe()
    wake()
    twin.answer(status)
    assert go(env, twin).refused == 1
    assert twin.requests == 1, "a redirect is not followed"
    assert message().last_error == f"push {status}"
    assert PushSubscription.objects.exists()


def test_what_is_woken_for_once_is_not_woken_for_twice(env, twin, subscribe, wake):
    browser = subscribe()
    wake()
    wake()
    go(env, twin)
    assert browser.read == [b"{}"]


def test_a_message_whose_subscription_was_forgotten_meanwhile_goes_nowhere(
    env, ming, twin, subscribe, wake
):
    subscribe()
    wake()
    subscriptions.forget_of("token-1")
    assert go(env, twin).refused == 1
    assert message().last_error == "push forgotten"
    (told,) = deliveries(env, ming.id)
    assert (told.channel, told.masked_to) == ("push", "")


def test_the_twin_itself_refuses_a_sender_whom_the_browser_does_not_know(
    env, twin, subscribe, wake
):
    subscribe().key = "another"
    wake()
    assert go(env, twin).refused == 1
    assert message().last_error == "push 403"
