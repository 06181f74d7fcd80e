"""Where biometrics are on, finger or face open the app; suspended, the PIN still does."""

import pytest
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Session
from cinnabar.tokens.models import SoftToken
from tests.browser.authenticator import Authenticator
from tests.browser.looking import look
from tests.browser.test_app_biometrics import HOME, agree, enter, person, start, succeeded, way
from tests.browser.test_app_sign_in import enter_pin
from tests.support.bound import with_token
from tests.support.soft import PIN

pytestmark = pytest.mark.browser

__all__ = ["person", "way"]


@pytest.fixture
def env(env):
    return with_token(env)


def leave(person):
    Session.objects.update(ended_at=person.env.clock.now())
    person.page.goto("/app/sign-in/")


def test_finger_or_face_open_the_app_and_where_they_are_suspended_the_pin_does(person):
    Authenticator(person.page)
    person.page.goto(HOME)
    start(person)
    agree(person)
    enter(person, PIN)
    succeeded(person)
    leave(person)
    owner = person.button(person.say("app-sign-in.biometrics"))
    expect(owner).to_be_enabled()
    look(person.page, "app-sign-in-biometrics")
    owner.click()
    expect(person.page).to_have_url("/app/")
    assert Session.objects.get(ended_at=None).amr == "mfa pop token user"
    SoftToken.objects.update(biometrics="suspended", biometrics_why="staff")
    leave(person)
    owner.click()
    person.expect_told(Refused(Refusal.BIOMETRICS_SUSPENDED, why=("biometrics.why-staff",)))
    enter_pin(person, PIN)
    expect(person.page).to_have_url("/app/")
