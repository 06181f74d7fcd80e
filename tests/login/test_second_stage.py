"""The second stage of a sign-in: nothing opens before more than the password is proved."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from cinnabar.centre.change import Wish, change
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.actions import Half, resume, sign_in
from cinnabar.login.models import Session
from cinnabar.login.stages import half, second
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.words import catalogue
from tests.support.mail import received
from tests.support.passwords import NEW
from tests.support.people import PASSWORD, visit
from tests.support.second import Visit, asking, code, codes, methods, other


@pytest.fixture
def env(env):
    return asking(env)


def refusal(act, *given):
    with pytest.raises(Refused) as refused:
        act(*given)
    return refused.value


def test_a_right_password_alone_opens_nothing(env, ming):
    at = Visit(env, ming.identifier).type()
    assert not Session.objects.exists()
    assert Proof.objects.get().kind == "password"
    assert set(at.why()) == set(methods(env))


@pytest.mark.parametrize(
    ("channel", "amr", "level"),
    [("sms", {"pwd", "sms"}, Assurance.TWO), ("email", {"pwd", "email"}, Assurance.MAIL)],
)
def test_the_code_that_came_opens_the_session_and_the_session_says_how(
    env, ming, channel, amr, level
):
    """CONFLICT-2: by mail it is one level lower."""
    at = Visit(env, ming.identifier).type().ask(channel)
    tokens = at.enter(code(env, channel))
    here = resume(env, tokens.session, tokens.device, address=at.address)
    assert (here.customer_id, here.amr, here.assurance) == (ming.id, amr, level)
    told = json.loads(Entry.objects.get(event=Event.SIGN_IN_SUCCEEDED).payload)["details"]
    assert set(told["factors"]) == amr
    assert told["acr"].startswith("urn:cinnabar:acr:")


def test_a_code_goes_by_the_channel_that_was_chosen_and_by_no_other(env, ming):
    Visit(env, ming.identifier).type().ask("email")
    assert len(codes(env, "email")) == 1
    assert codes(env, "sms") == []


def test_what_is_not_there_is_named_with_its_reason(env, ming, mei, lin):
    known = Visit(env, ming.identifier).type().why()
    everywhere = {"email": "", "sms": "", "soft-token": "token-unregistered"}
    certificate = {"trading-certificate": "no-certificate"}
    assert known == everywhere | (certificate if env.firm.offers_certificates else {})
    assert Visit(env, mei.identifier).type().why()["email"] == "no-email"
    assert Visit(env, lin.identifier).type().why()["sms"] == "no-sms"


@pytest.mark.parametrize("way", ["email", "soft-token", "trading-certificate", "fax", ""])
def test_what_is_not_there_cannot_be_asked_for(env, mei, way):
    at = Visit(env, mei.identifier).type()
    assert refusal(at.ask, way).refusal is Refusal.FACTOR_UNAVAILABLE
    assert codes(env) == []


def test_what_the_firm_does_not_accept_is_refused_however_it_is_asked(env, ming):
    """Incident 15: the list of the firm is asked, not what the page showed."""
    strict = asking(env, methods=("sms",))
    at = Visit(strict, ming.identifier).type()
    assert set(at.why()) == {"sms"}
    assert refusal(at.ask, "email").refusal is Refusal.FACTOR_UNAVAILABLE


def test_after_a_reset_by_mail_the_mailbox_is_no_second_factor(env, ming, monkeypatch):
    """CONFLICT-2."""
    monkeypatch.setattr("cinnabar.login.stages.factors.mail_barred", lambda _: True)
    at = Visit(env, ming.identifier).type()
    assert at.why()["email"] == "mail-barred"
    assert refusal(at.ask, "email").refusal is Refusal.FACTOR_UNAVAILABLE


def test_the_third_wrong_code_ends_it_and_the_right_one_is_too_late(env, ming):
    """COD-06."""
    at = Visit(env, ming.identifier).type().ask()
    right = code(env)
    left = [refusal(at.enter, other(right)).facts.get("tries_left") for _ in range(2)]
    assert left == [2, 1]
    assert refusal(at.enter, other(right)).refusal is Refusal.SIGN_IN_CODE_CLOSED
    assert refusal(at.enter, right).refusal is Refusal.SIGN_IN_CODE_CLOSED
    assert not Session.objects.exists()


def test_wrong_codes_are_counted_over_all_visits_of_the_customer(env, clock, ming):
    """COD-07, AuthQuake (incident 7): beginning anew buys no tries."""
    wrong, refused = 0, None
    while refused is None:
        at = Visit(env, ming.identifier, at=f"{wrong:064}").type()
        try:
            right = code_after(env, at)
        except Refused as no:
            refused = no.refusal
            break
        tried = [refusal(at.enter, other(right)).refusal for _ in range(3)]
        wrong += 3 - tried.count(Refusal.CODE_DAY_LIMIT)
        clock.move(env.firm.sign_in_code.resend_after)
    assert (refused, wrong) == (Refusal.CODE_DAY_LIMIT, env.firm.code.max_wrong_per_day)
    assert not Session.objects.exists()


def code_after(env, at):
    at.ask()
    return code(env)


def test_a_right_password_with_wrong_codes_is_told_elsewhere(env, ming):
    """LCK-08, once in a flow, by the channel that the code did not take."""
    at = Visit(env, ming.identifier).type().ask("sms")
    right = code(env)
    for _ in range(env.firm.sign_in_code.max_wrong):
        assert notices(env) == []
        refusal(at.enter, other(right))
    refusal(at.enter, other(right))
    (told,) = notices(env)
    assert told.channel == "email"
    assert at.address not in told.text


def test_wrong_codes_are_told_by_the_same_channel_where_there_is_no_other(env, mei):
    at = Visit(env, mei.identifier).type().ask("sms")
    right = code(env)
    for _ in range(env.firm.sign_in_code.max_wrong):
        refusal(at.enter, other(right))
    assert [told.channel for told in notices(env)] == ["sms"]


def notices(env):
    """Return the letters that tell of wrong codes."""
    event = catalogue("zh-Hant-TW")["messages.event.codes-failed"]
    return [letter for letter in received(env) if event in letter.text]


def test_a_code_lives_as_long_as_the_firm_says(env, clock, ming):
    """P67."""
    at = Visit(env, ming.identifier).type().ask()
    right = code(env)
    clock.move(env.firm.sign_in_code.ttl + timedelta(seconds=1))
    assert refusal(at.enter, right).refusal is Refusal.SIGN_IN_CODE_CLOSED


def test_a_second_code_waits_and_ends_the_first(env, clock, ming):
    """COD-09."""
    at = Visit(env, ming.identifier).type().ask("sms")
    first = code(env)
    early = refusal(at.ask, "email")
    assert early.refusal is Refusal.SIGN_IN_CODE_TOO_SOON
    assert early.facts["retry_after"] == env.firm.sign_in_code.resend_after.total_seconds()
    clock.move(env.firm.sign_in_code.resend_after)
    at.ask("email")
    assert refusal(at.enter, first).refusal is not Refusal.SIGN_IN_OVER
    tokens = at.enter(code(env, "email"))
    here = resume(env, tokens.session, tokens.device, address=at.address)
    assert here.amr == {"pwd", "email"}


def test_a_code_counts_in_the_visit_that_asked_for_it_and_nowhere_else(env, clock, ming):
    """COD-05, incident 2: neither flow nor code is worth anything in another browser."""
    mine = Visit(env, ming.identifier).type().ask()
    right = code(env)
    thief = Visit(env, ming.identifier, at="8" * 64)
    thief.flow = mine.flow
    assert refusal(thief.enter, right).refusal is Refusal.SIGN_IN_OVER
    thief.type()
    assert refusal(thief.enter, right).refusal is Refusal.SIGN_IN_CODE_CLOSED
    clock.move(env.firm.sign_in_code.resend_after)
    thief.ask("email")
    assert refusal(thief.enter, right).refusal is not Refusal.SIGN_IN_OVER
    assert not Session.objects.exists()


def test_before_a_code_was_asked_for_none_is_right(env, ming):
    at = Visit(env, ming.identifier).type()
    assert refusal(at.enter, "000000").refusal is Refusal.SIGN_IN_CODE_CLOSED


def test_one_flow_opens_one_session(env, ming):
    at = Visit(env, ming.identifier).type().ask()
    right = code(env)
    at.enter(right)
    assert refusal(at.enter, right).refusal is Refusal.SIGN_IN_OVER
    assert refusal(at.ask).refusal is Refusal.SIGN_IN_OVER
    assert Session.objects.count() == 1


def test_a_half_sign_in_is_not_left_open(env, clock, ming):
    at = Visit(env, ming.identifier).type()
    clock.move(half.LIFE + timedelta(seconds=1))
    assert refusal(at.ask).refusal is Refusal.SIGN_IN_OVER


def test_beginning_anew_ends_what_was_begun_in_this_visit(env, ming):
    at = Visit(env, ming.identifier).type()
    first = at.flow
    at.type()
    at.flow = first
    assert refusal(at.why).refusal is Refusal.SIGN_IN_OVER


def test_start_again_ends_the_flow_and_its_code(env, ming):
    at = Visit(env, ming.identifier).type().ask()
    right = code(env)
    second.leave(env, at.stranger, at.flow)
    assert refusal(at.enter, right).refusal is Refusal.SIGN_IN_OVER


def test_locked_meanwhile_it_does_not_open(env, ming):
    """LCK-01: whoever guesses at the password meanwhile stops this sign-in too."""
    at = Visit(env, ming.identifier).type().ask()
    right = code(env)
    for number in range(env.firm.login.max_wrong):
        wrong = (at.stranger, ming.identifier, Password(f"wrong{number}"))
        assert refusal(sign_in, replace(env), *wrong).refusal is Refusal.SIGN_IN_FAILED
    assert refusal(at.enter, right).refusal is Refusal.SIGN_IN_FAILED
    assert not Session.objects.exists()


def test_a_password_changed_meanwhile_ends_what_it_began(env, ming):
    """PWD-15."""
    at = Visit(env, ming.identifier).type().ask()
    right = code(env)
    wish = Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=NEW)
    change(env, visit(env, ming), [wish], account=None, voice=False)
    assert refusal(at.enter, right).refusal in {Refusal.SIGN_IN_OVER, Refusal.SIGN_IN_FAILED}
    assert not Flow.objects.filter(pk=at.flow, state="done").exists()


def test_where_the_firm_does_not_ask_the_password_is_enough(env, ming):
    plain = asking(env, when="certificate-change")
    come = sign_in(plain, Visit(env, ming.identifier).stranger, ming.identifier, PASSWORD)
    assert not isinstance(come, Half)
