"""The app is asked whether it is the customer who signs in: what it takes, and what it gives."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from cinnabar.centre.change import Wish, change
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.models import Flow
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.actions import resume
from cinnabar.login.models import Session
from cinnabar.login.soft import denied, factor_token
from cinnabar.login.stages import step_up
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.tokens.models import Approval, Restriction, SoftToken
from cinnabar.tokens.soft import restrictions
from cinnabar.words import catalogue
from tests.support.approvals import AGENT, Page, asking_tokens, phone_of, wrong
from tests.support.mail import received
from tests.support.passkeys import recorded
from tests.support.passwords import NEW
from tests.support.people import PASSWORD, visit


@pytest.fixture
def env(env):
    return asking_tokens(env)


@pytest.fixture
def phone(env, ming):
    return phone_of(env, ming)


@pytest.fixture
def page(env, ming, phone):
    return Page(env, ming.identifier).type()


def refusal(act, *given, **more):
    with pytest.raises(Refused) as refused:
        act(*given, **more)
    return refused.value


def test_the_number_typed_into_the_app_opens_the_session_at_the_page(env, page, phone):
    page.ask_app()
    (waits,) = phone.waiting()
    assert waits["act"] == "sign-in"
    assert page.number not in json.dumps(waits), "the app learns it from the customer alone"
    assert refusal(page.go).refusal is Refusal.APPROVAL_WAITING
    phone.approve(page.number)
    assert phone.waiting() == []
    tokens = page.go()
    here = resume(env, tokens.session, tokens.device, address=page.address)
    assert here.amr == {"pwd", "token", "pin"}
    assert here.assurance is Assurance.TWO
    assert Approval.objects.get().state == Approval.USED


def test_who_has_no_token_is_told_so_or_not_at_all(env, ming, mei):
    at = Page(env, mei.identifier).type()
    assert at.why()["soft-token"] == "token-unregistered"
    hiding = replace(env.firm, app=replace(env.firm.app, token_unregistered="hide"))
    at.env = replace(env, firm=hiding)
    assert "soft-token" not in at.why()
    assert refusal(at.ask_app).refusal is Refusal.FACTOR_UNAVAILABLE


@pytest.mark.parametrize(
    ("state", "why"),
    [(SoftToken.SUSPENDED, "token-suspended"), (SoftToken.LOCKED, "token-locked")],
)
def test_a_token_that_ended_or_rests_is_no_way(env, page, phone, state, why):
    ended = {"sealed": None, "ended_at": env.clock.now()} if state == SoftToken.LOCKED else {}
    SoftToken.objects.update(state=state, **ended)
    assert page.why()["soft-token"] == why
    assert refusal(page.ask_app).refusal is Refusal.FACTOR_UNAVAILABLE


def test_a_token_that_holds_a_certificate_only_is_no_factor(env, mei):
    phone = phone_of(env, mei, factor=False)
    at = Page(env, mei.identifier).type()
    assert at.why()["soft-token"] == "token-unregistered"
    assert phone.waiting() == []


def test_the_signature_covers_what_the_customer_saw_and_is_kept(env, page, phone):
    """Evidence: the statement verifies under the device's key, by somebody else's code."""
    page.ask_app()
    seen, number = phone.seen(), page.number
    for lie in ({"site": "https://evil.example"}, {"region": "Taipei"}, {"act": "step-up"}):
        found = refusal(phone.approve, number, {**seen, **lie})
        assert found.refusal is Refusal.TOKEN_NOT_PROVED
    phone.approve(number, seen)
    kept = Approval.objects.get()
    r, s = (int.from_bytes(half) for half in (kept.signature[:32], kept.signature[32:]))
    key = phone.app.private.public_key()
    key.verify(encode_dss_signature(r, s), kept.statement.encode(), ec.ECDSA(hashes.SHA256()))
    assert f"purpose: approve\ntoken: {phone.app.key_id}\n" in kept.statement
    assert kept.number is None, "the number is of no use any more"


def test_the_app_says_from_where_and_with_what(page, phone):
    page.ask_app()
    seen = phone.seen()
    assert (seen["browser"], seen["system"]) == ("Firefox", "Linux")
    assert seen["region"] == "203.0.113.*"
    assert seen["site"] == page.env.base_url


def test_wrong_numbers_are_counted_and_the_last_one_ends_it(env, page, phone):
    page.ask_app()
    right, seen = page.number, phone.seen()
    left = [refusal(phone.approve, wrong(right), seen).facts["tries_left"] for _ in range(3)]
    assert left == [2, 1, 0]
    assert refusal(phone.approve, right, seen).refusal is Refusal.APPROVAL_OVER
    assert refusal(page.go).refusal is Refusal.APPROVAL_OVER
    assert len(recorded(Event.APPROVAL_REFUSED)) == 3
    assert SoftToken.objects.get().wrong == 0, "the PIN was right each time"


def test_a_wrong_pin_is_no_answer_and_counts_for_the_token_alone(page, phone):
    page.ask_app()
    found = refusal(phone.approve, page.number, pin="000000")
    assert found.refusal is Refusal.TOKEN_PIN_WRONG
    assert Approval.objects.get().tries == 0
    phone.approve(page.number)


@pytest.mark.parametrize("typed", ["", "1", "123", "１２", "1a", "-1"])
def test_what_is_no_number_is_not_counted(page, phone, typed):
    page.ask_app()
    assert refusal(phone.approve, typed).refusal is Refusal.INPUT_MALFORMED
    assert Approval.objects.get().tries == 0


def test_cancelled_the_sign_in_goes_on_another_way(env, page, phone):
    page.ask_app()
    phone.cancel()
    assert refusal(page.go).refusal is Refusal.APPROVAL_OVER
    assert page.standing().state == Approval.CANCELLED
    page.ask("sms")
    assert not Restriction.objects.exists()


def test_an_approval_is_over_after_the_firms_time(env, clock, page, phone):
    page.ask_app()
    seen, number = phone.seen(), page.number
    clock.move(env.firm.token.approval + timedelta(seconds=1))
    assert phone.waiting() == []
    assert refusal(phone.approve, number, seen).refusal is Refusal.APPROVAL_OVER
    assert refusal(page.go).refusal is Refusal.APPROVAL_OVER


def test_an_approval_that_was_given_does_not_lie_about(env, clock, page, phone):
    page.ask_app()
    phone.approve(page.number)
    clock.move(env.firm.token.approval + timedelta(seconds=1))
    assert refusal(page.go).refusal is Refusal.APPROVAL_OVER


def test_another_way_and_beginning_anew_end_it(env, page, phone):
    """COD-05: an answer counts for what the page is about, and for nothing else."""
    page.ask_app()
    seen, number = phone.seen(), page.number
    page.ask("sms")
    assert phone.waiting() == []
    assert refusal(phone.approve, number, seen).refusal is Refusal.APPROVAL_OVER
    page.ask_app()
    phone.approve(page.number)
    page.ask_app()
    assert refusal(page.go).refusal is Refusal.APPROVAL_WAITING, "what was given before is over"
    phone.approve(page.number)
    page.type()
    assert refusal(page.go).refusal is Refusal.APPROVAL_OVER


def test_at_most_so_many_in_the_window_and_codes_still_go(env, clock, ming, phone):
    """TOK-08: over all visits of the customer."""
    most = env.firm.token.approvals_max
    pages = [Page(env, ming.identifier, at=f"{n:064}").type() for n in range(most + 1)]
    for page in pages[:most]:
        page.ask_app()
        clock.move(seconds=30)
    found = refusal(pages[most].ask_app)
    window = env.firm.token.approvals_window
    assert found.refusal is Refusal.APPROVAL_LIMIT
    assert found.facts["retry_after"] == window.total_seconds() - 30 * most
    clock.move(seconds=found.facts["retry_after"])
    pages[most].type().ask_app()


def test_those_that_were_given_do_not_count(env, ming, phone):
    for n in range(env.firm.token.approvals_max + 1):
        page = Page(env, ming.identifier, at=f"{n:064}").type().ask_app()
        phone.approve(page.number)
        page.go()


def test_the_numbers_of_two_open_approvals_differ(env, ming, phone):
    env.dice.load("42", "42", "17")
    first = Page(env, ming.identifier, at="1" * 64).type().ask_app()
    second = Page(env, ming.identifier, at="2" * 64).type().ask_app()
    assert {first.number, second.number} == {"42", "17"}
    names = [one["approval"] for one in phone.waiting()]
    found = refusal(phone.approve, first.number, phone.seen(names[0]))
    assert found.refusal is Refusal.APPROVAL_NUMBER_WRONG


def test_not_me_ends_it_restricts_and_tells(env, clock, ming, phone):
    """TOK-08: this attempt, those beside it, and all that would come."""
    pages = [Page(env, ming.identifier, at=f"{n}" * 64).type() for n in (1, 2)]
    for page in pages:
        page.ask_app()
        clock.move(seconds=1)
    phone.deny()
    assert Flow.objects.filter(state="abandoned").count() == 1
    assert phone.waiting() == []
    assert refusal(pages[1].go).refusal is Refusal.SIGN_IN_OVER
    assert refusal(pages[0].go).refusal is Refusal.APPROVAL_OVER
    assert restrictions.is_restricted(ming.id)
    assert refusal(pages[0].ask_app).refusal is Refusal.APPROVALS_RESTRICTED
    said = catalogue(env.firm.identity.locale)["messages.staff-alert.approval-denied-heading"]
    assert any(said in one.text for one in received(env))
    assert recorded(Event.APPROVAL_DENIED)[0]["subject"] == ming.subject
    pages[0].ask("sms")


def restricted(env, ming, phone):
    Page(env, ming.identifier).type().ask_app()
    phone.deny()
    assert restrictions.is_restricted(ming.id)


def test_a_changed_password_lets_the_app_be_asked_again(env, ming, phone):
    restricted(env, ming, phone)
    wish = Wish(kind=PasswordKind.LOGIN, old=PASSWORD, new=NEW)
    change(env, visit(env, ming), [wish], account=None, voice=False)
    assert not restrictions.is_restricted(ming.id)
    (told,) = recorded(Event.APPROVALS_ALLOWED)
    assert told["details"] == {"why": "password"}
    Page(env, ming.identifier, at="9" * 64).type(NEW).ask_app()


def test_staff_let_the_app_be_asked_again(env, ming, phone):
    restricted(env, ming, phone)
    assert denied.allow(env, ming.id, ming.subject, case="2026-77")
    assert not denied.allow(env, ming.id, ming.subject, case="2026-77")
    assert recorded(Event.APPROVALS_ALLOWED)[0]["by"] == "branch"


def test_a_token_suspended_after_its_answer_opens_nothing(env, page, phone):
    """TOK-07: the lost phone was reported in the meantime."""
    page.ask_app()
    phone.approve(page.number)
    SoftToken.objects.update(state=SoftToken.SUSPENDED)
    assert refusal(page.go).refusal is Refusal.APPROVAL_OVER
    assert not Session.objects.exists()


class TestAtStepUp:
    """The same for an act that asks for more."""

    @pytest.fixture
    def visitor(self, env, ming):
        return visit(env, ming)

    def ask(self, env, visitor):
        flow = step_up.begin(env, visitor, "/account/devices/").id
        factor_token.ask(env, visitor, flow, AGENT)
        return flow

    def number(self, env, visitor, flow):
        return factor_token.standing(env, visitor, step_up.at_step(env, visitor, flow)).number

    def go(self, env, visitor, flow):
        def then(proved):
            return step_up.accept(env, visitor, flow, proved)

        return factor_token.go(env, visitor, flow, then)

    def test_it_leads_back_with_a_fresh_proof(self, env, clock, visitor, phone):
        clock.move(env.firm.token.delay)
        flow = self.ask(env, visitor)
        assert phone.seen()["act"] == "step-up"
        phone.approve(self.number(env, visitor, flow))
        done = self.go(env, visitor, flow)
        assert done.back == "/account/devices/"
        assert {"token", "pin"} <= set(Session.objects.get(ended_at=None).amr.split())

    def test_not_me_ends_the_session_it_was_asked_in(self, env, visitor, phone):
        """Whoever sits there has one of his sessions."""
        self.ask(env, visitor)
        phone.deny()
        assert Session.objects.get(pk=visitor.session).ended_at is not None

    @pytest.mark.usefixtures("phone")
    def test_a_new_token_answers_sign_ins_only(self, env, ming, visitor):
        """TOK-06."""
        late = asking_tokens(env, delay=timedelta(hours=12))
        flow = step_up.begin(late, visitor, "/account/").id
        why = {one.name: one.why for one in step_up.offered(late, visitor)}
        assert why["soft-token"] == "token-new"
        assert refusal(factor_token.ask, late, visitor, flow, AGENT)
        Page(late, ming.identifier).type().ask_app()

    def test_not_even_where_an_older_one_could(self, env, clock, ming, visitor, phone):
        late = asking_tokens(env, delay=timedelta(hours=12))
        SoftToken.objects.update(bound_at=clock.now() - timedelta(days=2))
        young = phone_of(late, ming)
        young.env = phone.env = late
        flow = self.ask(late, visitor)
        number = self.number(late, visitor, flow)
        assert refusal(young.approve, number).refusal is Refusal.APPROVAL_OVER
        phone.approve(number)
