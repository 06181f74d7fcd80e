"""The end of a reset: the customer's own password, and what falls with the one before."""

from datetime import datetime

from django.db import transaction

from cinnabar.centre import notice, scope
from cinnabar.centre.finish import hashes_of, judge, let_in_again, put_all
from cinnabar.centre.reset_mail import PURPOSE
from cinnabar.centre.reset_open import ready
from cinnabar.codes import links
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.actions import decide, steps
from cinnabar.flows.kinds import FlowKind, FlowState
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, of_stranger
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits import guard
from cinnabar.login import devices
from cinnabar.login.stages import barred

_DONE_AT = "done_at"


def finish(env: Env, stranger: Stranger, flow_id: str, password: Password) -> None:
    """Make `password` the customer's own, for everything he has.

    In the same transaction the lock's cycle begins anew, every session ends, remembered devices
    are forgotten, whatever else was begun in his name is closed, e-mail is barred from the next
    sign-in (CONFLICT-2) and a notice leaves (PWD-15, MSG-03). Nobody is signed in by it
    (RST-09). Raises `Refused`: FLOW_CLOSED, FLOW_OUT_OF_ORDER, PASSWORD_REFUSED, BUSY.
    """
    _, claimant = ready(env, stranger, flow_id)
    judge(env, claimant, password)
    hashes = hashes_of(env, claimant, password)
    with transaction.atomic(durable=True):
        lock_customer(claimant.customer_id)
        flow = _claim(env, stranger, claimant, flow_id)
        # The guard's rows before those of locks, as at a sign-in: no two wait for each other.
        guard.fulfilled(env, claimant.address)
        put_all(env, claimant, scope.WHOLE, hashes)
        let_in_again(env, claimant)
        _forget(env, claimant)
        _tell(env, claimant, flow)
        decide.finish_act(flow.id)


def finished_at(env: Env, stranger: Stranger, flow_id: str) -> datetime:
    """Return when a reset of this visit was done; raise `Refused(FLOW_CLOSED)` for others."""
    flow, _ = of_stranger(env, stranger, flow_id, FlowKind.RESET)
    if flow.state is not FlowState.DONE:
        raise Refused(Refusal.FLOW_CLOSED)
    return datetime.fromisoformat(flow.facts[_DONE_AT])


def _claim(env: Env, stranger: Stranger, claimant: Claimant, flow_id: str) -> FlowView:
    """Claim the flow for its act and re-read its proofs; it notes when that was."""
    flow, _ = of_stranger(env, stranger, flow_id, FlowKind.RESET)
    steps.add_facts(stranger, flow, {_DONE_AT: env.clock.now().isoformat()})
    claimed = decide.claim(env, claimant, flow_id)
    if claimed is None:
        raise Refused(Refusal.FLOW_CLOSED)
    decide.require(env, claimant, claimed)
    return claimed


def _forget(env: Env, claimant: Claimant) -> None:
    """End what was trusted or begun before: devices, mails, claims in other browsers."""
    devices.forget_remembered(claimant.customer_id)
    barred.bar_mail(env, claimant.customer_id)
    for purpose in (PURPOSE, "reissue"):
        links.kill(claimant.customer_id, purpose)
    steps.close_claims(claimant.customer_id)


def _tell(env: Env, claimant: Claimant, flow: FlowView) -> None:
    asked_code = "only" in flow.facts
    note(env, claimant, Event.PASSWORD_RESET, {"flow": flow.id, "with_code": asked_code})
    used = frozenset({"email", "sms"} if asked_code else {"email"})
    notice.tell(env, claimant.customer_id, "reset", key=flow.id, used=used)
