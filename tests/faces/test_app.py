"""The app's frame: what a browser installs it by, the first run, and what it never says."""

import base64
import json
import re
import struct
from dataclasses import replace

import pytest

from cinnabar.config import compose
from cinnabar.customers import queries as customers
from cinnabar.customers.models import PrimaryAccount, TradingAccount
from cinnabar.faces.web.app import icons
from cinnabar.faces.web.request import WebOptions
from cinnabar.firm import load_firm, shipped
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel import qr
from cinnabar.tokens.models import SoftToken
from cinnabar.words import Words
from tests.support.app import DEVICE, SESSION, in_the_app
from tests.support.face import Browser
from tests.support.place import FIRM
from tests.support.soft import bind
from tests.support.world import make_env, unhurried

PARTS = {
    "taiwan": ["/app/", "/app/certificates/", "/app/settings/"],
    "hongkong": ["/app/", "/app/approvals/", "/app/code/", "/app/settings/"],
    "strong": ["/app/", "/app/approvals/", "/app/code/", "/app/certificates/", "/app/settings/"],
}
"""What each firm's bar leads to."""


def shown(env, monkeypatch):
    here = compose.World(env=env, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return env


@pytest.fixture
def env(clock, monkeypatch, request):
    """The world of the firm that the test names, or of this cell's."""
    name = getattr(request, "param", FIRM)
    return shown(make_env(clock=clock, firm=unhurried(load_firm(name))), monkeypatch)


@pytest.fixture
def ming_in_the_app(env, ming):
    browser = Browser()
    tokens = in_the_app(env, ming)
    browser.client.cookies[SESSION] = tokens.session.reveal()
    browser.client.cookies[DEVICE] = tokens.device.reveal()
    read = re.search(r'name="read" value="(\w+)"', browser.get("/app/welcome/disclaimer/").text)
    browser.form("/app/welcome/disclaimer/", {"read": read[1]})
    return browser


def test_a_new_browser_is_led_through_the_first_run(browser):
    """P229: notifications, the disclaimer to its end, the tutorial."""
    assert browser.get("/app/")["Location"] == "/app/welcome/"
    page = browser.get("/app/welcome/disclaimer/").text
    read = re.search(r'name="read" value="(\w+)"', page)[1]
    answer = browser.form("/app/welcome/disclaimer/", {"read": read})
    assert answer["Location"] == "/app/welcome/tour/"
    assert browser.get("/app/welcome/tour/").status_code == 200
    assert browser.get("/app/")["Location"] == "/app/sign-in/"


@pytest.mark.parametrize("read", ["", "0000000000000000", "x" * 64])
def test_a_disclaimer_that_was_not_read_is_not_agreed_to(browser, read):
    browser.get("/app/welcome/disclaimer/")
    browser.form("/app/welcome/disclaimer/", {"read": read})
    assert browser.get("/app/")["Location"] == "/app/welcome/"


def test_a_changed_disclaimer_is_shown_again(browser):
    browser.client.cookies["__Host-app-begun"] = "0" * 16
    assert browser.get("/app/")["Location"] == "/app/welcome/"


@pytest.mark.parametrize("env", PARTS, indirect=True)
def test_the_bar_leads_to_what_the_firm_has(env, ming_in_the_app):
    bar = re.search(r'<nav class="bar".*?</nav>', ming_in_the_app.get("/app/").text, re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', bar) == PARTS[env.firm.identity.code]


@pytest.mark.parametrize("env", shipped(), indirect=True)
@pytest.mark.parametrize("language", ["zh-Hant-TW", "zh-Hant-HK", "en"])
def test_the_manifest_names_the_app_as_the_firm_does(browser, env, language):
    """P249, P14: in the language that is read, in the firm's colour."""
    firm = env.firm
    answer = browser.get(f"/app/manifest.webmanifest?language={language}")
    assert answer["Content-Type"].startswith("application/manifest+json")
    said = json.loads(answer.content)
    spoken = language if language in firm.identity.languages else said["lang"]
    assert said["lang"] == spoken
    assert said["name"] == (firm.app.name[spoken] or firm.identity.entries.mobile[spoken])
    assert said["theme_color"] == env.firm.identity.accent
    assert said["id"] == said["start_url"] == said["scope"] == "/app/"
    for icon in said["icons"]:
        picture = browser.get(icon["src"])
        assert "immutable" in picture["Cache-Control"]
        width, height = struct.unpack(">II", picture.content[16:24])
        assert icon["sizes"] == f"{width}x{height}"


def test_icons_are_drawn_in_the_colour_of_the_firm():
    pictures = {icons.icon(load_firm(name), "192") for name in shipped()}
    seals = {(load_firm(n).identity.seal, load_firm(n).identity.accent) for n in shipped()}
    assert len(pictures) == len(seals)
    firm = load_firm("hongkong")
    assert bytes.fromhex(firm.identity.accent[1:]) in icons.icon(firm, "192")


def test_there_are_no_other_icons(browser):
    assert browser.get("/app/icons/1024.png").status_code == 404


def test_the_worker_changes_with_what_it_keeps_and_with_the_language(browser, env):
    answer = browser.get("/app/worker.js?language=en")
    assert answer["Content-Type"].startswith("text/javascript")
    shell = json.loads(re.match(r"self\.SHELL=({.*?});\n", answer.text)[1])
    for address in shell["files"]:
        if not address.startswith("/static/"):
            assert "immutable" in browser.get(address)["Cache-Control"]
    other = browser.get(f"/app/worker.js?language={env.firm.identity.locale}").text
    assert other != answer.text
    assert browser.get("/app/worker.js?language=en").text == answer.text


def test_what_is_kept_for_want_of_a_network_is_nobodys(ming_in_the_app, ming):
    """WEB-04: asked by whoever is signed in it is the page of a stranger, without a token."""
    page = ming_in_the_app.get("/app/offline/?language=en")
    assert page.text == Browser().get("/app/offline/?language=en").text
    assert 'name="csrf"' not in page.text
    assert "<form" not in page.text
    assert not page.cookies
    assert ming.masked_identifier not in page.text


def test_every_page_of_the_app_names_worker_and_manifest(ming_in_the_app):
    for path in ("/app/", "/app/help/", "/app/welcome/tour/", "/app/account/stay/"):
        text = ming_in_the_app.get(path).text
        for part in ('name="worker" content="/app/worker.js?', 'rel="manifest"', 'class="bar"'):
            assert part in text, path


def test_the_customer_service_block_is_on_every_page(browser, env):
    """P241, P7: telephone, mail, and the hours as the mobile pages say them."""
    text = browser.get("/app/help/", **{"Accept-Language": "en"}).text
    assert env.firm.identity.service_mail in text
    assert all(number in text for number in env.firm.identity.hotlines)
    assert env.firm.identity.hotline_hours_mobile["en"].split(",")[0].split(" ")[0] in text


def test_a_session_of_the_web_opens_nothing_in_the_app(mings):
    assert mings.get("/app/account/stay/").status_code == 401
    mings.client.cookies[SESSION] = mings.client.cookies["__Host-session"].value
    assert mings.get("/app/account/stay/").status_code == 401


@pytest.mark.parametrize("env", ["taiwan"], indirect=True)
def test_where_the_firm_has_no_app_there_is_none(browser, env, monkeypatch):
    firm = env.firm
    without = replace(
        firm,
        app=replace(firm.app, offered=False),
        certificate=replace(firm.certificate, channels=("web",)),
    )
    shown(replace(env, firm=without), monkeypatch)
    assert browser.get("/app/").status_code == 404
    assert browser.get("/app/worker.js").status_code == 404


@pytest.mark.parametrize("env", ["hongkong", "strong"], indirect=True)
def test_settings_are_those_of_the_documents_in_their_order(env, ming_in_the_app):
    """P181: investment account, account security, clearing; last, to sign out."""
    text = ming_in_the_app.get("/app/settings/").text
    found = re.findall(r'id="(group-\w+|go-\w+)"|action="(/app/sign-out/)"><', text)
    names = [one or other for one, other in found]
    rows = ["go-password", "go-token", "go-pin", "go-biometrics", "go-sessions"]
    assert names[:2] == ["group-accounts", "go-primary"]
    assert [name for name in names if name in rows] == rows
    assert names[names.index("group-clear") :][:2] == ["group-clear", "go-clear"]
    assert text.index("/app/sign-out/") > text.index("group-clear")


@pytest.mark.parametrize("env", ["taiwan"], indirect=True)
def test_an_app_for_certificates_alone_has_no_token_and_no_primary_account(env, ming_in_the_app):
    text = ming_in_the_app.get("/app/settings/").text
    for row in ("go-primary", "go-token", "go-biometrics"):
        assert row not in text
    assert ming_in_the_app.get("/app/settings/account/").status_code == 404


@pytest.fixture
def accounts(ming):
    names = [("securities", "0001234567"), ("futures", "0007654321")]
    return [
        TradingAccount.objects.create(
            customer_id=ming.id, line=line, branch="Central", number=number
        ).id
        for line, number in names
    ]


@pytest.mark.parametrize("env", ["hongkong"], indirect=True)
def test_the_customer_chooses_which_of_his_accounts_is_named_first(
    env, ming_in_the_app, accounts, ming
):
    """P252; what he chose stands in the journal once."""
    browser = ming_in_the_app
    chosen = accounts[1]
    browser.get("/app/settings/account/")
    for _ in range(2):
        answer = browser.form("/app/settings/account/", {"account": str(chosen)})
        assert answer["Location"] == "/app/settings/?done"
    assert customers.primary(ming.id).id == chosen
    said = env.firm.masks.account("0007654321")
    assert said in browser.get("/app/settings/?done").text
    assert Entry.objects.filter(event=Event.PRIMARY_ACCOUNT_CHOSEN).count() == 1
    TradingAccount.objects.filter(id=chosen).delete()
    assert customers.primary(ming.id).id != chosen


@pytest.mark.parametrize("env", ["hongkong"], indirect=True)
@pytest.mark.parametrize("account", ["999999999", "0", "-1", "nobodys"])
def test_an_account_of_nobody_or_somebody_else_is_not_chosen(env, ming_in_the_app, mei, account):
    others = customers.accounts(mei.id)
    tried = str(others[0].id) if others and account == "0" else account
    ming_in_the_app.get("/app/settings/account/")
    answer = ming_in_the_app.form("/app/settings/account/", {"account": tried})
    assert answer.status_code in {400, 404}
    assert not PrimaryAccount.objects.exists()


@pytest.mark.parametrize("env", ["hongkong"], indirect=True)
def test_a_computer_shows_the_phone_where_the_app_is(env, browser):
    """P249, P250: a picture to scan of the configured address, recommended where the firm does."""
    words = Words(env.firm, "en")
    entrance = browser.get("/sign-in/", **{"Accept-Language": "en"}).text
    assert words.say("app.get.recommended") in entrance
    assert 'href="/get-app/"' in entrance
    shown = browser.get("/get-app/", Host="elsewhere.example").text
    picture = base64.b64encode(qr.png(f"{env.base_url}/app/")).decode()
    assert f"data:image/png;base64,{picture}" in shown
    assert "elsewhere" not in shown


@pytest.mark.parametrize("env", ["hongkong"], indirect=True)
@pytest.mark.parametrize(
    ("state", "said"), [(None, "none"), ("active", "active"), ("suspended", "suspended")]
)
def test_home_says_how_the_token_is(env, ming_in_the_app, ming, state, said):
    if state:
        bind(env, ming)
        SoftToken.objects.filter(customer_id=ming.id).update(state=state)
    text = ming_in_the_app.get("/app/", **{"Accept-Language": "en"}).text
    assert Words(env.firm, "en").say(f"app.card.token-{said}") in text
