"""Lift a lock: by telephone, at the counter, or with the certificate on one's computer (G24)."""

from enum import StrEnum

from django.db import transaction

from cinnabar.centre import notice
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.identifiers import read_identifier
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
    index = lock.name(env, read_identifier(customer.identifier))
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


def _anew(index: str) -> Lift:
    return Lift.LIFTED if lock.end_cycle(index) else Lift.NOT_LOCKED
