"""The trading certificate steps up; a backup is a matter for two factors."""

from dataclasses import replace

import pytest

from cinnabar.certificates.actions import exporting
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.kinds import FlowState
from cinnabar.flows.models import Flow
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.actions import resume
from cinnabar.login.stages import factor_certificate, step_up
from tests.support.centre import Customer
from tests.support.claims import with_certificate
from tests.support.people import PASSWORD, visit
from tests.support.second import METHODS, Visit, asking, code
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
