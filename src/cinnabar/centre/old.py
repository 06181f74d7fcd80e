"""The password that somebody signed in has now, asked again before it is changed (P89, PWD-08).

A try like any other: counted and committed before it is compared (law 1).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal import alarms
from cinnabar.journal.events import Event
from cinnabar.kernel.gate import Standing
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits import actions as limits
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.login import lanes
from cinnabar.login.devices import Known
from cinnabar.passwords.actions import check
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.store import StoredRow

WITHDRAWAL_WRONG = "withdrawal-wrong"


def sign_in_password(
    env: Env, visitor: Visitor, customer: CustomerView, old: Password
) -> tuple[StoredRow, ...]:
    """Return the customer's passwords that `old` is.

    It counts towards the lock of the sign-in (P118), in the lane of the device he is signed in on:
    strangers who lock the account keep nobody from changing his password (LCK-04). Raises
    `Refused`: OLD_PASSWORD_WRONG, PASSWORD_LOCKED, BUSY.
    """
    identifier = env.firm.login.identifier(customer.identifier)
    known = lanes.known_by(visitor)
    with _guarded(env, visitor):
        checked = check(env, lanes.row_of(env, identifier, known), customer, old)
        if checked.right:
            return checked.rows
        locked = checked.locked_now or checked.was_locked
        spent = (identifier, known) if known is not None and locked else None
        _note_wrong(env, visitor, PasswordKind.LOGIN, locked_now=checked.locked_now, spent=spent)
        raise Refused(Refusal.PASSWORD_LOCKED if locked else Refusal.OLD_PASSWORD_WRONG)


def withdrawal_password(
    env: Env, visitor: Visitor, stored: Sequence[StoredRow], old: Password
) -> tuple[StoredRow, ...]:
    """Return which of `stored` `old` is.

    As many wrong ones a day as lock a sign-in; signing in again clears nothing here. Raises
    `Refused`: OLD_PASSWORD_WRONG, TOO_MANY_TRIES, BUSY.
    """
    with _guarded(env, visitor):
        _take(env, visitor)
        matching = env.hasher.matching([row.encoded for row in stored], old)
        right = tuple(row for row, same in zip(stored, matching, strict=True) if same)
        if not right:
            _note_wrong(env, visitor, PasswordKind.WITHDRAWAL, locked_now=False)
            raise Refused(Refusal.OLD_PASSWORD_WRONG)
        with transaction.atomic(durable=True):
            limits.give_one_back(env, WITHDRAWAL_WRONG, visitor.subject)
    return right


@contextmanager
def _guarded(env: Env, visitor: Visitor) -> Iterator[None]:
    """Count a wrong try for the address, its network and the firm, as at the sign-in (LCK-08).

    Whom the gate of the passwords turns away is not counted at all.
    """
    with env.hasher.enter(Standing.KNOWN):
        guard.enter(env, Door.SIGN_IN, visitor.address)
        wrong = False
        try:
            yield
        except Refused as refused:
            wrong = refused.refusal in {Refusal.OLD_PASSWORD_WRONG, Refusal.PASSWORD_LOCKED}
            raise
        finally:
            if not wrong:
                with transaction.atomic(durable=True):
                    guard.leave(env, Door.SIGN_IN, visitor.address)


def _take(env: Env, visitor: Visitor) -> None:
    with transaction.atomic(durable=True):
        taken = limits.take(env, WITHDRAWAL_WRONG, visitor.subject, limit=env.firm.login.max_wrong)
    if taken is None:
        raise Refused(Refusal.TOO_MANY_TRIES)


def _note_wrong(
    env: Env,
    visitor: Visitor,
    kind: PasswordKind,
    *,
    locked_now: bool,
    spent: tuple[Identifier, Known] | None = None,
) -> None:
    """Write it down; with `spent`, a lane that is used up, the identifier is locked."""
    with transaction.atomic():
        note(env, visitor, Event.PASSWORD_WRONG, {"kind": kind.value, "address": visitor.address})
        alarms.wrong(env, Door.SIGN_IN, visitor.address, channel=visitor.channel)
        if locked_now:
            alarms.locked(env, Door.SIGN_IN, channel=visitor.channel)
            note(env, visitor, Event.SIGN_IN_LOCKED, {"address": visitor.address})
        if spent is not None:
            lanes.close(env, *spent)
