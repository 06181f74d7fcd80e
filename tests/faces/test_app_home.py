"""What the app's home tells somebody: what waits, what is suspended, and no more than that."""

import re

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.tokens.models import Approval, SoftToken
from tests.support.app import DEVICE, SESSION, in_the_app
from tests.support.approvals import Page, asking_tokens
from tests.support.biometrics import with_biometrics
from tests.support.bound import bound_here
from tests.support.face import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def env(env, monkeypatch):
    made = asking_tokens(with_biometrics(env))
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


class Phone(Browser):
    """The app, signed in."""

    def cards(self):
        """Return where the cards lead, and the classes of those that warn."""
        page = self.get("/app/").text
        tiles = re.search(r'<ul class="tiles">.*?</ul>', page, re.DOTALL)
        return re.findall(r'<a href="([^"]+)"(?: class="(\w+)")?', tiles[0])


@pytest.fixture
def tokens(env, ming):
    return in_the_app(env, ming)


@pytest.fixture
def phone(env, tokens):
    browser = Phone()
    browser.client.cookies[SESSION] = tokens.session.reveal()
    browser.client.cookies[DEVICE] = tokens.device.reveal()
    page = browser.get("/app/welcome/disclaimer/").text
    read = re.search(r'name="read" value="(\w+)"', page)[1]
    browser.form("/app/welcome/disclaimer/", {"read": read})
    return browser


def test_what_waits_for_an_answer_stands_first(env, ming, phone, tokens):
    bound_here(env, ming.id, tokens)
    assert phone.cards()[0] == ("/app/account/token/", "")
    Page(env, ming.identifier).type().ask_app()
    assert phone.cards()[0] == ("/app/approvals/", "warn")
    Approval.objects.update(state=Approval.CANCELLED)
    assert phone.cards()[0] == ("/app/account/token/", "")


def test_a_device_without_the_token_is_not_told_what_waits(env, ming, phone, tokens):
    """What waits is answered where the token is."""
    elsewhere = in_the_app(env, ming)
    bound_here(env, ming.id, elsewhere)
    Page(env, ming.identifier).type().ask_app()
    assert ("/app/approvals/", "warn") not in phone.cards()


def test_suspended_biometrics_are_told_where_they_were_on(env, ming, phone, tokens):
    bound_here(env, ming.id, tokens)
    assert "/app/biometrics/" not in dict(phone.cards())
    SoftToken.objects.update(biometrics="suspended", biometrics_why="new-device")
    assert dict(phone.cards())["/app/biometrics/"] == "warn"


def test_a_suspended_token_leads_to_where_it_is_said_why(env, ming, phone, tokens):
    bound_here(env, ming.id, tokens)
    SoftToken.objects.update(state="suspended", why="copied")
    assert phone.cards()[0] == ("/app/account/token/", "warn")
