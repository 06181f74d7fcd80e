"""What a firm does not offer: its pages are not there, nothing leads to them or speaks of them."""

import re

import pytest

from cinnabar.config import compose
from cinnabar.config.demo_people import demo_customers
from cinnabar.faces.web.offered import home, is_offered
from cinnabar.faces.web.request import WebOptions
from cinnabar.firm import load_firm
from cinnabar.login.opening import Entrant, open_session
from cinnabar.passwords import lock
from cinnabar.passwords.models import Lock, StoredPassword
from tests.support.face import ADDRESSES, Browser, filled, pages
from tests.support.world import make_env

UNSPOKEN = {
    "zh-Hant-HK": "證書|憑證|補發|解鎖|電話密碼|電話落盤|統一密碼|提款|印鑑|商業登記",
    "en": "[Cc]ertificate|[Rr]eissue|[Uu]nlock|order line|[Vv]oice|for all your|[Ww]ithdraw|seal",
}
"""Words of what the Hong Kong firm does not offer."""

HONG_KONG = load_firm("hongkong")


@pytest.fixture
def env(clock, monkeypatch):
    """The world of the Hong Kong firm, whichever the cell is."""
    made = make_env(clock=clock, firm=HONG_KONG)
    web = WebOptions(is_demo=True, demo=demo_customers(made.firm))
    here = compose.World(env=made, web=web)
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


@pytest.fixture
def inside(env, ming):
    """A browser at which a customer has signed in."""
    browser = Browser()
    index = lock.name(env, env.firm.login.identifier(ming.identifier))
    Lock.objects.create(id=index, reserved_at=env.clock.now())
    entrant = Entrant(
        customer=ming,
        index=index,
        password=StoredPassword.objects.get(customer_id=ming.id).id,
        address="127.0.0.1",
        amr=frozenset({"pwd", "sms"}),
    )
    tokens = open_session(env, entrant, None)
    browser.client.cookies["__Host-session"] = tokens.session.reveal()
    browser.client.cookies["__Host-device"] = tokens.device.reveal()
    return browser


def there():
    return [path for path in pages() if is_offered(HONG_KONG, path)]


def led_to(answer):
    """Return the paths of our own that a page links to or sends forms to."""
    found = re.findall(r'(?:href|action)="(/[^"?#]*)', answer.content.decode())
    return [path for path in found if not path.startswith("/static/")]


def read(answer):
    """Return what a page says, without its markup and its scripts' own data."""
    text = answer.content.decode()
    text = re.sub(r"<(script|style)\b.*?</\1>|<head>.*?</head>", " ", text, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", text)


@pytest.mark.parametrize("language", ["zh-Hant-HK", "en"])
@pytest.mark.parametrize("path", there())
def test_no_page_speaks_of_what_is_not_offered(browser, path, language):
    answer = browser.get(path, **{"Accept-Language": language})
    said = re.findall(rf".{{0,30}}(?:{UNSPOKEN[language]}).{{0,30}}", read(answer))
    assert said == []


@pytest.mark.parametrize("language", ["zh-Hant-HK", "en"])
@pytest.mark.parametrize("path", there())
def test_nor_does_it_to_somebody_who_is_signed_in(inside, path, language):
    answer = inside.get(path, **{"Accept-Language": language})
    assert answer.status_code in {200, 302, 401, 409}, path
    assert re.findall(rf".{{0,30}}(?:{UNSPOKEN[language]}).{{0,30}}", read(answer)) == []
    assert [at for at in led_to(answer) if not is_offered(HONG_KONG, at)] == []


def test_whoever_signs_in_begins_where_the_firm_has_something(inside):
    assert home(HONG_KONG) == inside.get("/")["Location"] == "/account/"
    assert inside.get("/account/").status_code == 200
    assert home(load_firm("taiwan")) == "/certificates/"


@pytest.mark.parametrize(
    "route", sorted(r for r in ADDRESSES if not is_offered(HONG_KONG, filled(r)))
)
def test_a_page_that_is_not_offered_is_not_there(browser, route):
    for answer in (browser.get(filled(route)), browser.form(filled(route), {})):
        assert answer.status_code == 404, route


@pytest.mark.parametrize(
    ("language", "rules"),
    [
        (
            "zh-Hant-HK",
            (
                "8 至 64 個字元",
                "最少 1 個英文字母",
                "最少 1 個數字",
                "前 1 次密碼",
                "有效期為 90 日",
            ),
        ),
        ("en", ("8 to 64", "1 of the letters", "1 of the digits", "good for 90 days")),
    ],
)
def test_the_rules_of_a_new_password_are_said_and_ticked_as_they_are_met(inside, language, rules):
    """M-HK-RULE-1 to 6."""
    answer = inside.get("/passwords/change/", **{"Accept-Language": language})
    said = read(answer)
    assert [rule for rule in rules if rule not in said] == []
    assert 'data-rule="needs-letter"' in answer.content.decode()
