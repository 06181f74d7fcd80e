"""The page of announcements, as anybody may open it."""

import pytest

from cinnabar.announcements.actions import publish
from cinnabar.announcements.rules import Notice, Wording
from cinnabar.announcements.vocabulary import Audience
from tests.support.face import Browser
from tests.support.life import Life


@pytest.fixture
def announce(env, db):
    """Publish something in both languages."""

    def announcing(title, text="Read this.", audience=Audience.EVERYBODY, *, important=False):
        wordings = {lang: Wording(title=title, text=text) for lang in env.firm.identity.languages}
        notice = Notice(
            audience=audience,
            important=important,
            shown_from=env.clock.now(),
            shown_until=None,
            wordings=wordings,
        )
        return publish(env, notice, by="operator")

    return announcing


def page(browser, path="/announcements/"):
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_strangers_persons_companies_and_holders_each_see_their_own(
    env, browser, mings, company, announce
):
    for audience in Audience:
        announce(f"For {audience}", audience=audience)
    office = Browser()
    office.sign_in("22099131")

    def told(who):
        return [audience for audience in Audience if f">For {audience}<" in page(who)]

    assert told(browser) == ["everybody"]
    assert told(mings) == ["everybody", "signed-in", "persons"]
    assert told(office) == ["everybody", "signed-in", "companies"]
    Life(env, mings).apply()
    assert told(mings) == ["everybody", "signed-in", "persons", "holders"]


def test_nothing_in_a_text_becomes_markup(browser, announce):
    announce("<img src=x onerror=alert(1)>", '<script>alert(1)</script> https://a.example.com/"x')
    said = page(browser)
    assert "<script>alert" not in said
    assert "<img src=x" not in said
    assert '<a href="https://a.example.com/" rel="noreferrer">' in said


def test_the_day_is_written_as_the_firm_writes_days(env, browser, announce):
    announce("Today")
    day = env.firm.local(env.clock.now()).strftime(env.firm.formats.mail_date)
    assert f">{day}</time>" in page(browser)


def test_where_there_is_nothing_the_page_says_so_kindly(browser):
    assert "目前沒有公告" in page(browser)
    assert (
        "no announcements at present"
        in browser.get("/announcements/", **{"Accept-Language": "en"}).content.decode()
    )


def test_the_newest_important_one_stands_where_people_go(browser, mings, announce):
    number = announce("Beware", important=True)
    for said in (page(browser, "/sign-in/"), page(mings, "/certificates/")):
        assert "Beware" in said
        assert f'href="/announcements/#a{number}"' in said
    announce("For companies", audience=Audience.COMPANIES, important=True)
    assert "For companies" not in page(mings, "/certificates/")


def test_pages_lead_to_each_other(browser, announce):
    for n in range(11):
        announce(f"Number {n}")
    assert "?page=2" in page(browser)
    second = page(browser, "/announcements/?page=2")
    assert "Number 0" in second
    assert "?page=3" not in second


@pytest.mark.parametrize(
    ("wanted", "status"),
    [("0", 404), ("2", 404), ("9" * 400, 404), ("", 400), ("-1", 400), ("1;", 400), ("²", 400)],
)
def test_a_page_that_is_not_there_is_refused(browser, wanted, status):
    assert browser.get(f"/announcements/?page={wanted}").status_code == status
