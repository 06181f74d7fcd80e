"""SMS by a real gateway on loopback, in the form of Kannel's sendsms."""

import http.client
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from cinnabar.kernel.secrets import Secret
from cinnabar.messages.deliver import Tally, tick
from cinnabar.messages.kinds import State
from cinnabar.messages.reports import receive_report
from cinnabar.messages.sms import SmsChannel, SmsGateway
from tests.messages.support import PHONE, post_change, post_code, row
from tests.support.sms_gateway import QUEUED, SmsTwin

pytestmark = pytest.mark.django_db
REPORTS = "http://127.0.0.1:9/sms-report"


@pytest.fixture
def gateway():
    with SmsTwin() as twin:
        yield twin


def channel(gateway: SmsTwin, **more) -> SmsChannel:
    facts = {"password": Secret(gateway.password), "sender": "CINNABAR", "report_url": REPORTS}
    return SmsChannel(SmsGateway(url=gateway.url, **{**facts, **more}))


def test_a_code_goes_out_with_four_minutes_to_live(env, gateway):
    message = post_code(env, digits="0902")
    assert tick(env, {"sms": channel(gateway)}) == Tally(handed_over=1)
    [sms] = gateway.texts
    assert sms.to == PHONE
    assert "0902" in sms.text
    assert sms.query["validity"] == "4"
    assert sms.query["from"] == "CINNABAR"
    assert (row(message).state, row(message).provider_ref) == (
        State.SENT,
        "0: Accepted for delivery",
    )


def test_chinese_goes_out_in_two_octets_a_character_and_english_in_seven_bits(env, gateway):
    post_code(env, key="a", language="zh-Hant-TW")
    post_code(env, key="b", language="en")
    tick(env, {"sms": channel(gateway)})
    assert sorted((s.query["coding"], s.query["charset"]) for s in gateway.texts) == [
        ("0", "UTF-8"),
        ("2", "UTF-8"),
    ]


def test_a_notice_has_no_time_to_live(env, gateway):
    post_change(env, "sms")
    tick(env, {"sms": channel(gateway)})
    assert "validity" not in gateway.texts[0].query


def test_our_id_stands_in_the_address_for_reports_with_a_word_that_only_we_can_write(env, gateway):
    message = post_code(env)
    tick(env, {"sms": channel(gateway)})
    asked = gateway.texts[0].query
    assert asked["dlr-mask"] == "19"
    parts = urlsplit(asked["dlr-url"])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == REPORTS
    assert (query["id"], query["status"]) == (message, "%d")
    assert receive_report(env, message, "1", query["token"])


def test_without_an_address_for_reports_none_are_asked_for(env, gateway):
    post_code(env)
    tick(env, {"sms": channel(gateway, report_url="")})
    assert not {"dlr-url", "dlr-mask"} & gateway.texts[0].query.keys()


def test_queued_is_taken_as_well(env, gateway):
    message = post_code(env)
    gateway.answer(QUEUED)
    tick(env, {"sms": channel(gateway)})
    assert row(message).provider_ref == "3: Queued for later delivery"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((202, "4: Something else"), State.WAITING),
        ((200, "<html>captive portal</html>"), State.WAITING),
        ((302, "0: Accepted for delivery"), State.WAITING),
        ((503, "Temporal failure, try again later."), State.WAITING),
        ((429, "slowly"), State.WAITING),
        ((403, "Authorization failed for sendsms"), State.WAITING),
        ((404, "no such service"), State.WAITING),
        ((400, "bad number"), State.FAILED),
    ],
)
def test_what_the_gateways_answers_mean_for_a_message(env, gateway, answer, state):
    message = post_code(env)
    gateway.answer(answer)
    tick(env, {"sms": channel(gateway)})
    assert row(message).state == state
    assert row(message).last_error == f"gateway {answer[0]}"


def test_a_wrong_password_leaves_everything_waiting(env, gateway):
    post_code(env, key="a")
    post_code(env, key="b")
    assert tick(env, {"sms": channel(gateway, password=Secret("old"))}) == Tally(later=1)
    assert not gateway.texts


def test_a_gateway_that_does_not_answer_gets_the_message_again_under_the_same_id(env, gateway):
    message = post_code(env)
    gateway.hang()
    assert tick(env, {"sms": channel(gateway, timeout=0.2)}) == Tally(later=1)
    assert row(message).last_error == "gateway timeout"
    gateway.let_go()
    env.clock.move(seconds=2)
    assert tick(env, {"sms": channel(gateway)}) == Tally(handed_over=1)
    assert len({sms.query["dlr-url"] for sms in gateway.texts}) == 1
    assert len(gateway.texts) == 2


def test_a_gateway_that_is_gone_is_tried_again(env):
    message = post_code(env)
    with SmsTwin() as twin:
        gone = channel(twin)
    assert tick(env, {"sms": gone}) == Tally(later=1)
    assert row(message).last_error == "gateway ConnectionRefusedError"


def test_a_gateway_that_is_back_too_late_gets_no_code(env, gateway):
    message = post_code(env)
    for _ in range(40):
        gateway.answer((503, "down"))
    while row(message).state == State.WAITING:
        env.clock.set(max(env.clock.now(), row(message).not_before))
        tick(env, {"sms": channel(gateway)})
    assert row(message).state == State.EXPIRED
    assert not gateway.texts


@pytest.mark.parametrize("to", ["0958-123-474", "(0958) 123 474"])
def test_a_number_is_sent_without_its_ornaments(env, gateway, to):
    post_code(env, to=to)
    tick(env, {"sms": channel(gateway)})
    assert gateway.texts[0].to == PHONE


@pytest.mark.parametrize("to", ["0958123474&text=free", "fredric@example.com", "電話", "12"])
def test_a_number_that_is_none_never_reaches_the_gateway(env, gateway, to):
    message = post_code(env, to=to)
    tick(env, {"sms": channel(gateway)})
    assert (row(message).state, row(message).last_error) == (State.FAILED, "not a phone number")
    assert not gateway.texts


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://sms.example/x", "begins with http"),
        ("http:///x", "names a host"),
        ("http://sms.example/x?username=a&password=b", "its own file"),
    ],
)
def test_an_address_that_will_not_do_is_refused_at_start(url, said):
    with pytest.raises(ValueError, match=said):
        SmsGateway(url=url, password=Secret("x"))


def test_a_gateway_prints_without_its_password():
    assert "hush" not in repr(SmsGateway(url="http://127.0.0.1/x", password=Secret("hush")))


@pytest.mark.django_db(transaction=True)
def test_a_report_comes_home_over_http(env, gateway):
    """The whole way: handed over, delivered, the gateway calls our address back."""
    with _Reports(env) as reports:
        message = post_code(env)
        tick(env, {"sms": channel(gateway, report_url=reports.url)})
        assert gateway.report(gateway.texts[0], 8) == 204
        assert row(message).state == State.SENT
        assert gateway.report(gateway.texts[0], 1) == 204
    assert row(message).state == State.DELIVERED


class _Reports:
    """The machine face's part of it, as small as can be."""

    def __init__(self, env) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
                receive_report(env, query["id"], query["status"], query["token"])
                self.send_response(http.client.NO_CONTENT)
                self.end_headers()

            def finish(self) -> None:
                from django.db import connections

                connections.close_all()
                super().finish()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self.url = f"http://127.0.0.1:{self._server.server_port}/sms-report"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
