"""The pass code of a reset, where the firm asks one beside the mail (RST-07, P76)."""

from cinnabar.centre import reissue
from cinnabar.centre.reset_open import at_step
from cinnabar.env import Env
from cinnabar.flows.actions import code, decide, steps
from cinnabar.flows.kinds import ProofKind
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.kernel.refusal import Refusal, Refused

_TO_THE_PHONE = frozenset({"sms"})
"""Never to the mailbox, which has had its turn."""


def ask(env: Env, stranger: Stranger, flow_id: str) -> None:
    """Send a fresh code to the phone on file; the one before dies.

    Raises `Refused`: FLOW_OUT_OF_ORDER where none is asked, PASS_CODE_TOO_SOON, NO_CONTACT,
    CODE_DAY_LIMIT, CODE_DISABLED.
    """
    flow, claimant = _awaiting(env, stranger, flow_id)
    facts = {"asked_at": env.clock.now().isoformat(), "only": "sms"}
    try:
        code.ask_code(env, claimant, flow.id, only=_TO_THE_PHONE)
    except Refused as no:
        raise reissue.in_its_own_words(no) from None
    steps.set_target(env, claimant, flow.id, target=flow.target, facts=facts)


def try_code(env: Env, stranger: Stranger, flow_id: str, text: str) -> None:
    """Try a code; the right one is proved for the customer.

    Raises `Refused`: FLOW_OUT_OF_ORDER, PASS_CODE_WRONG, PASS_CODE_CLOSED, CODE_DAY_LIMIT,
    INPUT_MALFORMED for what could be no code and was not counted.
    """
    flow, claimant = _awaiting(env, stranger, flow_id)
    reissue.judged(code.try_code(env, claimant, flow.id, text))


def _awaiting(env: Env, stranger: Stranger, flow_id: str) -> tuple[FlowView, Claimant]:
    flow, claimant = at_step(env, stranger, flow_id)
    if decide.lacking(env, claimant, flow) != {ProofKind.CODE}:
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    return flow, claimant
