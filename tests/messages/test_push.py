"""The worker wakes an app: what the push service gets, and what becomes of the message."""

import base64
import json
import ssl
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.messages.channel import TryLaterError
from cinnabar.messages.deliver import tick
from cinnabar.messages.kinds import State
from cinnabar.messages.models import Outbox, PushSubscription, VapidKey
from cinnabar.messages.push import keys, subscriptions
from cinnabar.messages.push.channel import PushChannel
from cinnabar.messages.push.subscriptions import Place
from cinnabar.messages.queries import deliveries
from tests.support.passkeys import recorded
from tests.support.push import GONE, HOST, PushTwin, waking

pytestmark = pytest.mark.django_db

LIFE = timedelta(seconds=120)


@pytest.fixture
def env(env):
    return waking(env)


@pytest.fixture
def twin(clock):
    with PushTwin(clock) as service:
        yield service


@pytest.fixture
def subscribe(env, ming, twin):
    """Let a browser subscribe for a token; give the browser."""
    keys.upkeep(env)

    def act(name="phone", token="token-1", key=None):
        browser = twin.browser(name)
        said = browser.place(key or keys.newest(env))
        point, auth = (base64.b64decode(said[one]) for one in ("p256dh", "auth"))
        place = Place(endpoint=said["endpoint"], point=point, auth=auth, key=said["key"])
        assert subscriptions.check(env, place) == HOST
        with transaction.atomic():
            subscriptions.keep(env, ming.id, token, place)
        return browser

    return act


@pytest.fixture
def wake(env, ming):
    def act(key="approval:1", tokens=("token-1",)):
        until = env.clock.now() + LIFE
        whose = {"customer_id": ming.id, "subject": ming.subject}
        with transaction.atomic():
            return subscriptions.wake(env, tokens, **whose, key=key, expires_at=until)

    return act


def go(env, twin, *hosts, timeout=5.0):
    return tick(env, {"push": twin.channel(*hosts, timeout=timeout)})


def message():
    return Outbox.objects.latest("id")


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


def test_endpoint_and_keys_rest_sealed(env, twin, subscribe):
    browser = subscribe()
    everything = []
    for table in ("messages_pushsubscription", "messages_vapidkey"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own tables
            everything += [value for row in cursor for value in row]
    kept = b"|".join(
        bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode()
        for one in everything
    )
    scalar = keys.opened(env, VapidKey.objects.get()).private_numbers().private_value
    for secret in (HOST.encode(), b"/wake/", browser.auth, scalar.to_bytes(32)):
        assert secret not in kept
        assert base64.b64encode(secret).rstrip(b"=") not in kept


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


def test_a_silent_service_keeps_nobody_waiting_twice(env, twin, subscribe, wake):
    subscribe()
    subscribe("tablet", "token-2")
    wake(tokens=("token-1", "token-2"))
    twin.hang()
    assert go(env, twin, timeout=0.2).later == 2
    assert twin.requests == 1
    assert set(Outbox.objects.values_list("last_error", flat=True)) == {
        "push TimeoutError",
        "push host silent",
    }


def test_a_server_that_cannot_show_its_name_learns_nothing(env, twin, subscribe, wake):
    subscribe()
    wake()
    trusting = twin.wire()
    strict = replace(trusting, context=ssl.create_default_context())
    assert tick(env, {"push": PushChannel(strict)}).later == 1
    assert message().last_error == "push SSLCertVerificationError"
    assert twin.requests == 0


def test_a_host_that_left_the_list_is_called_no_more(env, twin, subscribe, wake):
    subscribe()
    wake()
    assert go(env, twin, "fcm.googleapis.com").refused == 1
    assert twin.requests == 0


def test_nobody_is_woken_where_no_service_is_named(env, subscribe, wake):
    subscribe()
    calm = replace(env, push_hosts=())
    with transaction.atomic():
        more = {"customer_id": 1, "subject": "", "key": "x", "expires_at": env.clock.now()}
        assert subscriptions.wake(calm, ("token-1",), **more) == 0
    assert keys.newest(calm) == ""


def test_a_token_has_one_place_and_the_newest_counts(env, twin, subscribe, wake):
    subscribe("old")
    new = subscribe("new")
    wake()
    go(env, twin)
    assert PushSubscription.objects.count() == 1
    assert new.read == [b"{}"]
    assert twin.requests == 1


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


def test_after_a_rotation_the_older_key_serves_who_has_not_moved(env, twin, subscribe, wake):
    old = keys.newest(env)
    asleep = subscribe("asleep")
    env.clock.move(timedelta(days=1))
    assert keys.rotate(env, by="operator") == 1
    new = keys.newest(env)
    assert new not in {"", old}
    moved = subscribe("moved", "token-2")
    wake(tokens=("token-1", "token-2"))
    assert go(env, twin).handed_over == 2
    assert (asleep.key, moved.key) == (old, new)
    assert [asleep.read, moved.read] == [[b"{}"], [b"{}"]]
    found = keys.health()
    assert (found.subscriptions, found.on_older) == (2, 1)
    (told,) = recorded(Event.PUSH_KEY_ROTATED)
    assert told["details"] == {"key": new, "under_older": 1, "at_once": False}
    env.clock.move(keys.KEPT)
    keys.upkeep(env)
    assert list(VapidKey.objects.values_list("id", flat=True)) == [new]
    assert PushSubscription.objects.get().key_id == new


def test_an_older_key_ends_when_nobody_is_left_under_it(env, subscribe):
    keys.upkeep(env)
    subscribe()
    keys.rotate(env, by="operator")
    env.clock.move(timedelta(days=2))
    keys.upkeep(env)
    assert VapidKey.objects.count() == 2
    subscribe("again")
    keys.upkeep(env)
    assert VapidKey.objects.count() == 1


def test_a_key_that_was_stolen_ends_at_once(env, twin, subscribe, wake):
    keys.upkeep(env)
    old = keys.newest(env)
    browser = subscribe()
    wake()
    keys.rotate(env, by="operator", at_once=True)
    assert go(env, twin).refused == 1
    assert browser.read == []
    assert not VapidKey.objects.filter(pk=old).exists()
    with pytest.raises(Refused) as refused:
        subscribe("late", key=old)
    assert refused.value.refusal is Refusal.INPUT_MALFORMED


@pytest.mark.parametrize(
    ("endpoint", "refusal"),
    [
        ("https://evil.example/wake/1", Refusal.PUSH_HOST),
        ("https://127.0.0.1/wake/1", Refusal.PUSH_HOST),
        (f"https://{HOST}.evil.example/", Refusal.PUSH_HOST),
        (f"http://{HOST}/wake/1", Refusal.INPUT_MALFORMED),
        (f"https://{HOST}:8080/", Refusal.INPUT_MALFORMED),
    ],
)
def test_a_place_that_is_not_listed_is_not_kept(env, twin, endpoint, refusal):
    said = twin.browser("phone").place("")
    point, auth = (base64.b64decode(said[one]) for one in ("p256dh", "auth"))
    with pytest.raises(Refused) as refused:
        subscriptions.check(env, Place(endpoint=endpoint, point=point, auth=auth, key=""))
    assert refused.value.refusal is refusal


def test_the_twin_itself_refuses_a_sender_whom_the_browser_does_not_know(
    env, twin, subscribe, wake
):
    subscribe().key = "another"
    wake()
    assert go(env, twin).refused == 1
    assert message().last_error == "push 403"


def test_a_wire_that_breaks_is_tried_later(twin):
    with pytest.raises(TryLaterError, match="push InvalidURL"):
        twin.wire().post(f"https://{HOST}/wake/\x7f", {}, b"")
