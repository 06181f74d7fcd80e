"""我不是機器人: a tick, a short wait, and on; and a code that is asked for by a risk."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from tests.browser.hands import Hands
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Labels, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser


def asking(env, steps, *pages):
    login = replace(env.firm.login, password_centre=steps, captcha_pages=pages)
    return replace(env, firm=replace(env.firm, login=login))


def reckoning(env, most):
    robot = replace(env.firm.robot, work=most, work_at_risk=most)
    return replace(env, firm=replace(env.firm, robot=robot))


@pytest.fixture
def always(env, ming, change_world):
    """A firm that asks everybody who signs in."""
    made = asking(env, ("id", "password", "captcha"), "password-centre", "sign-in")
    change_world(made)
    return made


def fill(page: Page, labels: Labels) -> None:
    page.goto("/sign-in/")
    page.get_by_label(labels.identifier).fill("A123456789")
    page.get_by_label(labels.password, exact=True).fill("demo1234")


@pytest.mark.parametrize(
    ("tongue", "labels", "size"),
    [("zh-TW", ZH, PHONE), ("en-GB", EN, DESKTOP)],
    ids=["in-chinese-on-a-phone", "in-english-at-a-desk"],
)
def test_a_tick_is_all_it_takes(always, visit, tongue, labels, size):
    person = Person(visit.page(size, tongue), always, labels)
    fill(person.page, labels)
    tick = person.page.get_by_role("checkbox", name=person.say("robot.label"))
    status = person.page.locator("[data-robot] [role=status]")
    look(person.page, f"robot-asked-{labels.language}")

    person.button(labels.sign_in).click()  # forgotten: the browser says so, nothing is sent
    expect(tick).to_be_focused()
    assert tick.evaluate("e => e.validationMessage") == person.say("js.robot.please")
    expect(person.page).to_have_url(f"{visit.base}/sign-in/")

    Hands(person.page).press("Space")
    expect(status).to_have_text(person.say("js.robot.done"))
    expect(tick).to_be_checked()
    look(person.page, f"robot-done-{labels.language}")
    tick.click()  # done stays done
    expect(tick).to_be_checked()
    person.button(labels.sign_in).click()
    expect(person.page).to_have_url(f"{visit.base}/certificates/")


def test_who_sends_before_the_sum_is_done_need_not_send_again(always, change_world, visit):
    change_world(reckoning(always, 600_000))
    person = Person(visit.page(PHONE), always)
    fill(person.page, ZH)
    person.page.get_by_role("checkbox").check()
    expect(person.page.get_by_role("progressbar")).to_be_visible()
    person.button(ZH.sign_in).click()
    expect(person.page).to_have_url(f"{visit.base}/certificates/")


def test_a_check_that_does_not_come_through_is_told_and_can_be_tried_again(always, visit):
    person = Person(visit.page(), always)
    fill(person.page, ZH)
    person.page.route("**/robot-check/*", lambda route: route.abort())
    tick = person.page.get_by_role("checkbox")
    tick.click()
    status = person.page.locator("[data-robot] [role=status]")
    expect(status).to_have_text(person.say("js.robot.failed"))
    expect(tick).not_to_be_checked()
    person.page.unroute("**/robot-check/*")
    tick.check()
    expect(status).to_have_text(person.say("js.robot.done"))
    visit.forgive("ERR_FAILED")

    person.page.get_by_label(ZH.password, exact=True).fill("not the one")
    person.button(ZH.sign_in).click()  # which uses the check up
    expect(person.page.get_by_role("alert")).to_be_visible()
    expect(tick).to_be_enabled()
    expect(tick).not_to_be_checked()


def test_a_risk_gets_his_code_after_a_sum_that_nobody_sees(env, ming, change_world, visit):
    made = asking(env, ("id", "password", "captcha-on-risk"), "sign-in", "code")
    change_world(made)
    person = Person(visit.page(), made)
    person.go_to_the_code()
    for _ in range(made.firm.guard.risk_after):
        guard.enter(made, Door.CLAIM, "127.0.0.1")
    with person.page.expect_response(lambda answer: answer.url.endswith("/code") and answer.ok):
        person.ask.click()
    expect(person.field).to_be_focused()
    assert len(person.codes()) == 1
