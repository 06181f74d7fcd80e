"""What there is to read – announcements, manual, questions – on phone and desktop."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cinnabar.announcements.actions import publish
from cinnabar.announcements.rules import Notice, Wording
from cinnabar.announcements.vocabulary import Audience
from cinnabar.faces.web.manual import PAGES
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.binding import with_token
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

WAYS = [
    pytest.param((DESKTOP, "zh-TW", ZH, "desktop"), id="desktop-zh"),
    pytest.param((PHONE, "zh-TW", ZH, "phone"), id="phone-zh"),
    pytest.param((DESKTOP, "en-GB", EN, "desktop-en"), id="desktop-en"),
    pytest.param((PHONE, "en-GB", EN, "phone-en"), id="phone-en"),
]

WARNING = "See https://www.example.com/a?b=c.\n\nCall us."


def announce(env, title, text, *, important=False, audience=Audience.EVERYBODY, days=0):
    wordings = {lang: Wording(title=title, text=text) for lang in env.firm.identity.languages}
    notice = Notice(
        audience=audience,
        important=important,
        shown_from=env.clock.now() - timedelta(days=days),
        shown_until=None,
        wordings=wordings,
    )
    publish(env, notice, by="operator")


@pytest.mark.parametrize("way", WAYS)
def test_announcements_are_read_signed_out_and_signed_in(env, ming, visit, way):
    size, language, labels, name = way
    announce(env, "For persons", "Yours.", audience=Audience.PERSONS)
    announce(env, "Beware", WARNING, important=True, days=1)
    announce(env, "<b>Old</b>", "Line one\nline two", days=30)
    person = Person(visit.page(size, language), env, labels)
    page = person.page
    page.goto("/sign-in/")
    page.get_by_role("link", name=person.say("announcements.read")).click()
    titles = page.get_by_role("heading", level=2)
    expect(titles).to_have_text(["Beware", "<b>Old</b>"])
    expect(titles.first).to_be_in_viewport()
    link = page.get_by_role("link", name="https://www.example.com/a?b=c", exact=True)
    expect(link).to_have_attribute("href", "https://www.example.com/a?b=c")
    look(page, f"{name}-announcements-signed-out")
    person.enter_the_centre()
    look(page, f"{name}-announcement-important")
    person.choose(person.say("menu.notices"))
    expect(titles).to_have_text(["For persons", "Beware", "<b>Old</b>"])
    look(page, f"{name}-announcements")


def test_many_announcements_are_turned_like_pages(env, visit):
    for n in range(12):
        announce(env, f"Number {n}", "Text.", days=n)
    person = Person(visit.page(PHONE, "en-GB"), env, EN)
    person.page.goto("/announcements/")
    expect(person.page.get_by_role("heading", level=2)).to_have_count(10)
    person.page.get_by_role("link", name=person.say("announcements.older")).click()
    expect(person.page.get_by_role("heading", level=2)).to_have_text(["Number 10", "Number 11"])
    look(person.page, "phone-en-announcements-2")
    person.page.get_by_role("link", name=person.say("announcements.newer")).click()
    expect(person.page.get_by_role("heading", level=2).first).to_have_text("Number 0")


def test_where_there_is_nothing_the_page_says_so(env, visit):
    person = Person(visit.page(PHONE), env)
    person.page.goto("/announcements/")
    expect(person.page.get_by_text(person.say("announcements.empty"))).to_be_visible()
    look(person.page, "phone-announcements-none")


@pytest.mark.parametrize("way", WAYS)
def test_questions_are_found_by_subject_and_by_what_one_types(env, ming, visit, way):
    size, language, labels, name = way
    person = Person(visit.page(size, language), env, labels)
    page = person.page
    page.goto("/questions/")
    look(page, f"{name}-questions")
    search = page.get_by_label(person.say("questions.search"))
    search.fill(labels.get_code.upper())
    search.press("Enter")
    answers = page.get_by_role("article")
    expect(page.get_by_role("status")).not_to_be_empty()
    for text in answers.all_text_contents():
        assert labels.get_code.lower() in text.lower()
    expect(answers.first.get_by_role("paragraph").first).to_be_visible()
    look(page, f"{name}-questions-found")
    search.fill("xyzzy")
    search.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(env.firm.identity.hotline)
    expect(answers).to_have_count(0)
    page.get_by_role("link", name=person.say("questions.all")).click()
    page.get_by_role("link", name=person.say("questions.subject.codes"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("questions.subject.codes"))
    look(page, f"{name}-questions-codes")


def test_an_address_leads_to_its_answer(env, visit):
    page = visit.page(PHONE).goto("/questions/codes/#code-closed").frame.page
    expect(page.locator("#code-closed")).to_be_in_viewport()
    page.goto("/questions/revoke/#computer-lost")
    expect(page.locator("#computer-lost")).to_be_in_viewport()


def test_without_scripts_questions_are_found_and_read_as_with_them(env, visit):
    person = Person(visit.page(DESKTOP, java_script_enabled=False), env)
    page = person.page
    page.goto("/questions/")
    page.get_by_label(person.say("questions.search")).fill(person.labels.get_code)
    page.get_by_role("button", name=person.say("questions.go"), exact=True).click()
    expect(page.get_by_role("article").first.get_by_role("paragraph").first).to_be_visible()


def test_a_refusal_leads_to_its_question(env, lin, visit):
    person = Person(visit.page(), env)
    page = person.page
    person.enter_the_centre("C123456781")
    page.goto("/certificates/apply/")
    person.ask.click()
    link = page.get_by_role("alert").get_by_role("link", name=person.say("questions.more"))
    with page.expect_popup() as opened:
        link.click()
    expect(opened.value.locator("#no-contact")).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_the_manual_is_read_with_its_pictures(env, ming, visit, change_world, way):
    """Under a firm that has a soft token as well, so that every page is there."""
    size, language, labels, name = way
    change_world(with_token(env))
    person = Person(visit.page(size, language), env, labels)
    page = person.page
    page.goto("/manual/")
    look(page, f"{name}-manual")
    for topic in PAGES:
        page.goto(f"/manual/{topic}/")
        pictures = page.get_by_role("img")
        expect(pictures.first).to_be_attached()
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_js_property("complete", value=True)
            width, shown = picture.evaluate("e => [e.naturalWidth, e.clientWidth]")
            assert width >= shown > 200, "it loads, and is shown no larger than it is"
        look(page, f"{name}-manual-{topic}")
