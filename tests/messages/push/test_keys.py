"""Keys that push services know us by, and places that are kept under them."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.messages.models import PushSubscription, VapidKey
from cinnabar.messages.push import keys, subscriptions
from cinnabar.messages.push.subscriptions import Place
from tests.messages.push.hands import go
from tests.support.passkeys import recorded
from tests.support.push import HOST

pytestmark = pytest.mark.django_db


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
