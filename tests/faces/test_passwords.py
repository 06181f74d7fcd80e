"""The pages of the password centre that need a sign-in, as a browser without script sees them."""

import json
import re

import pytest

from cinnabar.passwords.kinds import PasswordKind
from cinnabar.words import Words
from tests.support.face import Browser
from tests.support.passwords import NEW, NEWER, WRONG, account_of, kept, new_withdrawal, opens
from tests.support.people import PASSWORD, WITHDRAWAL, give_withdrawal
from tests.support.robots import solved

CHANGE = "/passwords/change/"


def enter(customer):
    """Sign in and go to the password centre."""
    browser = Browser()
    assert browser.sign_in(customer.identifier).status_code == 302
    browser.get(CHANGE)
    return browser


def at_the_entrance(browser, customer, password):
    """Sign in at the centre's own page, with the robot check where the firm has one there."""
    fields = {"identifier": customer.identifier, "password": password.reveal()}
    if 'data-robot="password-centre"' in browser.get("/passwords/").content.decode():
        challenge = browser.get("/robot-check/password-centre").content
        fields["robot"] = solved(json.loads(challenge))
    return browser.pass_second(browser.form("/passwords/", fields))


def section(kind, old, new, again=None):
    return {
        kind: "yes",
        f"{kind}_old": old.reveal(),
        f"{kind}_new": new.reveal(),
        f"{kind}_new_again": (again or new).reveal(),
    }


def said(env, browser, path=CHANGE):
    return re.sub(r"\s+", " ", browser.get(path).content.decode())


def test_a_stranger_is_led_to_the_entrance_and_whoever_is_in_to_the_change(env, ming, browser):
    answer = browser.get(CHANGE)
    assert (answer.status_code, answer["Location"]) == (302, "/passwords/")
    entrance = browser.get("/passwords/").content.decode()
    words = Words(env.firm, "zh-Hant-TW")
    assert words.say("passwords.sign-in") in entrance
    assert env.firm.identity.entries.password_centre["zh-Hant-TW"] in entrance
    assert enter(ming).get("/passwords/")["Location"] == CHANGE


def test_the_entrance_leads_to_the_change_and_a_wrong_sign_in_stays_there(env, ming, browser):
    wrong = at_the_entrance(browser, ming, WRONG)
    assert wrong.status_code == 401
    assert 'action="/passwords/"' in wrong.content.decode()
    right = at_the_entrance(browser, ming, PASSWORD)
    assert (right.status_code, right["Location"]) == (302, CHANGE)


def test_the_robot_check_is_the_servers_to_ask_not_the_pages(env, ming, browser):
    """P21, P22, incident 17."""
    browser.get("/passwords/")
    fields = {"identifier": ming.identifier, "password": PASSWORD.reveal()}
    asked = "password-centre" in env.firm.login.captcha_pages
    answer = browser.form("/passwords/", fields)
    assert (answer.status_code == 302) == (not asked)


def test_ming_changes_his_password_and_looks_at_the_result_twice(env, ming):
    browser = enter(ming)
    session = browser.client.cookies["__Host-session"].value
    answer = browser.form(CHANGE, section("login", PASSWORD, NEW))
    assert (answer.status_code, answer["Location"]) == (302, "/passwords/changed/")
    assert browser.client.cookies["__Host-session"].value != session
    words = Words(env.firm, "zh-Hant-TW")
    for _ in range(2):
        assert words.say("passwords.changed.state") in said(env, browser, "/passwords/changed/")
    assert opens(env, ming, NEW)


def test_the_entrance_says_what_a_password_is(env, browser):
    """M-PW-NOTE-1."""
    rules = env.firm.password.login
    assert f"密碼為 {rules.min}~{rules.max} " in said(env, browser, "/passwords/")


def test_nothing_was_changed_so_nothing_is_said(env, clock, ming):
    browser = enter(ming)
    clock.move(seconds=601)
    assert browser.get("/passwords/changed/")["Location"] == CHANGE


def test_a_refusal_is_told_over_the_form_and_no_password_comes_back(env, ming):
    browser = enter(ming)
    answer = browser.form(CHANGE, {**section("login", WRONG, NEW), "voice": "yes"})
    text = answer.content.decode()
    assert answer.status_code == 403
    assert Words(env.firm, "zh-Hant-TW").say("refusals.old-password-wrong.title") in text
    assert WRONG.reveal() not in text
    assert NEW.reveal() not in text
    differing = browser.form(CHANGE, section("login", PASSWORD, NEW, NEWER))
    assert differing.status_code in {400, 409}
    assert opens(env, ming, PASSWORD)


def test_the_boxes_say_what_is_changed(env, ming):
    give_withdrawal(env, ming.id)
    browser, before = enter(ming), kept(ming)
    text = said(env, browser)
    assert 'name="login" value="yes" checked' in text
    assert 'name="withdrawal" value="yes">' in text
    withdrawal = section("withdrawal", WITHDRAWAL, new_withdrawal(env))
    both = {**section("login", PASSWORD, NEW), **withdrawal}
    del both["login"]
    cash = kept(ming, PasswordKind.WITHDRAWAL)
    assert browser.form(CHANGE, both).status_code == 302
    assert kept(ming) == before
    assert kept(ming, PasswordKind.WITHDRAWAL) != cash
    del both["withdrawal"]
    browser.get(CHANGE)
    assert browser.form(CHANGE, both).status_code == 400


def labels(text):
    """Return what each field is called, in the order of the page."""
    return [one.strip() for one in re.findall(r'<label class="label"[^>]*>([^<]*)</label>', text)]


def test_each_field_is_called_what_it_is_for(env, ming, hua):
    """S1:24-26, S1:99-100: old, new, once more."""
    give_withdrawal(env, ming.id)
    words = Words(env.firm, "zh-Hant-TW")
    old, again = words.say("passwords.change.old"), words.say("new-password.again")
    page = labels(said(env, enter(ming)))
    assert (page[0::3], page[2::3]) == ([old, old], [again, again])
    assert all("新密碼" in new for new in page[1::3])
    asked, new, repeated = labels(said(env, enter(hua), "/passwords/consolidate/"))
    assert (asked, repeated) == (words.say("passwords.consolidate.old"), again)
    assert "新密碼" in new


def test_hua_sees_each_account_and_how_its_password_compares(env, hua):
    """P110, P114, decision 15."""
    text = said(env, enter(hua))
    words = Words(env.firm, "zh-Hant-TW")
    for column in env.firm.accounts.columns:
        assert words.say(f"passwords.column.{column}") in text
    table = text[text.index("accounts-heading") :].partition("</table>")[0]
    rows = re.findall(r'<tr role="row">(.*?)</tr>', table)[1:]
    plain = [re.sub(r"<[^>]+>|\s", " ", row).split() for row in rows]
    assert [row[0] for row in plain] == ["證券", "期貨", "複委託"]
    assert [("相同" in row, "不同" in row) for row in plain] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    assert [row[1] for row in plain] == ["網路", "網路、出金", "網路"]
    assert all("2026-11-20" in row for row in plain)
    assert "8100234" not in text


def test_hua_changes_the_password_of_one_account(env, hua):
    browser = enter(hua)
    shares = account_of(hua, "securities")
    path = f"{CHANGE}{shares}/"
    assert 'name="withdrawal"' not in said(env, browser, path)
    assert 'name="withdrawal"' in said(env, browser, f"{CHANGE}{account_of(hua, 'futures')}/")
    assert browser.form(path, section("login", PASSWORD, NEW)).status_code == 302
    assert "證券" in said(env, browser, "/passwords/changed/")
    assert browser.form(CHANGE, section("login", PASSWORD, NEW)).status_code == 404


@pytest.mark.parametrize("account", ["0", "x", "9" * 19, "-1"])
def test_an_account_that_is_not_hers_is_not_there(env, hua, account):
    assert enter(hua).get(f"{CHANGE}{account}/").status_code == 404


def test_another_customers_account_is_not_there(env, ming, hua):
    assert enter(ming).get(f"{CHANGE}{account_of(hua, 'futures')}/").status_code == 404


def test_one_password_for_all_is_asked_for_with_open_eyes(env, hua):
    """P108: the page says that it cannot be undone, and wants that acknowledged."""
    browser = enter(hua)
    text = said(env, browser, "/passwords/consolidate/")
    assert Words(env.firm, "zh-Hant-TW").say("passwords.consolidate.warning") in text
    fields = {"old": PASSWORD.reveal(), "new": NEW.reveal(), "new_again": NEW.reveal()}
    assert browser.form("/passwords/consolidate/", fields).status_code == 400
    answer = browser.form("/passwords/consolidate/", {**fields, "understood": "yes"})
    assert answer["Location"] == "/passwords/changed/"
    assert list(kept(hua)) == [None]
    assert browser.get("/passwords/consolidate/").status_code == 409
