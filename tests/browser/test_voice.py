"""語音密碼: somebody signed in sets the password of the order line."""

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.passwords.kinds import PasswordKind
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE
from tests.support.passwords import WRONG, kept
from tests.support.people import PASSWORD
from tests.support.voice import DIGITS

pytestmark = pytest.mark.browser


@pytest.fixture
def person(env, visit, request):
    """Somebody on a phone or at a desk."""
    size, language, labels = request.param
    return Person(visit.page(size, language, reduced_motion="reduce"), env, labels)


@pytest.mark.parametrize(
    "person",
    [(PHONE, "zh-TW", ZH), (DESKTOP, "en-GB", EN)],
    ids=["phone-zh", "desktop-en"],
    indirect=True,
)
def test_ming_sets_a_voice_password_after_a_slip(ming, person):
    page, labels = person.page, person.labels
    person.enter_the_centre()
    page.goto("/passwords/change/")
    page.get_by_role("link", name=person.say("voice.link")).click()
    look(page, f"voice-1-{labels.language}")
    for old in (WRONG, PASSWORD):
        page.locator("[name=old]").fill(old.reveal())
        page.locator("[name=new]").fill(DIGITS)
        page.locator("[name=new_again]").fill(DIGITS)
        person.button(person.say("passwords.ok")).click()
        if old is WRONG:
            person.expect_told(Refused(Refusal.OLD_PASSWORD_WRONG))
            look(page, f"voice-2-{labels.language}")
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("voice.done"))
    look(page, f"voice-3-{labels.language}")
    assert kept(ming, PasswordKind.VOICE)
