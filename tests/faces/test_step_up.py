"""The way from a refused act to a step-up and back, at the pages."""

from dataclasses import replace

import pytest

from cinnabar.config.compose import World
from cinnabar.faces.web.request import WebOptions
from cinnabar.login.models import Session
from tests.support.face import Browser
from tests.support.second import METHODS, asking, code, other

EXPORT = "/certificates/export/"


@pytest.fixture
def env(env, monkeypatch):
    """王小明's firm asks for a second factor, and a backup is a matter for two of them."""
    strict = asking(env, methods=METHODS)
    certificate = replace(strict.firm.certificate, export="offered", export_code=False)
    made = replace(strict, firm=replace(strict.firm, certificate=certificate))
    monkeypatch.setattr(
        "cinnabar.config.middleware.world", lambda: World(env=made, web=WebOptions(is_demo=True))
    )
    return made


@pytest.fixture
def late(env, clock, ming):
    """A browser in which he signed in, some time ago."""
    browser = Browser(headers={"Accept-Language": "en"})
    assert browser.sign_in("A123456789").status_code == 302
    clock.move(env.firm.login.second_factor.fresh)
    browser.get("/account/")
    return browser


def text(answer):
    return answer.content.decode()


def begin(browser, back=EXPORT):
    """Press the button of the refused page; return where it leads."""
    answer = browser.form("/step-up/", {"back": back})
    assert answer.status_code == 302, text(answer)
    return answer["Location"]


def test_a_refused_act_leads_to_a_step_up_and_back(env, late):
    refused = late.post("/certificates/export/begin", {"share": "nobodys"})
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("/step-up-needed")
    place = begin(late)
    page = text(late.get(place))
    assert "Send by SMS" in page
    assert 'value="email"' not in page
    answer = late.form(f"{place}ask", {"method": "sms"})
    assert answer["Location"] == f"{place}code/"
    assert "0958****74" in text(late.get(answer["Location"]))
    before = {n: late.client.cookies[n].value for n in ("__Host-session", "__Host-csrf")}
    answer = late.form(f"{place}try", {"code": code(env)})
    assert (answer.status_code, answer["Location"]) == (302, EXPORT)
    # Another tab may have brought the browser a newer one meanwhile.
    assert "__Host-device" not in answer.cookies
    for name, value in before.items():
        assert late.client.cookies[name].value != value, name
    late.get(EXPORT)
    refused = late.post("/certificates/export/begin", {"share": "nobodys"})
    assert refused.json()["type"].endswith("/cannot-export")


def test_the_session_of_before_is_worth_nothing(env, late):
    """SES-01: who saw the cookie before the step-up has nothing after it."""
    old = Browser()
    for name in ("__Host-session", "__Host-device"):
        old.client.cookies[name] = late.client.cookies[name].value
    place = begin(late)
    late.get(place)
    late.form(f"{place}ask", {"method": "sms"})
    late.get(f"{place}code/")
    assert late.form(f"{place}try", {"code": code(env)}).status_code == 302
    assert old.get("/account/").status_code == 401
    assert late.get("/account/").status_code == 200
    assert Session.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    "back",
    [
        *("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"),
        *("/certificates/export/../../evil", "/account/passkeys/https://evil.example"),
        *("/sign-out/", "/language/", "/tray/", "/", "?", "/account/sessions/\u2028evil.example"),
    ],
)
def test_the_way_back_leads_to_pages_of_our_own_list_only(late, back):
    """Incident 20: the place lies on the server, and comes from a table."""
    place = begin(late, back)
    answer = late.form(f"{place}leave", {})
    assert answer["Location"] in {
        *("/account/", "/account/sessions/", "/account/passkeys/", EXPORT)
    }


def test_a_refusal_on_the_way_is_told_where_one_is(env, late):
    place = begin(late)
    late.get(place)
    answer = late.form(f"{place}ask", {"method": "email"})
    assert answer.status_code == 409
    assert "This way cannot be used now" in text(answer)
    assert late.get(f"{place}code/")["Location"] == place
    late.form(f"{place}ask", {"method": "sms"})
    right = code(env)
    answer = late.form(f"{place}try", {"code": other(right)})
    assert "This is not the code" in text(answer)
    assert right not in text(answer)
    answer = late.form(f"{place}ask", {"method": "sms"})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_a_flow_of_another_browser_or_customer_is_not_there(env, late, mei):
    """Incident 2."""
    place = begin(late)
    hers = Browser(headers={"Accept-Language": "en"})
    hers.sign_in("B223456782")
    again = Browser(headers={"Accept-Language": "en"})
    again.sign_in("A123456789")
    for foreign in (hers, again):
        foreign.get("/account/")
        answers = [
            foreign.get(place),
            foreign.get(f"{place}code/"),
            foreign.form(f"{place}ask", {"method": "sms"}),
            foreign.form(f"{place}try", {"code": "123456"}),
            foreign.form(f"{place}leave", {}),
            foreign.post(f"{place}challenge"),
        ]
        assert {answer.status_code for answer in answers} == {409}
