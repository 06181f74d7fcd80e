"""Many at once: an app that says where it is woken, a token that ends, a key that is replaced."""

from functools import partial

import pytest
from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.kernel.refusal import Refusal
from cinnabar.messages.models import PushSubscription, VapidKey
from cinnabar.messages.push import keys
from cinnabar.messages.push.sealed_body import key_from, point_of
from cinnabar.messages.push.subscriptions import Place
from cinnabar.tokens.soft import actions, waking
from cinnabar.tokens.soft.waking import Wish
from tests.support.crowd import at_once
from tests.support.push import HOST
from tests.support.push import waking as with_push
from tests.support.soft import bind, row, show

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

POINT, AUTH = point_of(key_from(b"p" * 40).public_key()), b"sixteen octets.."


@pytest.fixture
def env(env):
    made = with_push(env)
    keys.upkeep(made)
    return made


def subscribing(env, app, count):
    """Return as many requests of one app, each with a challenge and an endpoint of its own."""
    key = keys.newest(env)

    def one(number):
        place = Place(endpoint=f"https://{HOST}/wake/{number}", point=POINT, auth=AUTH, key=key)
        data = {"endpoint": place.endpoint}
        bearer, signed, _, _ = show(env, app, waking.SUBSCRIBE, data)
        return partial(waking.subscribe, env, bearer, signed, Wish(place=place, data=data))

    return [one(number) for number in range(count)]


def test_of_ten_places_at_once_one_is_kept(env, ming):
    app = bind(env, ming)
    assert at_once(*subscribing(env, app, 10)) == [None] * 10
    assert PushSubscription.objects.get().token == row(app).id


def test_a_token_that_ends_meanwhile_leaves_no_subscription(env, ming):
    app = bind(env, ming)
    token = row(app).id

    def clear():
        with transaction.atomic():
            lock_customer(ming.id)
            actions.clear(env, token, "customer")

    found = at_once(*subscribing(env, app, 4), clear)
    assert set(found[:-1]) <= {None, Refusal.TOKEN_NONE}
    assert not PushSubscription.objects.exists()


def test_a_key_that_is_forgotten_meanwhile_leaves_no_subscription(env, ming):
    app = bind(env, ming)
    stolen = partial(keys.rotate, env, by="operator", at_once=True)
    found = at_once(*subscribing(env, app, 4), stolen)
    assert set(found[:-1]) <= {None, Refusal.INPUT_MALFORMED}
    assert not PushSubscription.objects.exists()
    assert VapidKey.objects.get().id == keys.newest(env)


def test_workers_that_begin_together_agree_on_a_key(env, ming):
    VapidKey.objects.all().delete()
    at_once(*[partial(keys.upkeep, env)] * 4)
    newest = keys.newest(env)
    app = bind(env, ming)
    (subscribe,) = subscribing(env, app, 1)
    subscribe()
    assert PushSubscription.objects.get().key_id == newest
