"""Somebody attacks the door of a bound device: with a stolen profile, a foreign token, a replay."""

from dataclasses import dataclass

import pytest

from cinnabar.config import compose
from cinnabar.faces.web.request import WebOptions
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.login.models import Session
from cinnabar.login.soft import bound_device, bound_factor
from cinnabar.tokens.models import SoftToken
from tests.support.app import DEVICE
from tests.support.mail import received
from tests.support.phones import VISIT, Phone, asking_token, phone_of, problem
from tests.support.soft import PIN, WRONG, App, bind, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def env(env, monkeypatch):
    made = asking_token(env)
    here = compose.World(env=made, web=WebOptions(trusted_proxies=("127.0.0.1",)))
    monkeypatch.setattr("cinnabar.config.middleware.world", lambda: here)
    return made


@pytest.fixture
def phone(env, ming):
    return phone_of(env, ming)


@dataclass
class Impostor(App):
    """Somebody who says that his key is another's."""

    named: str = ""

    @property
    def key_id(self):
        return self.named


def alive():
    return Session.objects.filter(ended_at=None).count()


def test_a_stolen_profile_has_the_tries_of_one_token_wherever_it_is_used(env, ming, phone):
    """Five in all, by a hundred copies around the world; then the PIN is worth nothing."""
    compared = 0
    for n in range(12):
        answer = phone.copied(f"198.51.{n}.1").enter(f"9000{n:02}")
        assert problem(answer) in {"token-pin-wrong", "token-locked"}
        compared += 1 if row(phone.app).sealed is not None else 0
    assert compared == env.firm.token.pin_max_wrong - 1
    assert problem(phone.copied("203.0.113.9").enter(PIN)) == "token-locked"
    assert Entry.objects.filter(event=Event.TOKEN_LOCKED).count() == 1
    assert any("PIN" in one.text for one in received(env)), "the customer is told"
    assert alive() == 0


def test_what_is_not_signed_by_the_key_locks_nobody_and_is_turned_away(env, phone):
    """A stranger who knows what a token is called cannot use up its tries."""
    most = env.firm.login.per_address_wrong_per_day
    stranger = phone.copied("198.51.100.7")
    stranger.app = Impostor(named=phone.app.key_id)
    told = [problem(stranger.enter(PIN)) for _ in range(most + 2)]
    assert set(told[:most]) == {"token-not-proved"}
    assert told[-1] == "too-many-tries"
    assert row(phone.app).wrong == 0


def test_of_two_copies_that_come_in_neither_goes_on_unseen(env, clock, ming, phone):
    """Whoever has the profile and the PIN comes in once; the other's next step shows it."""
    thief = phone.copied("198.51.100.7")
    assert thief.enter().status_code == 200
    assert thief.get("/app/account/sessions/").status_code == 200
    clock.move(seconds=120)
    assert problem(phone.enter()) == "bound-device-refused"
    assert thief.get("/app/account/sessions/").status_code == 401
    assert problem(thief.enter()) == "bound-device-refused"
    assert Entry.objects.filter(event=Event.DEVICE_STOLEN).count() == 1
    assert alive() == 0


def test_the_key_without_the_cookie_of_its_device_opens_nothing(env, ming, phone):
    thief = phone.copied()
    del thief.client.cookies[DEVICE]
    assert problem(thief.enter()) == "bound-device-refused"
    place = thief.type_password(ming)
    flow = place.split("/")[-2]
    answer = thief.prove(f"{place}device", bound_factor.SECOND, {"flow": flow}, pin=None)
    assert problem(answer) == "factor-unavailable"
    assert row(phone.app).wrong == 0


def test_the_cookie_without_the_key_opens_nothing(env, ming, phone):
    thief = phone.copied()
    thief.app = bind(env, ming, device="e" * 64)
    assert problem(thief.enter()) == "bound-device-refused"


def test_with_the_password_of_one_and_the_token_of_another_nobody_comes_in(env, mei, phone):
    place = phone.type_password(mei)
    flow = place.split("/")[-2]
    answer = phone.prove(f"{place}device", bound_factor.SECOND, {"flow": flow}, pin=None)
    assert problem(answer) == "factor-unavailable"
    theirs = bind(env, mei, device="e" * 64)
    mine, phone.app = phone.app, theirs
    answer = phone.prove(f"{place}device", bound_factor.SECOND, {"flow": flow}, pin=None)
    assert problem(answer) == "factor-unavailable"
    assert alive() == 0
    assert row(mine).wrong == 0


def test_what_was_overheard_is_worth_nothing_again_nor_in_another_visit(env, phone):
    challenge = phone.post("/app/device/challenge").json()["challenge"]
    body = phone.app.body(bound_device.PURPOSE, challenge, {}, typed=PIN)
    thief = phone.copied()
    thief.client.cookies[VISIT] = "f" * 64
    thief.get("/app/sign-in/")
    sent = {"Accept": "application/json"}
    assert problem(thief.post("/app/sign-in/device", body, **sent)) == "token-not-proved"
    assert phone.post("/app/sign-in/device", body, **sent).status_code == 200
    late = phone.copied().post("/app/sign-in/device", body, **sent)
    assert problem(late) == "token-not-proved"


def test_a_visit_that_somebody_planted_gives_him_no_session(env, ming, phone):
    """Incident 2: he knows the visit's cookie before its victim signs in."""
    phone.client.cookies[VISIT] = "f" * 64
    assert phone.enter().status_code == 200
    attacker = Phone()
    attacker.client.cookies[VISIT] = "f" * 64
    attacker.get("/app/sign-in/")
    assert attacker.get("/app/account/sessions/").status_code == 401
    assert problem(attacker.enter()) == "bound-device-refused"
    place = phone.copied().type_password(ming)
    flow = place.split("/")[-2]
    answer = attacker.prove(f"{place}device", bound_factor.SECOND, {"flow": flow}, pin=None)
    assert problem(answer) == "factor-unavailable"


def test_a_session_that_somebody_chose_is_none(phone):
    phone.client.cookies["__Host-app-session"] = "f" * 64
    assert phone.enter().status_code == 200
    assert phone.client.cookies["__Host-app-session"].value != "f" * 64


@pytest.mark.parametrize("state", [SoftToken.SUSPENDED, SoftToken.CLEARED, SoftToken.LOCKED])
def test_a_lost_device_that_was_stopped_opens_nothing_by_either_way(env, ming, phone, state):
    ended = {"sealed": None, "ended_at": env.clock.now()} if state != SoftToken.SUSPENDED else {}
    SoftToken.objects.update(state=state, **ended)
    assert phone.enter().status_code in {403, 409}
    place = phone.type_password(ming)
    assert "data-token=" not in phone.get(place).content.decode()
    flow = place.split("/")[-2]
    answer = phone.prove(f"{place}device", bound_factor.SECOND, {"flow": flow}, pin=None)
    assert problem(answer) == "factor-unavailable"
    assert alive() == 0


def test_wrong_pins_are_wrong_tries_of_the_address_too(env, phone):
    assert problem(phone.copied("198.51.100.7").enter(WRONG)) == "token-pin-wrong"
    failed = Entry.objects.filter(event=Event.SIGN_IN_FAILED)
    assert failed.count() == 1
    assert "198.51.100.7" in failed.get().payload


def test_no_answer_and_no_journal_holds_what_was_typed(phone):
    answer = phone.enter("274659")
    everything = answer.content.decode() + "".join(Entry.objects.values_list("payload", flat=True))
    assert "274659" not in everything
