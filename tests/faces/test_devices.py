"""Known devices and the sign-in history at the page."""

from datetime import timedelta

import pytest

from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.login.models import KnownDevice
from cinnabar.passwords.actions import set_password
from tests.support.face import Browser
from tests.support.people import PASSWORD

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/131.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
DEVICES, HISTORY = "/account/devices/", "/account/history/"


def browser(customer, agent=CHROME, address="127.0.0.1"):
    found = Browser(headers={"User-Agent": agent, "Accept-Language": "en"})
    found.client.defaults["REMOTE_ADDR"] = address
    assert found.sign_in(customer.identifier).status_code == 302
    return found


def text(answer):
    return answer.content.decode()


def handle(customer):
    """The newest of the customer's devices, as the page names it."""
    return KnownDevice.objects.filter(customer_id=customer.id).latest("pk").pk


@pytest.fixture
def desk(env, ming):
    return browser(ming)


def test_a_device_is_forgotten_from_another_and_signed_out(env, ming, desk):
    phone = browser(ming, PHONE)
    said = text(desk.get(DEVICES))
    assert "Chrome on Windows" in said
    assert "Safari on iOS" in said
    answer = desk.form(f"{DEVICES}{handle(ming)}/end", {})
    assert (answer.status_code, answer["Location"]) == (302, f"{DEVICES}?done")
    assert "That device is forgotten" in text(desk.get(answer["Location"]))
    assert phone.get(DEVICES).status_code == 401
    assert Entry.objects.get(event=Event.DEVICE_ENDED).subject == ming.subject


def test_whoever_forgets_the_one_he_sits_at_is_signed_out(ming, desk):
    answer = desk.form(f"{DEVICES}{handle(ming)}/end", {})
    assert answer.status_code == 200
    assert answer.cookies["__Host-session"].value == ""
    assert desk.get(DEVICES).status_code == 401


@pytest.mark.parametrize("named", ["0", "999999999999999999", "1" * 19, "x", "-1", "１"])
def test_what_is_no_device_of_his_is_not_there(desk, named):
    desk.get(DEVICES)
    assert desk.form(f"{DEVICES}{named}/end", {}).status_code == 404


def test_the_device_of_another_customer_is_not_there_either(mei, desk):
    browser(mei, PHONE)
    assert desk.form(f"{DEVICES}{handle(mei)}/end", {}).status_code == 404
    assert KnownDevice.objects.filter(ended_at=None).count() == 2


def test_nothing_that_a_stranger_wrote_stands_on_the_page(env, ming):
    own = "<b>Call 0900-000-000</b>"
    said = browser(ming, own)
    for page in (DEVICES, HISTORY):
        assert "0900-000-000" not in text(said.get(page))


def test_a_second_sign_in_on_a_device_keeps_it_one_and_the_cookie_moves_on(ming, desk):
    first = desk.client.cookies["__Host-device"].value
    desk.form("/sign-out/", {})
    desk.sign_in(ming.identifier)
    second = desk.client.cookies["__Host-device"].value
    assert first != second
    assert first[:32] == second[:32]
    assert KnownDevice.objects.count() == 1


def test_the_history_tells_who_came_and_who_did_not_newest_first(env, ming, clock, desk):
    clock.move(seconds=60)
    stranger = Browser(headers={"User-Agent": PHONE})
    stranger.client.defaults["REMOTE_ADDR"] = "203.0.113.77"
    for _ in range(env.firm.login.max_wrong):
        stranger.sign_in(ming.identifier, "demo9999")
    said = text(desk.get(HISTORY))
    order = [said.index(words) for words in ("then locked", ">Not signed in<", ">Signed in<")]
    assert order == sorted(order)
    assert "203.0.113.*" in said
    assert "203.0.113.77" not in said
    assert said.count("New device") == 1


def test_nobody_sees_the_sign_ins_of_another(mei, desk):
    browser(mei, PHONE, "198.51.100.9")
    assert "198.51.100.*" not in text(desk.get(HISTORY))


def test_twenty_stand_on_a_page_and_the_older_on_the_next(env, ming, clock, desk):
    for _ in range(20):
        clock.move(seconds=60)
        desk.form("/sign-out/", {})
        desk.sign_in(ming.identifier)
    assert text(desk.get(HISTORY)).count("<time") == 20
    assert text(desk.get(f"{HISTORY}?page=2")).count("<time") == 1
    assert desk.get(f"{HISTORY}?page=3").status_code == 404
    for odd in ("0", "x", "-1", "99999", "１"):
        assert desk.get(f"{HISTORY}?page={odd}").status_code == 400


def test_what_is_older_than_the_page_looks_back_is_left_to_the_journal(env, ming, clock, desk):
    clock.move(timedelta(days=91))
    set_password(env, ming.id, PASSWORD)  # some firms ask for a new one by then
    desk.sign_in(ming.identifier)
    assert text(desk.get(HISTORY)).count("<time") == 1
