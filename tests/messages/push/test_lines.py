"""The way to a push service: who is called, by which line, and through what."""

import ssl
from dataclasses import replace

import pytest

from cinnabar.messages.channel import TryLaterError
from cinnabar.messages.deliver import tick
from cinnabar.messages.models import Outbox
from cinnabar.messages.push.channel import PushChannel
from cinnabar.messages.push.wire import Lines, through
from tests.messages.push.hands import go, message
from tests.support.proxy import ProxyTwin
from tests.support.push import HOST

pytestmark = pytest.mark.django_db


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


def test_a_wire_that_breaks_is_tried_later(twin):
    with pytest.raises(TryLaterError, match="push InvalidURL"):
        Lines(twin.wire()).post(f"https://{HOST}/wake/\x7f", {}, b"")


def test_a_batch_to_one_host_goes_over_one_connection(env, twin, subscribe, wake):
    tokens = [f"token-{n}" for n in range(4)]
    for token in tokens:
        subscribe(token, token)
    wake(tokens=tokens)
    twin.answer(201, 429, 201, 201)
    done = go(env, twin)
    assert (done.handed_over, done.later) == (3, 1)
    assert twin.connections == 1


def test_a_line_that_was_hung_up_is_opened_once_more(env, twin, subscribe, wake):
    subscribe("phone")
    subscribe("tablet", "token-2")
    wake(tokens=("token-1", "token-2"))
    twin.hang_up()
    assert go(env, twin).handed_over == 2
    assert twin.connections == 2


def test_through_the_operators_proxy_only_the_tunnel_is_asked_for(env, twin, subscribe, wake):
    browser = subscribe()
    wake()
    with ProxyTwin(twin.port) as proxy:
        wire = replace(twin.wire(), dial=through(proxy.url))
        proxy.refuse()
        assert tick(env, {"push": PushChannel(wire)}).later == 1
        assert message().last_error == "push proxy refused"
        env.clock.move(seconds=20)
        assert tick(env, {"push": PushChannel(wire)}).handed_over == 1
    assert browser.read == [b"{}"]
    assert set(proxy.asked) == {f"CONNECT {HOST}:443 HTTP/1.1"}


@pytest.mark.parametrize(
    "proxy",
    ["proxy:3128", "https://proxy:3128", "http://proxy", "http://u:p@proxy:1", "http://p:1/x"],
)
def test_what_is_no_proxy_is_refused(proxy):
    with pytest.raises(ValueError, match="CINNABAR_PUSH_PROXY"):
        through(proxy)
