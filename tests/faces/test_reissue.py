"""密碼補發 at the pages, without any script but the device's three calls, in both languages."""

import json
import re

import pytest

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.words import Words
from tests.support.claims import BORN, own_password, pass_code, with_accounts, with_certificate
from tests.support.customers import add_customer
from tests.support.face import Browser
from tests.support.life import b64
from tests.support.robots import solved

PAGE = "/passwords/reissue/"
LANGUAGES = ("zh-Hant-TW", "en")


@pytest.fixture
def held(env, ming):
    return with_certificate(env, ming)


def identify(browser, identifier="A123456789", birth=BORN):
    browser.get(PAGE)
    return browser.form(PAGE, {"identifier": identifier, "birth": birth})


def begun(browser, **who):
    answer = identify(browser, **who)
    assert answer.status_code == 302
    return answer["Location"]


def prove(env, browser, held, place):
    claim = place.replace("/reissue/", "/claims/reissue/")
    challenge = json.loads(browser.post(f"{claim}challenge").content)["challenge"]
    body = {"challenge": challenge, "signature": b64(held.sign(env, challenge))}
    return json.loads(browser.post(f"{claim}certificate", body).content)


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_first_page_to_the_last(env, browser, held, language):
    say = Words(env.firm, language).say
    browser.headers["Accept-Language"] = language
    customer = with_accounts(env, consolidated=True)
    assert customer.consolidated
    place = begun(browser)
    assert say("reissue.device") in text(browser.get(place))
    assert prove(env, browser, held, place) == {"valid": True}
    page = text(browser.get(place))
    for shown in ("with-lead", "remind-all", "wrong-data", "confirm"):
        assert say(f"reissue.{shown}") in page
    assert "0958****74" in page
    assert "0012345" not in page
    account = re.search(r'<option value="(\d+)"', page).group(1)
    sent = browser.form(f"{place}account", {"account": account, "channel": "sms"})
    assert sent["Location"] == f"{place}code/"
    page = text(browser.get(sent["Location"]))
    assert say("reissue.code-sent", to="0958****74") in page
    typed = pass_code(env)
    answer = browser.form(f"{place}code/try", {"code": typed})
    page = text(answer)
    initial = re.search(r"data-initial>(\d+)<", page)
    assert bool(initial) is bool(env.firm.password.initial.length)
    assert (typed in page) is env.firm.pass_code.echo
    again = browser.form(f"{place}code/try", {"code": typed})
    assert again["Location"] == f"{place}password/"
    page = text(browser.get(again["Location"]))
    assert "data-initial" not in page
    own = own_password(env).reveal()
    done = browser.form(f"{place}password/", {"new": own, "new_again": own})
    assert done["Location"] == f"{place}done/"
    page = text(browser.get(done["Location"]))
    assert say("reissue.done-title") in page
    assert env.firm.identity.portal_url in page
    assert browser.sign_in("A123456789", own).status_code == 302


@pytest.mark.parametrize(
    "pair", [("A123456789", "19900202"), ("C223456783", BORN)], ids=["wrong birth date", "unknown"]
)
def test_nobody_sees_the_same_pages(env, browser, held, pair):
    """RST-05, CONFLICT-6: but for the names of flow and token."""

    def seen(who):
        one = Browser()
        place = begun(one, identifier=who[0], birth=who[1])
        proved = prove(env, one, with_stranger, place)
        device = text(one.get(place))
        share = json.loads(one.post(claim_of(place, "share"), {"share": "s"}).content)
        one.form(f"{place}without", {})
        return [plain(device, place), proved, len(share["secret"])]

    with_stranger = type(held)(device=type(held.device)(), der=held.der)
    assert seen(pair) == seen(("A123456789", BORN))


def claim_of(place, what):
    return place.replace("/reissue/", "/claims/reissue/") + what


def plain(page, place):
    page = page.replace(place.split("/")[-2], "FLOW")
    return re.sub(r'(csrf" content=|csrfmiddlewaretoken" value=)"\w+"', "", page)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"identifier": "A123456788", "birth": BORN}, Refusal.IDENTIFIER_MALFORMED),
        ({"identifier": "A123456789", "birth": "0910201"}, Refusal.BIRTH_DATE_MALFORMED),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slip_is_said_and_what_was_typed_stays(env, browser, typed, refusal, language):
    browser.headers["Accept-Language"] = language
    answer = identify(browser, **typed)
    assert answer.status_code == 400
    said = Words(env.firm, language).refusal(Refused(refusal))
    assert said.title in text(answer)
    for value in typed.values():
        assert f'value="{value}"' in text(answer)


def test_a_claim_of_another_browser_is_over_here(env, browser, ming):
    place = begun(browser)
    other = Browser()
    other.get(PAGE)
    for path in ("", "code/", "password/", "done/"):
        assert other.get(f"{place}{path}").status_code == 409
    for path in ("without", "account", "code/ask", "code/try", "password/"):
        assert other.form(f"{place}{path}", {}).status_code == 409
    for what in ("challenge", "share", "certificate"):
        body = {"share": "s"} if what == "share" else {}
        assert other.post(claim_of(place, what), body).status_code in {400, 409}
    assert browser.get(place).status_code == 200


def test_a_wrong_code_and_a_refused_password_leave_the_customer_where_he_was(env, browser, held):
    place = begun(browser)
    prove(env, browser, held, place)
    browser.form(f"{place}account", {"channel": "sms"})
    right = pass_code(env)
    wrong = f"{(int(right) + 1) % 10 ** len(right):0{len(right)}}"
    answer = browser.form(f"{place}code/try", {"code": wrong})
    assert answer.status_code == 409
    assert 'action="' + place + 'code/try"' in text(answer)
    too_soon = browser.form(f"{place}code/ask", {})
    assert too_soon.status_code == 429
    assert int(too_soon["Retry-After"]) > 0
    browser.form(f"{place}code/try", {"code": right})
    for typed in ({"new": "ab1", "new_again": "ab1"}, {"new": "abcd12345", "new_again": "x"}):
        answer = browser.form(f"{place}password/", typed)
        assert answer.status_code == 400
        assert 'name="new_again"' in text(answer)


def test_without_any_contact_on_file_the_branch_is_named(env, browser, held):
    """P130: with a certificate one of the two is enough, but one it must be."""
    place = begun(browser)
    assert prove(env, browser, held, place) == {"valid": True}
    add_customer(env, identifier="A123456789", name="王小明", mobile="", email="")
    answer = browser.get(place)
    assert answer.status_code == 409
    assert Words(env.firm, "zh-Hant-TW").refusal(Refused(Refusal.NO_CONTACT)).next in text(answer)


def test_an_address_at_risk_shows_that_it_is_no_robot_where_the_firm_asks(env, browser, ming):
    """P22: asked by the server, used up with the claim."""
    asked = "reissue" in env.firm.login.captcha_pages
    for _ in range(env.firm.guard.risk_after):
        guard.enter(env, Door.CLAIM, "127.0.0.1")
    assert ("data-robot" in text(browser.get(PAGE))) is asked
    if not asked:
        begun(browser)
        return
    assert "data-robot" in text(identify(browser))
    answer = solved(json.loads(browser.get("/robot-check/reissue").content))
    fields = {"identifier": "A123456789", "birth": BORN, "robot": answer}
    assert browser.form(PAGE, fields).status_code == 302
    assert browser.form(PAGE, fields).status_code in {400, 403, 409}


def test_nothing_that_may_not_stays_in_the_browser(env, browser, ming):
    """The visit's cookie ends with the browser and is out of reach of scripts."""
    begun(browser)
    cookie = browser.client.cookies["__Host-visit"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["max-age"]
