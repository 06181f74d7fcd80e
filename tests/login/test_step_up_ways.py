"""The ways to step up: a code by SMS, the trading certificate; never by e-mail."""

from dataclasses import replace

import pytest

from cinnabar.certificates.actions import exporting
from cinnabar.codes.models import Code
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.kinds import FlowState
from cinnabar.flows.models import Flow
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login.actions import resume
from cinnabar.login.models import Session
from cinnabar.login.stages import factor_certificate, step_up
from tests.support.centre import Customer
from tests.support.claims import with_certificate
from tests.support.people import PASSWORD, visit
from tests.support.second import METHODS, Visit, asking, code, other
from tests.support.signing import sign_in

HERE = "203.0.113.7"
BACK = "/certificates/export/"


def refusal(act, *args):
    with pytest.raises(Refused) as refused:
        act(*args)
    return refused.value


def accepting(env, *methods, **more):
    """Return the world under a firm that asks for no second factor at sign-in, but knows some."""
    return asking(env, when="certificate-change", methods=methods or METHODS, **more)


@pytest.fixture
def env(env):
    return accepting(env)


@pytest.fixture
def tokens(env, ming):
    return sign_in(env, ming.identifier, PASSWORD, address=HERE)


@pytest.fixture
def visitor(env, tokens):
    return resume(env, tokens.session, tokens.device, address=HERE)


@pytest.fixture
def flow(env, visitor):
    return step_up.begin(env, visitor, BACK).id


def named(env, visitor):
    return {one.name: one.why for one in step_up.offered(env, visitor)}


def test_a_code_by_sms_steps_up(env, tokens, visitor, flow):
    step_up.ask_code(env, visitor, flow, "sms")
    done = step_up.try_code(env, visitor, flow, code(env))
    found = resume(env, done.session, tokens.device, address=HERE)
    assert (found.assurance, found.amr, done.back) == (Assurance.TWO, {"pwd", "sms"}, BACK)


def test_mail_is_no_way_however_it_is_asked(env, visitor, flow):
    """CONFLICT-2, incident 15."""
    assert "email" not in named(env, visitor)
    for way in ("email", "soft-token", "passkey", "fax", "", "trading-certificate"):
        assert refusal(step_up.ask_code, env, visitor, flow, way).refusal is (
            Refusal.FACTOR_UNAVAILABLE
        )
    assert not Code.objects.exists()


def test_who_has_no_mobile_is_told_what_is_missing(env, lin):
    nobody = visit(env, lin)
    assert named(env, nobody)["sms"] == "no-sms"
    flow = step_up.begin(env, nobody, BACK).id
    assert refusal(step_up.ask_code, env, nobody, flow, "sms").refusal is (
        Refusal.FACTOR_UNAVAILABLE
    )


def test_wrong_codes_end_it_and_the_right_one_is_too_late(env, visitor, flow):
    """COD-06."""
    step_up.ask_code(env, visitor, flow, "sms")
    right = code(env)
    most = env.firm.sign_in_code.max_wrong
    said = [refusal(step_up.try_code, env, visitor, flow, other(right)) for _ in range(most)]
    assert [no.facts.get("tries_left") for no in said[:-1]] == list(range(most - 1, 0, -1))
    assert refusal(step_up.try_code, env, visitor, flow, right).refusal is (
        Refusal.SIGN_IN_CODE_CLOSED
    )
    assert Session.objects.get(ended_at=None).id == visitor.session


def test_wrong_codes_count_at_the_customer_over_all_his_sessions(env, ming):
    """AuthQuake, incident 7: another session or flow gives no more tries."""
    tight = replace(env.firm.code, max_wrong_per_day=4)
    env = replace(env, firm=replace(env.firm, code=tight))
    wrong, verdicts = 0, []
    for _ in range(3):
        here = visit(env, ming)
        flow = step_up.begin(env, here, BACK).id
        try:
            step_up.ask_code(env, here, flow, "sms")
        except Refused as refused:
            verdicts.append(refused.refusal)
            break
        right = code(env)
        for _ in range(env.firm.sign_in_code.max_wrong):
            wrong += 1
            verdicts.append(refusal(step_up.try_code, env, here, flow, other(right)).refusal)
        env.clock.move(env.firm.sign_in_code.resend_after)
    assert Refusal.CODE_DAY_LIMIT in verdicts
    assert verdicts.count(Refusal.SIGN_IN_CODE_WRONG) <= 4


def test_a_code_serves_the_flow_and_session_it_was_asked_in(env, ming, visitor, flow):
    """COD-05, incident 9."""
    step_up.ask_code(env, visitor, flow, "sms")
    right = code(env)
    elsewhere = visit(env, ming)
    assert refusal(step_up.try_code, env, elsewhere, flow, right).refusal is Refusal.FLOW_CLOSED
    theirs = step_up.begin(env, elsewhere, BACK).id
    assert refusal(step_up.try_code, env, elsewhere, theirs, right).refusal is (
        Refusal.FLOW_OUT_OF_ORDER
    )
    anew = step_up.begin(env, visitor, BACK).id
    assert refusal(step_up.try_code, env, visitor, flow, right).refusal is Refusal.FLOW_CLOSED
    assert refusal(step_up.try_code, env, visitor, anew, right).refusal is (
        Refusal.FLOW_OUT_OF_ORDER
    )


def test_a_code_for_signing_in_steps_nobody_up_and_the_other_way_round(env, ming, visitor, flow):
    """COD-05: the purpose is part of what a code is for."""
    strict = asking(env, methods=METHODS)
    at = Visit(strict, ming.identifier).type().ask("sms")
    for_sign_in = code(env)
    env.clock.move(env.firm.sign_in_code.resend_after)
    step_up.ask_code(env, visitor, flow, "sms")
    for_step_up = code(env)
    if for_sign_in != for_step_up:
        refusal(step_up.try_code, env, visitor, flow, for_sign_in)
        refusal(at.enter, for_step_up)
    step_up.try_code(env, visitor, flow, for_step_up)


def test_the_tokens_are_worth_nothing_on_another_device(env, tokens, visitor, flow):
    step_up.ask_code(env, visitor, flow, "sms")
    done = step_up.try_code(env, visitor, flow, code(env))
    assert resume(env, done.session, Secret("0" * 64), address=HERE) is None
    assert resume(env, done.session, None, address=HERE) is None


def test_the_trading_certificate_steps_up(env, ming):
    held = with_certificate(env, ming)
    tokens = sign_in(env, ming.identifier, PASSWORD, address=HERE)
    here = resume(env, tokens.session, tokens.device, address=HERE)
    assert here is not None
    flow = step_up.begin(env, here, BACK).id
    assert named(env, here)["trading-certificate"] == ""
    text = factor_certificate.challenge(env, here, flow)
    done = step_up.by_certificate(env, here, flow, (text, held.sign(env, text)))
    found = resume(env, done.session, tokens.device, address=HERE)
    assert (found.assurance, found.amr) == (Assurance.TWO, {"pwd", "swk"})


def test_another_customers_certificate_or_a_challenge_twice_steps_nobody_up(env, ming, mei):
    hers = with_certificate(env, mei)
    mine = with_certificate(env, ming)
    here = visit(env, ming)
    flow = step_up.begin(env, here, BACK).id
    text = factor_certificate.challenge(env, here, flow)
    assert step_up.by_certificate(env, here, flow, (text, hers.sign(env, text))) is None
    again = refusal(step_up.by_certificate, env, here, flow, (text, mine.sign(env, text)))
    assert again.refusal is Refusal.CHALLENGE_USED
    elsewhere = visit(env, ming)
    theirs = step_up.begin(env, elsewhere, BACK).id
    text = factor_certificate.challenge(env, elsewhere, theirs)
    carried = refusal(step_up.by_certificate, env, here, flow, (text, mine.sign(env, text)))
    assert carried.refusal is Refusal.CHALLENGE_UNKNOWN
    assert Flow.objects.get(pk=flow).state == FlowState.OPEN


def opened(env, channel):
    """Sign 王小明 in with a code by `channel` where the firm asks one; return the visitor."""
    at = Visit(env, "A123456789").type().ask(channel)
    tokens = at.enter(code(env, channel))
    return resume(env, tokens.session, tokens.device, address=at.address), tokens


@pytest.mark.parametrize("export_code", [True, False])
def test_a_session_by_mail_takes_no_backup_before_it_steps_up(env, ming, export_code):
    """CONFLICT-2, SES-06."""
    certificate = replace(env.firm.certificate, export_code=export_code, export="offered")
    env = asking(replace(env, firm=replace(env.firm, certificate=certificate)))
    by_mail, tokens = opened(env, "email")
    assert refusal(exporting.open_export, env, by_mail, "nobodys").refusal is (
        Refusal.STEP_UP_NEEDED
    )
    flow = step_up.begin(env, by_mail, BACK).id
    env.clock.move(env.firm.sign_in_code.resend_after)
    step_up.ask_code(env, by_mail, flow, "sms")
    done = step_up.try_code(env, by_mail, flow, code(env))
    sure = resume(env, done.session, tokens.device, address=HERE)
    assert refusal(exporting.open_export, env, sure, "nobodys").refusal is Refusal.CANNOT_EXPORT
    env.clock.move(env.firm.login.second_factor.fresh)
    late = resume(env, done.session, tokens.device, address=HERE)
    expected = Refusal.CANNOT_EXPORT if export_code else Refusal.STEP_UP_NEEDED
    assert refusal(exporting.open_export, env, late, "nobodys").refusal is expected


def test_a_backup_begun_while_sure_is_refused_to_a_session_that_is_not(env, ming):
    """Law 2: what decides is read again where the act is done."""
    env = asking(env, methods=METHODS)
    certificate = replace(env.firm.certificate, export="offered", export_code=False)
    env = replace(env, firm=replace(env.firm, certificate=certificate))
    at_home = Customer(env, visit(env, ming))
    at_home.apply()
    flow = at_home.ready_to_export()
    weaker = replace(at_home.visitor, amr=frozenset({"pwd", "email"}))
    assert refusal(exporting.export, env, weaker, flow).refusal is Refusal.STEP_UP_NEEDED
