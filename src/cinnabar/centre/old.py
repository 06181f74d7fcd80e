"""The password that somebody signed in has now, asked again before it is changed (P89, PWD-08).

A try like any other: counted and committed before it is compared (law 1).
"""

from collections.abc import Sequence

from django.db import transaction

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.identifiers import read_identifier
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits import actions as limits
from cinnabar.passwords import lock
from cinnabar.passwords.actions import check
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.store import StoredRow

WITHDRAWAL_WRONG = "withdrawal-wrong"


def sign_in_password(
    env: Env, visitor: Visitor, customer: CustomerView, old: Password
) -> tuple[StoredRow, ...]:
    """Return the customer's passwords that `old` is.

    It counts towards the lock of the sign-in (P118). Raises `Refused`: OLD_PASSWORD_WRONG,
    PASSWORD_LOCKED, BUSY.
    """
    checked = check(env, lock.name(env, read_identifier(customer.identifier)), customer, old)
    if checked.right:
        return checked.rows
    _note_wrong(env, visitor, PasswordKind.LOGIN, locked_now=checked.locked_now)
    locked = checked.locked_now or checked.was_locked
    raise Refused(Refusal.PASSWORD_LOCKED if locked else Refusal.OLD_PASSWORD_WRONG)


def withdrawal_password(
    env: Env, visitor: Visitor, stored: Sequence[StoredRow], old: Password
) -> tuple[StoredRow, ...]:
    """Return which of `stored` `old` is.

    As many wrong ones a day as lock a sign-in; signing in again clears nothing here. Raises
    `Refused`: OLD_PASSWORD_WRONG, TOO_MANY_TRIES, BUSY.
    """
    with transaction.atomic(durable=True):
        taken = limits.take(env, WITHDRAWAL_WRONG, visitor.subject, limit=env.firm.login.max_wrong)
    if taken is None:
        raise Refused(Refusal.TOO_MANY_TRIES)
    matching = env.hasher.matching([row.encoded for row in stored], old)
    right = tuple(row for row, same in zip(stored, matching, strict=True) if same)
    if not right:
        _note_wrong(env, visitor, PasswordKind.WITHDRAWAL, locked_now=False)
        raise Refused(Refusal.OLD_PASSWORD_WRONG)
    with transaction.atomic(durable=True):
        limits.give_one_back(env, WITHDRAWAL_WRONG, visitor.subject)
    return right


def _note_wrong(env: Env, visitor: Visitor, kind: PasswordKind, *, locked_now: bool) -> None:
    with transaction.atomic():
        note(env, visitor, Event.PASSWORD_WRONG, {"kind": kind.value, "address": visitor.address})
        if locked_now:
            note(env, visitor, Event.SIGN_IN_LOCKED, {"address": visitor.address})
