"""A certificate comes to another browser, signs there, and goes again."""

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.states import State
from tests.browser.carrying import choose, export
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize(
    "way", [(DESKTOP, "zh-TW", ZH), (PHONE, "en-GB", EN)], ids=["in-chinese", "in-english"]
)


@BOTH
def test_exported_here_imported_there_it_signs(env, ming, visit, tmp_path, way):
    size, language, labels = way
    owner = Person(visit.page(), env)
    owner.enter_the_centre()
    owner.apply()
    file = export(owner, tmp_path)
    owner.page.context.close()
    other = Person(visit.page(size, language), env, labels)
    other.enter_the_centre()
    other.page.goto("/certificates/import/")
    look(other.page, f"import-{labels.language}")
    choose(other, file)
    expect(other.step("done")).to_be_visible()
    look(other.page, f"imported-{labels.language}")
    other.page.get_by_role("link", name=other.say("applied.try")).click()
    other.button(labels.sign).click()
    expect(other.page.locator("[data-outcome]")).to_have_text(other.say("js.try_sign.good"))
    other.page.goto("/certificates/")
    expect(other.page.locator("[data-local]")).to_contain_text(other.say("js.certificates.valid"))
    look(other.page, f"copy-here-{labels.language}")
    other.button(labels.remove).click()
    look(other.page, f"remove-copy-{labels.language}")
    other.dialog.get_by_role("button", name=labels.ok, exact=True).click()
    expect(other.page.get_by_text(other.say("certificates.local-none"))).to_be_visible()
    assert Certificate.objects.get().state == State.LIVE
    assert KeyShare.objects.exclude(certificate=None).get().sealed is None
