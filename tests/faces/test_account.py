"""帳戶安全 at the page: where one is signed in, and how one is told that one is not any more."""

from dataclasses import replace

import pytest

from cinnabar.config.compose import World
from cinnabar.faces.web.request import WebOptions
from cinnabar.kernel.places import PlacesFile
from cinnabar.login.models import Session
from tests.support.face import Browser
from tests.support.second import asking

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/131.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
SESSIONS = "/account/sessions/"


@pytest.fixture
def env(env, monkeypatch):
    """A firm that asks for the password alone at sign-in."""
    plain = asking(env, when="certificate-change", methods=("sms",))
    show(monkeypatch, plain)
    return plain


def show(monkeypatch, env):
    """From now on the pages are answered in this world."""
    here = World(env=env, web=WebOptions(is_demo=True))
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)


def browser(customer, agent=CHROME, address="127.0.0.1"):
    found = Browser(headers={"User-Agent": agent, "Accept-Language": "en"})
    found.client.defaults["REMOTE_ADDR"] = address
    assert found.sign_in(customer.identifier).status_code == 302
    return found


def text(answer):
    return answer.content.decode()


def handle():
    """The part of the newest session's name by which the page names it."""
    return Session.objects.latest("started_at", "seen_at").id[:16]


@pytest.fixture
def desk(env, ming):
    return browser(ming)


def test_the_overview_says_how_one_is_signed_in(desk):
    said = text(desk.get("/account/"))
    assert "Chrome on Windows" in said
    assert "127.0.0.*" in said
    assert "127.0.0.1" not in said
    assert f'href="{SESSIONS}"' in said


def test_both_browsers_are_listed_and_the_other_one_is_signed_out(env, clock, ming, desk):
    clock.move(seconds=90)
    phone = browser(ming, PHONE, "198.51.100.77")
    other = handle()
    said = text(desk.get(SESSIONS))
    assert "Chrome on Windows" in said
    assert "Safari on iOS" in said
    assert "198.51.100.*" in said
    assert f"{SESSIONS}{other}/end" in said
    answer = desk.form(f"{SESSIONS}{other}/end", {})
    assert (answer.status_code, answer["Location"]) == (302, f"{SESSIONS}?done=one")
    assert "That browser is signed out." in text(desk.get(answer["Location"]))
    answer = phone.get(SESSIONS)
    assert answer.status_code == 401
    assert "from another browser of yours" in text(answer)
    assert "from another browser of yours" in text(phone.get("/sign-in/"))


def test_what_a_browser_calls_itself_never_reaches_the_page(env, ming):
    """A User-Agent is the sender's own text: it would be read out to the customer."""
    desk = browser(ming, "Your account is blocked, call 0900 000 000 <b>now</b>")
    said = text(desk.get("/account/")) + text(desk.get(SESSIONS))
    assert "0900" not in said
    assert "blocked" not in said
    assert "a browser" in said


def test_a_place_is_shown_where_the_operator_says_one(env, ming, tmp_path, monkeypatch):
    file = tmp_path / "places.csv"
    file.write_text(
        "network,zh-Hant-TW,zh-Hant-HK,en\n203.0.113.0/24,台北,台北,Taipei\n", encoding="utf-8"
    )
    show(monkeypatch, replace(env, places=PlacesFile(file)))
    desk = browser(ming, address="203.0.113.9")
    assert "Taipei" in text(desk.get(SESSIONS))
    native = env.firm.identity.languages[0]
    desk.form("/language/", {"language": native, "next": "/"})
    assert "台北" in text(desk.get("/account/"))


@pytest.mark.parametrize(
    "path",
    [
        *("end-nobody/", "0123456789abcdef/end", "0/end", f"{'a' * 64}/end"),
    ],
)
def test_what_is_nobodys_is_not_found(desk, path):
    assert desk.form(f"{SESSIONS}{path}", {}).status_code == 404


def test_before_many_are_ended_a_page_asks(desk):
    for scope in ("others", "everywhere"):
        said = text(desk.get(f"{SESSIONS}end-{scope}/"))
        assert "Sign out" in said
    assert Session.objects.filter(ended_at=None).count() == 1


def test_all_others_are_signed_out(env, ming, desk):
    phone = browser(ming, PHONE)
    desk.get(f"{SESSIONS}end-others/")
    answer = desk.form(f"{SESSIONS}end-others/", {})
    assert "All other browsers" in text(desk.get(answer["Location"]))
    assert phone.get("/account/").status_code == 401
    assert desk.get("/account/").status_code == 200


def test_everywhere_is_here_too(env, ming, desk):
    """SES-03."""
    phone = browser(ming, PHONE)
    desk.get(f"{SESSIONS}end-everywhere/")
    answer = desk.form(f"{SESSIONS}end-everywhere/", {})
    assert answer["Clear-Site-Data"] == '"cache"'
    assert [b.get("/account/").status_code for b in (desk, phone)] == [401, 401]


def test_one_who_is_displaced_is_told_so(env, clock, ming, desk):
    """SES-08."""
    for _ in range(env.firm.login.sessions_max):
        clock.move(seconds=1)
        browser(ming, PHONE)
    answer = desk.get("/account/")
    assert answer.status_code == 401
    assert f"{env.firm.login.sessions_max} at a time" in text(answer)


def test_without_a_script_one_sees_the_end_and_stays(env, clock, ming, desk):
    clock.move(seconds=120)
    said = text(desk.get("/account/stay/"))
    assert "Without use you are signed out" in said
    clock.move(env.firm.login.idle - env.firm.login.warn)
    assert "You stay signed in until" in text(desk.form("/account/stay/", {}))
    clock.move(env.firm.login.idle - env.firm.login.warn)
    assert desk.get("/account/").status_code == 200


def test_the_script_asks_how_long_it_lasts(env, ming, desk):
    answer = desk.post("/account/stay/")
    idle, absolute = env.firm.login.idle, env.firm.login.absolute
    assert answer.json() == {
        "idle": int(idle.total_seconds()),
        "absolute": int(absolute.total_seconds()),
    }


def test_a_form_takes_nothing_from_the_query(desk):
    said = text(desk.get(f"{SESSIONS}?done=https://evil.example"))
    assert "evil" not in said
