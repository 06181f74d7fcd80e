"""The lock on wrong tries and its cycle (LCK-01, LCK-06, LCK-07, G24).

A row counts for what was typed, known or not. `wrong` leads to a lock, `total` to the final one.
A cycle begins with the first lock: from then on a right try clears `wrong` only, and the lock
can be lifted once; a reissue or the counter ends the cycle (matrix 2.19, decision 11).
Whatever stands in the row, the same statements run, so that time tells nothing (LCK-03).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import transaction

from cinnabar.env import Env
from cinnabar.firm.model import Firm
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import one, run

_FORGET_RESERVATIONS_AFTER = timedelta(minutes=1)
"""A process that died while hashing must not hold a place for ever."""

_ROOM = "(CASE WHEN passwords_lock.reserved_at < %s THEN 0 ELSE passwords_lock.in_flight END)"

# A version before this one counts `wrong` alone, on the same rows.
_TOTAL = (
    "(CASE WHEN passwords_lock.total < passwords_lock.wrong"
    " THEN passwords_lock.wrong ELSE passwords_lock.total END)"
)

_RESERVE = f"""
INSERT INTO passwords_lock (id, wrong, total, in_flight, reserved_at) VALUES (%s, 0, 0, 1, %s)
ON CONFLICT (id) DO UPDATE
SET in_flight = {_ROOM} + 1, reserved_at = excluded.reserved_at
WHERE passwords_lock.locked_at IS NULL
  AND passwords_lock.wrong + {_ROOM} < %s AND {_TOTAL} + {_ROOM} < %s
RETURNING in_flight
"""  # noqa: S608 - constants of this module, no input

_IS_LOCKED = "SELECT locked_at IS NOT NULL FROM passwords_lock WHERE id = %s"

_LEAVE = "in_flight = CASE WHEN in_flight > 0 THEN in_flight - 1 ELSE 0 END"

_GIVE_BACK = f"UPDATE passwords_lock SET {_LEAVE} WHERE id = %s"  # noqa: S608 - no input

_SETTLE_RIGHT = f"""
UPDATE passwords_lock
SET total = CASE WHEN %s AND unlocked_at IS NULL THEN 0 ELSE {_TOTAL} END,
    wrong = CASE WHEN %s THEN 0 ELSE wrong END, {_LEAVE}
WHERE id = %s AND locked_at IS NULL
"""  # noqa: S608 - constants of this module, no input

_SETTLE_WRONG = f"""
UPDATE passwords_lock
SET wrong = wrong + %s, total = {_TOTAL} + %s,
    in_flight = CASE WHEN in_flight > 0 THEN in_flight - %s ELSE 0 END,
    locked_at = CASE WHEN locked_at IS NULL AND (wrong + %s >= %s OR {_TOTAL} + %s >= %s)
                THEN %s ELSE locked_at END
WHERE id = %s
RETURNING locked_at = %s
"""  # noqa: S608 - constants of this module, no input

_LIFT = f"""
UPDATE passwords_lock SET wrong = 0, total = {_TOTAL}, locked_at = NULL, unlocked_at = %s
WHERE id = %s AND locked_at IS NOT NULL AND unlocked_at IS NULL AND {_TOTAL} < %s
"""  # noqa: S608 - constants of this module, no input

_SHUT = f"""
INSERT INTO passwords_lock (id, wrong, total, in_flight, reserved_at, locked_at)
VALUES (%s, 0, %s, 0, %s, %s)
ON CONFLICT (id) DO UPDATE
SET locked_at = excluded.locked_at,
    total = CASE WHEN {_TOTAL} < excluded.total THEN excluded.total ELSE {_TOTAL} END
"""  # noqa: S608 - constants of this module, no input

# While it is locked a try counts nothing, and so does this.
_LOCK = f"""
INSERT INTO passwords_lock (id, wrong, total, in_flight, reserved_at, locked_at)
VALUES (%s, %s, %s, 0, %s, %s)
ON CONFLICT (id) DO UPDATE
SET wrong = passwords_lock.wrong + excluded.wrong, total = {_TOTAL} + excluded.total,
    locked_at = excluded.locked_at
WHERE passwords_lock.locked_at IS NULL
"""  # noqa: S608 - constants of this module, no input

# Writes nothing new: whoever locks the row meanwhile waits for the caller's transaction.
_HOLD_OPEN = "UPDATE passwords_lock SET in_flight = in_flight WHERE id = %s AND locked_at IS NULL"

_MAKE = """
INSERT INTO passwords_lock (id, wrong, total, in_flight, reserved_at) VALUES (%s, 0, 0, 0, %s)
ON CONFLICT (id) DO NOTHING
"""

_END = """
UPDATE passwords_lock SET wrong = 0, total = 0, locked_at = NULL, unlocked_at = NULL
WHERE id = %s AND (locked_at IS NOT NULL OR unlocked_at IS NOT NULL OR wrong > 0 OR total > 0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Wrong tries that lock, and those of one cycle that lock for good."""

    wrong: int
    total: int


class Place(StrEnum):
    """Whether a try may be evaluated: HELD means a place is its own until it is settled."""

    HELD = "held"
    LOCKED = "locked"


class Lift(StrEnum):
    """What became of lifting a lock. SPENT: used in this cycle already, or locked for good."""

    LIFTED = "lifted"
    NOT_LOCKED = "not-locked"
    SPENT = "spent"


def name(env: Env, identifier: Identifier) -> str:
    """Return the name of the row that counts for an identifier at sign-in."""
    return env.vault.index("sign-in", f"{identifier.kind}:{identifier.value}").hex()


def caps(firm: Firm) -> Caps:
    """Return the firm's caps at sign-in (P118, P125)."""
    return Caps(wrong=firm.login.max_wrong, total=firm.lock.final_wrong)


def reserve(
    env: Env, index: str, limits: Caps, *, first: Callable[[], None] | None = None
) -> Place:
    """Take one of the places that are left, in a transaction of its own.

    So a hundred parallel guesses are as many evaluated ones as may be wrong, and right tries
    lock nobody. `first` takes what else a try needs, in the same transaction; what it raises
    leaves both as they were. Raises `Refused(BUSY)` when as many are being evaluated as could
    lock; nothing is taken then.
    """
    now = env.clock.now()
    stale = now - _FORGET_RESERVATIONS_AFTER
    rooms = (stale, stale, limits.wrong, stale, limits.total)
    with transaction.atomic(durable=True):
        if first is not None:
            first()
        place = one(_RESERVE, index, now, *rooms)
        locked = one(_IS_LOCKED, index)
        if place is None and (locked is None or not locked[0]):
            raise Refused(Refusal.BUSY, retry_after=1)
    return Place.LOCKED if place is None else Place.HELD


def settle_right(env: Env, index: str) -> bool:
    """Give the place back after a right try; False if the row was locked meanwhile."""
    with transaction.atomic(durable=True):
        if settle(env, index):
            return True
        run(_GIVE_BACK, index)
    return False


def settle(env: Env, index: str) -> bool:
    """As `settle_right`, in the transaction that acts on the right try; it holds the row open.

    False if the row was locked meanwhile: the place is held still, and `leave` gives it back.
    """
    resets = env.firm.login.counter_reset_on_success
    return run(_SETTLE_RIGHT, resets, resets, index) == 1


def settle_wrong(env: Env, index: str, limits: Caps, place: Place = Place.HELD) -> bool:
    """Count a wrong try; tell whether it was the one that locked.

    A try at a lock (`place` LOCKED) counts nothing and is written by the same statement.
    """
    now, n = env.clock.now(), int(place is Place.HELD)
    with transaction.atomic(durable=True):
        row = one(_SETTLE_WRONG, n, n, n, n, limits.wrong, n, limits.total, now, index, now)
    return bool(row and row[0] and n)


def leave(index: str) -> None:
    """Give the place back untried."""
    with transaction.atomic(durable=True):
        run(_GIVE_BACK, index)


def lift(env: Env, index: str, limits: Caps) -> Lift:
    """Lift a lock in the caller's transaction, once in a cycle whoever asks (P120, P121, P124).

    Two callers cannot both lift it: the statement finds a lock and no unlock used.
    """
    lifted = run(_LIFT, env.clock.now(), index, limits.total) == 1
    locked = one(_IS_LOCKED, index)
    if lifted:
        return Lift.LIFTED
    return Lift.SPENT if locked is not None and locked[0] else Lift.NOT_LOCKED


def shut(env: Env, index: str, limits: Caps) -> None:
    """Lock for good in the caller's transaction: the customer says that it was not him.

    Neither page nor telephone lift it; only `end_cycle` does.
    """
    now = env.clock.now()
    run(_SHUT, index, limits.total, now, now)


def lock_by_lane(env: Env, index: str, limits: Caps) -> None:
    """Lock in the caller's transaction: as many tries were wrong as may be, in another row.

    A device's lane is used up (docs/flows/devices.md). They are counted here as if tried here,
    so that unlocking and the end of the cycle are what they are for everybody.
    """
    now = env.clock.now()
    run(_LOCK, index, limits.wrong, limits.wrong, now, now)


def hold_open(index: str) -> bool:
    """Tell whether the row is unlocked, and keep it so to the end of the caller's transaction."""
    return run(_HOLD_OPEN, index) == 1


def make(env: Env, index: str) -> None:
    """See to it that there is a row to hold, in the caller's transaction: no try has made it."""
    run(_MAKE, index, env.clock.now())


def end_cycle(index: str) -> bool:
    """Begin anew in the caller's transaction, after a reissue or at the counter (P126).

    Tells whether there was anything to end.
    """
    return run(_END, index) == 1
