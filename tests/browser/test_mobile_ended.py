"""What lies in the phone's browser and is a certificate no more (G10)."""

import pytest
from playwright.sync_api import expect

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from tests.browser.looking import look
from tests.browser.mobile import AtThePhone
from tests.browser.person import EN, ZH
from tests.browser.store import held
from tests.support.chromium import PHONE

pytestmark = pytest.mark.browser

SMALL = {"width": 320, "height": 640}


@pytest.mark.parametrize(
    "way", [(SMALL, "zh-TW", ZH), (PHONE, "en-GB", EN)], ids=["small-zh", "phone-en"]
)
def test_what_the_host_no_longer_has_is_listed_as_invalid_and_goes_at_a_press(
    env, ming, visit, way
):
    """Deleted from another phone: none on the host, 無效 in this browser, 移除."""
    size, language, labels = way
    phone = AtThePhone(visit.page(size, language, reduced_motion="reduce"), env, labels)
    phone.open_the_app(visit.base, ming)
    phone.apply_here()
    serial = Certificate.objects.get(state=State.LIVE).serial[-8:].upper()
    other = AtThePhone(visit.page(PHONE, language), env, labels)
    other.open_the_app(visit.base, ming)
    other.delete_here()
    expect(other.page.locator("[data-deleted]")).to_be_visible()

    phone.page.goto("/app/certificates/")
    expect(phone.page.get_by_text(phone.say("mobile.none"))).to_be_visible()
    ended = phone.page.locator("[data-ended]")
    expect(ended).to_contain_text(serial)
    expect(ended).to_contain_text(phone.say("js.certificates.invalid"))
    look(phone.page, f"mobile-ended-{labels.language}")
    ended.get_by_role("button", name=labels.remove).click()
    look(phone.page, f"mobile-ended-sure-{labels.language}")
    phone.dialog.get_by_role("button", name=labels.ok, exact=True).click()
    removed = phone.say("js.certificates.removed", serial=serial)
    expect(phone.page.locator("p.good[data-status]")).to_have_text(removed)
    expect(ended).to_be_hidden()
    assert held(phone.page) == []
