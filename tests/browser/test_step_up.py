"""An act that needs a fresh proof: refused, proved, and gone on with where one was."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from tests.browser.carrying import PASSPHRASE, fill_in
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.second import METHODS, asking, code, other

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "tongue",
    [(DESKTOP, "zh-TW", ZH), (PHONE, "en-GB", EN)],
    ids=["desk-zh", "phone-en"],
)
def test_a_backup_is_refused_proved_and_made(env, ming, visit, change_world, tongue):
    """SES-06: back where one was, with what was typed where it is no secret."""
    size, language, labels = tongue
    person = Person(visit.page(size, language), env, labels)
    page = person.page
    person.enter_the_centre()
    person.apply()
    strict = asking(env, methods=METHODS)
    certificate = replace(strict.firm.certificate, export="offered", export_code=False)
    strict = replace(strict, firm=replace(strict.firm, certificate=certificate))
    change_world(strict)
    page.goto("/certificates/export/")
    expect(person.step("choose")).to_be_visible()
    fill_in(person, form="compatible")
    person.button(person.say("export.make")).click()
    person.expect_told(Refused(Refusal.STEP_UP_NEEDED))
    look(page, f"step-up-needed-{labels.language}")

    person.button(person.say("js.common.step_up")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("step-up.title"))
    kept = page.evaluate("() => JSON.stringify({ ...sessionStorage })")
    assert "compatible" in kept
    assert PASSPHRASE not in kept
    look(page, f"step-up-{labels.language}")
    person.button(person.say("second.use.sms")).click()
    field = page.get_by_label(person.say("second.code-label"), exact=True)
    expect(field).to_be_focused()
    look(page, f"step-up-code-{labels.language}")
    right = code(strict)
    field.fill(other(right))
    person.button(person.say("step-up.code-submit")).click()
    expect(page.get_by_role("alert")).to_contain_text(
        person.say("refusals.sign-in-code-wrong.title")
    )
    field.fill(right)
    person.button(person.say("step-up.code-submit")).click()

    expect(page).to_have_url(f"{visit.base}/certificates/export/")
    expect(page.locator("input[name=form][value=compatible]")).to_be_checked()
    expect(page.get_by_label(person.say("export.passphrase"), exact=True)).to_have_value("")
    assert page.evaluate("() => sessionStorage.length") == 0
    fill_in(person, form="compatible")
    person.button(person.say("export.make")).click()
    expect(person.step("done")).to_be_visible()


def test_the_trading_certificate_in_this_browser_will_do(env, ming, visit, change_world):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    person.apply()
    strict = asking(env, methods=METHODS)
    certificate = replace(strict.firm.certificate, export="offered", export_code=False)
    change_world(replace(strict, firm=replace(strict.firm, certificate=certificate)))
    person.page.goto("/certificates/export/")
    expect(person.step("choose")).to_be_visible()
    fill_in(person)
    person.button(person.say("export.make")).click()
    person.button(person.say("js.common.step_up")).click()
    person.button(person.say("second.use.trading-certificate")).click()
    expect(person.page).to_have_url(f"{visit.base}/certificates/export/")
    fill_in(person)
    person.button(person.say("export.make")).click()
    expect(person.step("done")).to_be_visible()


def test_who_changes_his_mind_is_back_where_he_was(env, ming, visit, change_world):
    person = Person(visit.page(), env)
    person.enter_the_centre()
    change_world(asking(env, methods=METHODS))
    person.page.evaluate(
        """() => {
          const form = document.querySelector('form[action="/sign-out/"]').cloneNode(true);
          const back = document.createElement("input");
          back.name = "back"; back.value = "/account/sessions/";
          form.action = "/step-up/"; form.append(back); document.body.append(form); form.submit();
        }"""
    )
    expect(person.button(person.say("step-up.leave"))).to_be_visible()
    person.button(person.say("step-up.leave")).click()
    expect(person.page).to_have_url(f"{visit.base}/account/sessions/")
