"""Somebody has the password, or a phone, or another customer's token: what he gets (TOK-08)."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Session
from cinnabar.messages.kinds import Kind
from cinnabar.messages.models import Outbox
from cinnabar.tokens.models import Approval, SoftToken
from tests.support.approvals import Page, Phone, asking_tokens, phone_of, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def env(env):
    return asking_tokens(env)


@pytest.fixture
def phone(env, ming):
    return phone_of(env, ming)


def refusal(act, *given, **more):
    with pytest.raises(Refused) as refused:
        act(*given, **more)
    return refused.value.refusal


def at_page(env, customer, n):
    return Page(env, customer.identifier, at=f"{n:064}", address=f"198.51.100.{n}").type()


def test_a_night_of_requests_is_a_few_an_hour_and_one_press_ends_it(env, clock, ming, phone):
    """Fatigue: whoever has the password asks from ever new browsers, every minute."""
    asked = 0
    for minute in range(60):
        with suppress(Refused):
            at_page(env, ming, minute).ask_app()
            asked += 1
        clock.move(timedelta(minutes=1))
    windows = timedelta(hours=1) / env.firm.token.approvals_window
    assert asked == windows * env.firm.token.approvals_max
    clock.move(env.firm.token.approvals_window)
    at_page(env, ming, 61).ask_app()
    phone.deny()
    clock.move(timedelta(days=30))
    assert refusal(at_page(env, ming, 62).ask_app) is Refusal.APPROVALS_RESTRICTED
    alerts = Outbox.objects.filter(kind=Kind.STAFF_ALERT.value)
    assert alerts.count() == 1
    assert not Session.objects.exists()


def test_whoever_has_the_phone_and_its_pin_does_not_get_the_number(env, ming, phone):
    """Guessing it: a few tries of each approval, and a few approvals."""
    page, tries = at_page(env, ming, 1).ask_app(), 0
    number, seen = page.number, phone.seen()
    while True:
        number = wrong(number)
        tries += 1
        found = refusal(phone.approve, number, seen)
        if found is Refusal.APPROVAL_OVER:
            break
    assert tries == env.firm.token.approval_wrong + 1
    assert refusal(page.go) is Refusal.APPROVAL_OVER


def test_another_customers_token_sees_nothing_and_answers_nothing(env, ming, mei, phone):
    page = at_page(env, ming, 1).ask_app()
    seen, hers = phone.seen(), phone_of(env, mei)
    assert hers.waiting() == []
    assert refusal(hers.approve, page.number, seen) is Refusal.APPROVAL_OVER
    assert refusal(hers.cancel, seen) is Refusal.APPROVAL_OVER
    assert refusal(hers.deny, seen) is Refusal.APPROVAL_OVER
    assert Approval.objects.get().tries == 0
    phone.approve(page.number)


def test_a_statement_counts_once_in_one_browser_and_for_one_approval(env, ming, phone):
    """Replay, and the theft of what was signed."""
    first = at_page(env, ming, 1).ask_app()
    seen, number = phone.seen(), first.number
    signed = phone.sign("approve", {**seen, "number": number}, "834027")
    thief = Phone(env, phone.app, at="6" * 64)
    assert refusal(thief.send, signed, seen["approval"], number) is Refusal.TOKEN_NOT_PROVED
    phone.send(signed, seen["approval"], number)
    assert refusal(phone.send, signed, seen["approval"], number) is Refusal.TOKEN_NOT_PROVED
    first.go()
    second = at_page(env, ming, 2).ask_app()
    other = phone.seen()["approval"]
    assert refusal(phone.send, signed, other, second.number) is Refusal.TOKEN_NOT_PROVED
    assert refusal(phone.deny, seen) is Refusal.APPROVAL_OVER


def test_a_statement_of_one_purpose_is_none_of_another(env, ming, phone):
    """Whoever gets a list signed has no answer, and no PIN makes a "not now" a yes."""
    page = at_page(env, ming, 1).ask_app()
    seen = phone.seen()
    for purpose in ("approvals", "cancel", "deny", "sign-in"):
        signed = phone.sign(purpose, {**seen, "number": page.number}, "834027")
        found = refusal(phone.send, signed, seen["approval"], page.number)
        assert found is Refusal.TOKEN_NOT_PROVED
    assert Approval.objects.get().tries == 0


def test_the_password_alone_learns_nothing_but_whether_there_is_a_token(env, ming, mei, phone):
    """And before the password nobody learns even that: the page is asked behind it (LCK-03)."""
    assert phone
    assert refusal(Page(env, mei.identifier).type().ask_app) is Refusal.FACTOR_UNAVAILABLE
    stranger = Page(env, ming.identifier, at="3" * 64)
    stranger.flow = at_page(env, ming, 1).ask_app().flow
    assert refusal(stranger.ask_app) is Refusal.SIGN_IN_OVER
    assert refusal(stranger.go) is Refusal.SIGN_IN_OVER
    assert refusal(stranger.standing) is Refusal.SIGN_IN_OVER


def test_a_stolen_phone_that_was_reported_answers_nothing(env, ming, phone):
    """TOK-07."""
    page = at_page(env, ming, 1).ask_app()
    seen = phone.seen()
    SoftToken.objects.update(state=SoftToken.SUSPENDED)
    assert refusal(phone.approve, page.number, seen) is Refusal.TOKEN_SUSPENDED
    assert refusal(phone.waiting) is Refusal.TOKEN_SUSPENDED


def test_what_the_firm_does_not_accept_is_refused_however_it_is_asked(env, ming, phone):
    """Incident 15."""
    assert phone
    second = replace(env.firm.login.second_factor, methods=("sms",))
    firm = replace(env.firm, login=replace(env.firm.login, second_factor=second))
    page = at_page(env, ming, 1)
    page.env = replace(env, firm=firm)
    assert refusal(page.ask_app) is Refusal.FACTOR_UNAVAILABLE
