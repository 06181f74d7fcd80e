"""Proving once more that it is you: what it takes, and what it changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from cinnabar.flows.actions import steps
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.actions import resume, sign_out
from cinnabar.login.models import Session
from cinnabar.login.sessions import end_all
from cinnabar.login.stages import step_up
from cinnabar.login.stages.assurance import Assurance, require
from tests.support.people import PASSWORD, visit
from tests.support.second import asking
from tests.support.signing import sign_in

HERE = "203.0.113.7"
BACK = "/account/sessions/"
SMS = frozenset({"sms"})


def accept(env, visitor, flow_id, factors=SMS):
    with transaction.atomic():
        return step_up.accept(env, visitor, flow_id, factors)


def refusal(act, *args):
    with pytest.raises(Refused) as refused:
        act(*args)
    return refused.value.refusal


@pytest.fixture
def env(env):
    """A firm that asks for the password alone at sign-in."""
    return asking(env, when="certificate-change", methods=("sms",))


@pytest.fixture
def tokens(env, ming):
    return sign_in(env, ming.identifier, PASSWORD, address=HERE)


@pytest.fixture
def visitor(env, tokens):
    return resume(env, tokens.session, tokens.device, address=HERE)


def again(env, tokens, stepped):
    return resume(env, stepped.session, tokens.device, address=HERE)


def test_a_password_alone_is_not_enough_and_with_an_sms_it_is(env, tokens, visitor):
    """SES-06."""
    alone = replace(visitor, amr=frozenset({"pwd"}))
    assert refusal(require, env, alone, Assurance.TWO) is Refusal.STEP_UP_NEEDED
    stepped = accept(env, visitor, step_up.begin(env, visitor, BACK).id)
    found = again(env, tokens, stepped)
    assert (found.amr, stepped.back) == ({"pwd", "sms"}, BACK)
    require(env, found, Assurance.TWO)
    assert refusal(require, env, found, Assurance.RESISTANT) is Refusal.STEP_UP_NEEDED
    details = Entry.objects.get(event=Event.SESSION_STEPPED_UP)
    assert details.subject == visitor.subject


def test_a_proof_grows_old(env, clock, tokens, visitor):
    stepped = accept(env, visitor, step_up.begin(env, visitor, BACK).id)
    fresh = env.firm.login.second_factor.fresh
    clock.move(fresh - timedelta(seconds=1))
    require(env, again(env, tokens, stepped), Assurance.TWO)
    clock.move(seconds=1)
    late = again(env, tokens, stepped)
    assert refusal(require, env, late, Assurance.TWO) is Refusal.STEP_UP_NEEDED
    anew = accept(env, late, step_up.begin(env, late, BACK).id)
    require(env, again(env, tokens, anew), Assurance.TWO)


@pytest.mark.parametrize("factors", [set(), {"email"}, {"pwd"}, {"pwd", "email"}])
def test_mail_and_password_never_step_up(env, tokens, visitor, factors):
    """CONFLICT-2: not even a session that has two factors already becomes fresh by them."""
    flow = step_up.begin(env, visitor, BACK)
    found = refusal(accept, env, visitor, flow.id, frozenset(factors))
    assert found is Refusal.STEP_UP_NEEDED
    strong = again(env, tokens, accept(env, visitor, flow.id))
    anew = step_up.begin(env, strong, BACK)
    found = refusal(accept, env, strong, anew.id, frozenset(factors))
    assert found is Refusal.STEP_UP_NEEDED


def test_the_session_has_a_new_name_and_the_old_one_is_worth_nothing(env, clock, tokens, visitor):
    """SES-01, incident 2: whatever is known of the session before is no use after."""
    clock.move(seconds=30)
    before = Session.objects.get(pk=visitor.session)
    stepped = accept(env, visitor, step_up.begin(env, visitor, BACK).id)
    assert resume(env, tokens.session, tokens.device, address=HERE) is None
    after = Session.objects.get(ended_at=None)
    assert after.id != before.id
    kept = ("customer_id", "device_id", "started_at", "password", "must_change", "agent", "address")
    assert [getattr(after, k) for k in kept] == [getattr(before, k) for k in kept]
    assert again(env, tokens, stepped).session == after.id


def test_nobody_lives_longer_by_stepping_up(env, clock, tokens, visitor):
    """SES-02."""
    began, session = clock.now(), tokens.session
    while clock.now() + timedelta(minutes=10) < began + env.firm.login.absolute:
        clock.move(timedelta(minutes=10))
        found = resume(env, session, tokens.device, address=HERE)
        assert found is not None
        session = accept(env, found, step_up.begin(env, found, BACK).id).session
    clock.set(began + env.firm.login.absolute)
    assert resume(env, session, tokens.device, address=HERE) is None


def test_what_was_begun_before_ends_with_the_old_name(env, ming, tokens, visitor):
    flow = steps.open_flow(env, visitor, FlowKind.IMPORT, target="a")
    stepped = accept(env, visitor, step_up.begin(env, visitor, BACK).id)
    found = again(env, tokens, stepped)
    assert refusal(step_up.at_step, env, found, flow.id) is Refusal.FLOW_CLOSED
    with transaction.atomic():
        prove = (env, found, flow.id)
        assert refusal(lambda: steps.set_target(*prove, target="b", facts={})) is (
            Refusal.FLOW_CLOSED
        )


def test_a_step_up_works_once_for_its_own_session_only(env, ming, mei, visitor):
    hers, elsewhere = visit(env, mei), visit(env, ming)
    flow = step_up.begin(env, visitor, BACK)
    for foreign in (hers, elsewhere):
        assert refusal(accept, env, foreign, flow.id) is Refusal.FLOW_CLOSED
        assert refusal(step_up.at_step, env, foreign, flow.id) is Refusal.FLOW_CLOSED
    accept(env, visitor, flow.id)
    assert refusal(accept, env, visitor, flow.id) is Refusal.FLOW_CLOSED


def test_another_flow_steps_nobody_up(env, visitor):
    """Incident 15: its proofs, of whatever kind, are not those of a step-up."""
    flow = steps.open_flow(env, visitor, FlowKind.EXPORT, target="a")
    steps.prove(env, flow.id, ProofKind.FACTOR, target=visitor.session)
    assert refusal(accept, env, visitor, flow.id) is Refusal.FLOW_CLOSED


def test_who_is_signed_out_meanwhile_is_not_let_in_again(env, ming, visitor):
    flow = step_up.begin(env, visitor, BACK)
    sign_out(env, visitor)
    assert refusal(accept, env, visitor, flow.id) is Refusal.SIGNED_OUT
    other = visit(env, ming)
    late = step_up.begin(env, other, BACK)
    end_all(env, ming.id)
    assert refusal(accept, env, other, late.id) is Refusal.SIGNED_OUT
    assert not Session.objects.filter(ended_at=None).exists()
