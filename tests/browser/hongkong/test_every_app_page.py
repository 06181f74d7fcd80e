"""Every page of the Hong Kong firm's app on the smallest screen, in both its languages."""

import pytest
from playwright.sync_api import expect

from cinnabar.login.models import Session
from tests.browser.app_pages import NARROW, check_every_page
from tests.browser.bound import keep
from tests.browser.hongkong.test_hongkong import ENGLISH, HK
from tests.browser.looking import look
from tests.browser.person import Person
from tests.support.app import enter_the_app
from tests.support.soft import App, bind

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "way", [("zh-HK", HK, {}), ("en-GB", ENGLISH, {"color_scheme": "dark"})], ids=["zh", "dark-en"]
)
def test_every_page_can_be_read(env, ming, visit, way):
    language, labels, more = way
    page = visit.page(NARROW, language, reduced_motion="reduce", **more)
    person = Person(page, env, labels)
    enter_the_app(page.context, visit.base, env, ming)
    device = Session.objects.get(customer_id=ming.id).device_id
    app = bind(env, ming, App(), device=device)
    page.goto("/app/help/")
    keep(page, app, subject=ming.subject)
    found = check_every_page(person)
    assert {"/app/token/", "/app/approvals/", "/app/code/", "/app/biometrics/"} <= found
    assert not any(path.startswith("/app/certificates/") for path in found)
    Session.objects.update(ended_at=env.clock.now())
    page.goto("/app/sign-in/")
    expect(page.get_by_role("heading", level=1)).to_have_text(person.say("app-sign-in.bound-title"))
    look(page, f"hongkong-app-bound-{labels.language}")
