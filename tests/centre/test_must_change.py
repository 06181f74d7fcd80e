"""A password that must be changed opens the page where it is changed, and nothing else (P101)."""

from datetime import timedelta

import pytest

from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login.models import Session
from cinnabar.passwords import store
from cinnabar.passwords.due import Due
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.words import Words
from tests.support.app import DEVICE, SESSION, in_the_app
from tests.support.face import THERE, Browser, filled
from tests.support.passwords import NEW, account_of, opens

ISSUED = Password("9287734")
OPEN_TO_ALL = {"sign-out/", "app/sign-out/"}


@pytest.fixture
def issue(env):
    """Give somebody an issued password."""

    def issue(customer, account=None):
        encoded = store.encode(env, customer.id, PasswordKind.LOGIN, ISSUED)
        ends = env.clock.now() + timedelta(minutes=5)
        store.put(
            env, customer.id, PasswordKind.LOGIN, encoded, accounts=(account,), expires_at=ends
        )

    return issue


def enter(customer, password=ISSUED):
    browser = Browser()
    return browser, browser.sign_in(customer.identifier, password.reveal())


def begin_in_the_app(env, browser, customer):
    """Sign him in there too, with the password that he was given."""
    jar = browser.client.cookies
    tokens = in_the_app(env, customer, Secret(jar[DEVICE].value), reason=Due.ISSUED)
    jar[SESSION], jar[DEVICE] = tokens.session.reveal(), tokens.device.reveal()


def new(old=ISSUED):
    typed = {"login_old": old.reveal(), "login_new": NEW.reveal(), "login_new_again": NEW.reveal()}
    return {"login": "yes", **typed}


def test_every_other_page_is_shut_until_it_is_changed(env, ming, issue):
    issue(ming)
    browser, answer = enter(ming)
    assert answer["Location"] == "/passwords/change/"
    begin_in_the_app(env, browser, ming)
    said = browser.get("/passwords/change/").content.decode()
    assert Words(env.firm, "zh-Hant-TW").say("password-due.issued") in said
    for route, address in THERE.items():
        if not address.private or address.entrance or route in OPEN_TO_ALL:
            continue
        for method in address.methods:
            path = filled(route)
            sent = browser.get(path) if method != "POST" else browser.post(path)
            assert sent.status_code == 403, (route, method)
    assert browser.form("/passwords/change/", new()).status_code == 302
    assert browser.get("/certificates/").status_code == 200
    assert opens(env, ming, NEW)


def test_after_its_time_it_opens_nothing(env, clock, ming, issue):
    """P102."""
    issue(ming)
    clock.move(timedelta(minutes=5, seconds=1))
    assert enter(ming)[1].status_code == 401


def test_whoever_has_one_for_each_account_is_led_to_the_one_he_came_with(env, hua, issue):
    futures = account_of(hua, "futures")
    issue(hua, futures)
    browser, _ = enter(hua)
    page = f"/passwords/change/{futures}/"
    assert browser.get("/passwords/change/")["Location"] == page
    assert browser.get(page).status_code == 200
    assert browser.form(page, new()).status_code == 302
    assert browser.get("/certificates/").status_code == 200


def test_changing_another_account_does_not_do(env, hua, issue):
    from tests.support.people import PASSWORD

    issue(hua, account_of(hua, "futures"))
    browser, _ = enter(hua)
    shares = f"/passwords/change/{account_of(hua, 'securities')}/"
    browser.get(shares)
    assert browser.form(shares, new(PASSWORD)).status_code == 302
    assert Session.objects.get(ended_at=None).must_change
    assert browser.get("/certificates/").status_code == 403


def test_signing_out_is_always_possible(env, ming, issue):
    issue(ming)
    browser, _ = enter(ming)
    browser.get("/passwords/change/")
    assert browser.form("/sign-out/", {}).status_code == 200
