"""密碼補發 at a browser without a certificate: the page, the mail, the phone, a new password."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.claims import BORN, own_password, with_accounts
from tests.support.mailed import letters, mails, secret

pytestmark = pytest.mark.browser

PAGE = "/passwords/reissue/"


def go_without(person, birth=BORN):
    """Say who it is; a browser without a certificate comes to page two by itself."""
    person.page.goto(PAGE)
    person.page.get_by_label(person.labels.identifier).fill("A123456789")
    person.page.get_by_label(person.say("reissue.birth"), exact=True).fill(birth)
    person.button(person.say("reissue.enter")).click()
    expect(person.button(person.say("reissue.confirm"))).to_be_visible()


def choose(person, line="futures"):
    page = person.page
    page.get_by_role("radio", name=person.say(f"business-line.{line}"), exact=True).check()
    account = page.get_by_label(person.say("reissue.number"), exact=True)
    offered = account.locator("option:not(:disabled)").filter(has_text="****")
    account.select_option(value=f"{line}.0")
    return offered


def confirm(person):
    choose(person)
    person.button(person.say("reissue.confirm")).click()
    expect(person.page.get_by_role("heading", level=2)).to_have_text(
        person.say("reissue-mail.sent-title")
    )


def open_link(person, text):
    # From elsewhere: following a link within the page would load nothing.
    person.page.goto("about:blank")
    person.page.goto(f"/passwords/link/#{text}")
    person.button(person.say("link.go-on")).click()


@pytest.mark.parametrize(
    ("size", "tongue"),
    [(DESKTOP, ("zh-TW", ZH)), (PHONE, ("en-GB", EN))],
    ids=["in-chinese", "in-english-on-a-phone"],
)
def test_somebody_without_a_certificate_gets_a_new_password(env, db, visit, size, tongue):
    with_accounts(env, consolidated=False)
    asking = Person(visit.page(size, tongue[0]), env, tongue[1])
    name = tongue[1].language
    go_without(asking)
    expect(asking.page.get_by_text("0958****74")).to_be_visible()
    expect(asking.page.get_by_text("f*****c@example.com")).to_be_visible()
    look(asking.page, f"by-mail-1-{name}")
    confirm(asking)
    look(asking.page, f"by-mail-2-{name}")

    # The mail is opened in another browser, and opening it changes nothing.
    text = secret(mails(env)[0])
    person = Person(visit.page(size, tongue[0]), env, tongue[1])
    for _ in range(2):
        person.page.goto("about:blank")
        person.page.goto(f"/passwords/link/#{text}")
        expect(person.page.get_by_text(person.say("link.arrived"))).to_be_visible()
    assert text not in person.page.url
    look(person.page, f"by-mail-3-{name}")
    person.button(person.say("link.go-on")).click()
    person.button(person.say("reissue.code-get")).click()
    sent = person.say("reissue.code-sent", to="0958****74")
    expect(person.page.get_by_text(sent)).to_be_visible()
    expect(person.page.locator("[data-wait]")).to_have_text(re.compile("2:00|1:5"))
    look(person.page, f"by-mail-4-{name}")
    newest = letters(env)[0]
    assert newest.channel == "sms"
    code = re.search(rf"(?<!\d)\d{{{env.firm.pass_code.length}}}(?!\d)", newest.text).group()
    person.page.get_by_label(person.say("reissue.code-label"), exact=True).fill(code)
    person.button(person.say("reissue.code-verify")).click()
    own = own_password(env).reveal()
    person.page.locator("input[name=new]").fill(own)
    person.page.locator("input[name=new_again]").fill(own)
    person.button(person.say("reissue.submit")).click()
    expect(
        person.page.get_by_role("heading", name=person.say("reissue.done-title"))
    ).to_be_visible()
    person.sign_in("A123456789", own)
    expect(person.page.locator("#local-heading")).to_be_visible()


def test_nobody_is_shown_the_same_page_and_told_the_same(env, db, visit):
    with_accounts(env, consolidated=False)
    person = Person(visit.page(PHONE), env)
    seen = []
    for birth in (BORN, "19900202"):
        go_without(person, birth)
        main = person.page.get_by_role("main")
        page = re.sub(r"[0-9a-z]*\*{4,5}[^\s]*", "…", main.inner_text())
        confirm(person)
        seen.append((page, main.inner_text()))
    assert seen[0] == seen[1]
    assert len(mails(env)) == 1


@pytest.mark.parametrize("tongue", [("zh-TW", ZH), ("en-GB", EN)], ids=["in-chinese", "in-english"])
def test_a_mail_that_was_used_and_a_sixth_request_are_refused(env, db, visit, tongue):
    with_accounts(env, consolidated=True)
    person = Person(visit.page(PHONE, tongue[0]), env, tongue[1])
    for _ in range(env.firm.reissue.per_day):
        go_without(person)
        confirm(person)
    text = secret(mails(env)[0])
    open_link(person, text)
    expect(person.button(person.say("reissue.code-get"))).to_be_visible()
    open_link(person, text)
    person.expect_told(Refused(Refusal.LINK_DEAD))
    look(person.page, f"by-mail-dead-{person.labels.language}")
    go_without(person)
    choose(person)
    person.button(person.say("reissue.confirm")).click()
    person.expect_told(Refused(Refusal.REISSUE_LIMIT, most=env.firm.reissue.per_day))
    look(person.page, f"by-mail-limit-{person.labels.language}")


def test_where_no_links_are_mailed_the_code_is_typed(env, db, visit, change_world):
    """CONFLICT-8: any case, without the hyphen."""
    link = replace(env.firm.link, delivery="code")
    env = replace(env, firm=replace(env.firm, link=link))
    change_world(env)
    with_accounts(env, consolidated=True)
    person = Person(visit.page(PHONE), env)
    go_without(person)
    confirm(person)
    mail = mails(env)[0]
    assert "/passwords/link/" not in mail.text
    person.page.goto(PAGE)
    person.page.get_by_role("link", name=person.say("reissue-mail.type-code")).click()
    look(person.page, "by-mail-typed")
    person.page.get_by_label(person.say("link.label.code"), exact=True).fill(
        secret(mail).replace("-", "").lower()
    )
    person.button(person.say("link.go-on")).click()
    expect(person.button(person.say("reissue.code-get"))).to_be_visible()
