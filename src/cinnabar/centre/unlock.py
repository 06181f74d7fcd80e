"""Lift a lock: by telephone, at the counter, or with the certificate on one's computer (G24)."""

from enum import StrEnum

from django.db import transaction

from cinnabar.centre import notice
from cinnabar.customers import queries as customers
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.actions import decide
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, of_stranger
from cinnabar.flows.visitor import Claimant, Stranger, nobody
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import guard
from cinnabar.passwords import lock
from cinnabar.passwords.lock import Lift


class By(StrEnum):
    """Who of the staff has identified the customer."""

    PHONE = "phone"
    COUNTER = "counter"


def by_staff(env: Env, customer: CustomerView, *, by: By, case: str) -> Lift:
    """Lift the lock of a customer whom staff identified; the password stays (RST-11).

    By telephone it counts as the one unlock of the lock cycle; at the counter, with identity
    card and seal, the cycle ends where the firm says that the counter helps (P120, P124, P126).
    `case` is the number of the staff's record.
    """
    index = lock.name(env, env.firm.login.identifier(customer.identifier))
    with transaction.atomic():
        anew = by is By.COUNTER and "counter" in env.firm.lock.final_remedy
        done = _anew(index) if anew else lock.lift(env, index, lock.caps(env.firm))
        if done is Lift.LIFTED:
            record(
                env,
                Event.SIGN_IN_UNLOCKED,
                subject=customer.subject,
                by="branch",
                channel="cli",
                details={"case": case, "way": by.value},
            )
            notice.tell(env, customer.id, "unlock", key=new_id(env.dice))
    return done


def on_page(env: Env, stranger: Stranger, flow_id: str) -> None:
    """Lift the lock of whoever proved a certificate in this claim; the password stays (P122, P123).

    Until that is proved the statements and the answer are the same for everybody and nobody
    (LCK-03). Raises `Refused`: FLOW_CLOSED, UNLOCK_NOT_PROVED, and to whoever proved it
    UNLOCK_NOT_NEEDED or UNLOCK_SPENT.
    """
    flow, claimant = of_stranger(env, stranger, flow_id, FlowKind.UNLOCK)
    with transaction.atomic():
        claimed = decide.claim(env, claimant or nobody(stranger), flow.id)
        if claimed is None and claimant is not None:
            raise Refused(Refusal.FLOW_CLOSED)
        _require(env, claimant or nobody(stranger), claimed or flow)
        if claimant is None:  # nobody's claim has no certificate: it was refused before this
            raise Refused(Refusal.UNLOCK_NOT_PROVED)
        _lift(env, claimant, flow)
        decide.finish_act(flow.id)


def _require(env: Env, claimant: Claimant, flow: FlowView) -> None:
    try:
        decide.require(env, claimant, flow)
    except Refused:
        raise Refused(Refusal.UNLOCK_NOT_PROVED) from None


def _lift(env: Env, claimant: Claimant, flow: FlowView) -> None:
    typed = customers.view(env, claimant.customer_id).identifier
    # Before the lock's row, as a sign-in takes them: nobody waits for each other.
    guard.fulfilled(env, claimant.address)
    done = lock.lift(env, lock.name(env, env.firm.login.identifier(typed)), lock.caps(env.firm))
    if done is not Lift.LIFTED:
        spent = done is Lift.SPENT
        raise Refused(Refusal.UNLOCK_SPENT if spent else Refusal.UNLOCK_NOT_NEEDED)
    note(env, claimant, Event.SIGN_IN_UNLOCKED, {"way": "page", "flow": flow.id})
    notice.tell(env, claimant.customer_id, "unlock", key=flow.id)


def _anew(index: str) -> Lift:
    return Lift.LIFTED if lock.end_cycle(index) else Lift.NOT_LOCKED
