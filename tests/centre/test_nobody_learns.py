"""Nobody learns anything: who is unknown, locked or says a wrong birth date costs the same work.

No stopwatch: the statements of each request are compared one by one, the hashes counted, and
the answers compared letter by letter (LCK-03, RST-05, incident 16).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest

from cinnabar.certificates.models import KeyShare
from cinnabar.config import compose
from cinnabar.customers import queries
from cinnabar.env import Env
from cinnabar.faces.web.request import WebOptions
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.actions import set_password
from tests.support.claims import LINES, Held, with_certificate
from tests.support.customers import add_customer
from tests.support.face import ADDRESSES, Browser
from tests.support.life import b64
from tests.support.work import Seen, counting, seen

KNOWN, UNKNOWN = "A123456789", "C123456781"
THREE, NONE = "D123456782", "22099131"
BORN, NOT_BORN = "19900201", "19900202"
RIGHT, WRONG = "demo1234", "demo9999"


LEFT_OUT = {
    "passwords/mailed/": "it has no place for anything of anybody",
    "passwords/link/": "what is typed there is a secret, no customer; tested with the links",
    "passwords/not-me/": "likewise; tested with the notices",
    "forgotten/": "walked in test_reset_alike.py",
    "forgotten/sent/": "likewise",
    "reset/": "what is typed there is a secret, no customer; likewise",
    "reset/<slug:flow>/code/": "behind the secret of a mail, which nobody has",
    "reset/<slug:flow>/code/ask": "likewise",
    "reset/<slug:flow>/code/try": "likewise",
    "reset/<slug:flow>/password/": "likewise",
    "reset/<slug:flow>/done/": "likewise",
}
"""Addresses before the sign-in that the walks do not come to, and why."""


@pytest.fixture
def env(env, monkeypatch):
    """The world, counting; robots are not asked about here, that has tests of its own."""
    asks = ("id", "password")
    login = replace(env.firm.login, captcha_pages=(), password_centre=asks)
    made = counting(replace(env, firm=replace(env.firm, login=login)))
    here = compose.World(env=made, web=WebOptions())
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


@dataclass
class Walk:
    """Somebody without a sign-in goes from address to address."""

    env: Env
    identifier: str
    birth: str
    share: str
    theirs: Held
    browser: Browser = field(default_factory=Browser)
    kind: str = "unlock"
    flow: str = ""
    challenge: str = ""
    routes: set[str] = field(default_factory=set)

    def go(self, *steps: "Step") -> list[Seen]:
        return [seen(self.env, partial(self.take, step)) for step in steps]

    def take(self, step: "Step") -> Any:
        """Take a step; keep which address answered."""
        answer = step(self)
        self.routes.add(answer.resolver_match.route)
        return answer

    def come_to_unlock(self) -> Any:
        return self.browser.get("/passwords/unlock/")

    def begin_unlock(self) -> Any:
        answer = self.browser.post(
            "/passwords/unlock/begin", {"identifier": self.identifier, "birth": self.birth}
        )
        self.flow = answer.json()["flow"]
        return answer

    def ask_challenge(self) -> Any:
        answer = self.browser.post(self._claim("challenge"))
        self.challenge = answer.json()["challenge"]
        return answer

    def ask_share(self) -> Any:
        """With the true name of the customer's share, as a copied profile has it."""
        return self.browser.post(self._claim("share"), {"share": self.share})

    def show_another_certificate(self) -> Any:
        """A valid one, of another customer."""
        signed = b64(self.theirs.sign(self.env, self.challenge))
        body = {"challenge": self.challenge, "signature": signed}
        return self.browser.post(self._claim("certificate"), body)

    def show_rubbish(self) -> Any:
        body = {"challenge": self.challenge, "signature": b64(b"no signature")}
        return self.browser.post(self._claim("certificate"), body)

    def lift(self) -> Any:
        return self.browser.post(f"/passwords/unlock/{self.flow}/lift")

    def begin_reissue(self) -> Any:
        self.browser.get("/passwords/reissue/")
        fields = {"identifier": self.identifier, "birth": self.birth}
        answer = self.browser.form("/passwords/reissue/", fields)
        self.kind, self.flow = "reissue", answer["Location"].split("/")[-2]
        return answer

    def _claim(self, what: str) -> str:
        return f"/passwords/claims/{self.kind}/{self.flow}/{what}"


def look_at(page: str) -> "Step":
    """Return the step that opens a page of the reissue."""
    return lambda walk: walk.browser.get(f"/passwords/reissue/{walk.flow}/{page}")


def send(page: str, **fields: str) -> "Step":
    """Return the step that sends a form of the reissue."""
    return lambda walk: walk.browser.form(f"/passwords/reissue/{walk.flow}/{page}", fields)


OTHERS = {
    "three accounts and passwords": (THREE, BORN),
    "no certificate": ("B223456782", BORN),
    "wrong birth date": (KNOWN, NOT_BORN),
    "unknown": (UNKNOWN, BORN),
}

Step = Callable[["Walk"], Any]

UNLOCK: tuple[Step, ...] = (
    Walk.come_to_unlock,
    Walk.begin_unlock,
    Walk.lift,
    Walk.ask_challenge,
    Walk.ask_share,
    Walk.show_another_certificate,
    Walk.show_another_certificate,
    Walk.ask_challenge,
    Walk.show_rubbish,
    Walk.lift,
)

ASKING_FOR_ALL = (
    look_at("code/"),
    send("code/ask"),
    send("code/try", code="1234567"),
    look_at("password/"),
    send("password/", new="pekoe2027", new_again="pekoe2027"),
    look_at("done/"),
    send("account", account="", channel="sms"),
)
"""What nobody may press before the proofs are there, pressed all the same."""

REISSUE: tuple[Step, ...] = (
    Walk.begin_reissue,
    look_at(""),
    *ASKING_FOR_ALL,
    Walk.ask_challenge,
    Walk.ask_share,
    Walk.show_another_certificate,
    Walk.ask_challenge,
    Walk.show_rubbish,
    look_at(""),
    send("without"),
    look_at(""),
    *ASKING_FOR_ALL,
    send("mail", account="nothing"),
    send("mail", account="securities.0"),
    look_at(""),
    *ASKING_FOR_ALL,
)


@pytest.fixture
def walk(env, ming, mei, company):
    """Return a walk of somebody; 王小明 and the company hold certificates, 陳美華 none."""
    with_certificate(env, ming)
    share = KeyShare.objects.get().id
    theirs = with_certificate(env, company)
    for_each_account(env, THREE)

    def begin(identifier, birth=BORN):
        return Walk(env=env, identifier=identifier, birth=birth, share=share, theirs=theirs)

    return begin


def test_before_a_certificate_is_proved_unlocking_is_the_same_for_everybody(env, walk):
    """Known with and without a certificate, a wrong birth date, unknown; locked or not."""
    alike = walk(KNOWN).go(*UNLOCK)
    assert [one.status for one in alike] == [200, 200, 403, 200, 200, 200, 409, 200, 400, 403]
    for name, who in OTHERS.items():
        assert_alike(alike, walk(*who).go(*UNLOCK), name)
    wrong(env, KNOWN, env.firm.login.max_wrong)
    assert_alike(alike, walk(KNOWN).go(*UNLOCK), "locked")
    assert_alike(alike, walk(KNOWN, NOT_BORN).go(*UNLOCK), "locked, wrong birth date")


def test_a_reissue_is_the_same_for_everybody(env, walk):
    alike = walk(KNOWN).go(*REISSUE)
    for name, who in OTHERS.items():
        assert_alike(alike, walk(*who).go(*REISSUE), name)
    wrong(env, KNOWN, env.firm.login.max_wrong)
    assert_alike(alike, walk(KNOWN).go(*REISSUE), "locked")


@pytest.mark.parametrize("door", ["/sign-in/", "/passwords/"])
def test_a_wrong_password_costs_the_same_for_everybody(env, ming, door):
    """One password or three, none at all, unknown, any of them locked and then the right one."""
    for_each_account(env, THREE)
    people = (KNOWN, THREE, NONE, UNKNOWN)
    add_customer(env, identifier=NONE, name="李無")
    known = sign_in(env, door, KNOWN, WRONG)
    assert known.status == 401
    for identifier in people[1:]:
        assert_alike([known], [sign_in(env, door, identifier, WRONG)], identifier)
    for identifier in people:
        wrong(env, identifier, env.firm.login.max_wrong)
        for password in (WRONG, RIGHT):
            tried = sign_in(env, door, identifier, password)
            assert_alike([known], [tried], f"{identifier} locked")


def test_every_address_that_needs_no_sign_in_is_walked_or_says_why_not(env, walk):
    walks = (walk(KNOWN), walk(UNKNOWN))
    for each, steps in zip(walks, (UNLOCK, REISSUE), strict=True):
        each.go(*steps)
    walked = {route for each in walks for route in each.routes} | {"passwords/"}
    public = {
        route
        for route, address in ADDRESSES.items()
        if route.startswith("passwords/") and not address.private
    }
    assert public - walked - set(LEFT_OUT) == set()


def assert_alike(ones, others, name):
    """Compare step by step; tell every step that differs, and in what."""
    differ = {
        at: [
            what
            for what in ("status", "headers", "cookies", "text", "work")
            if getattr(one, what) != getattr(other, what)
        ]
        for at, (one, other) in enumerate(zip(ones, others, strict=True))
        if one != other
    }
    first = min(differ, default=0)
    assert differ == {}, (name, ones[first], others[first])


def wrong(env, identifier, times):
    for _ in range(times):
        Browser().sign_in(identifier, WRONG)


def sign_in(env, door, identifier, password):
    browser = Browser()
    browser.get(door)
    fields = {"identifier": identifier, "password": password}
    return seen(env, lambda: browser.form(door, fields))


def for_each_account(env, identifier):
    """Add a customer with a password for each of three accounts."""
    of = add_customer(
        env,
        identifier=identifier,
        name="吳三戶",
        mobile="0933444555",
        email="wu@example.com",
        accounts=LINES,
        consolidated="no",
    )
    for number, account in enumerate(queries.accounts(of.id)):
        set_password(env, of.id, Password(f"{RIGHT}{number or ''}"), accounts=[account.id])
