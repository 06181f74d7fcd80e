"""A call of the order line: one question, one verdict, and a change behind a right one (API-04).

The line's computer names each call, and the name is the key of everything here: the same question
of a call has the same answer and counts once, another one has none. Wrong, locked, suspended and
unknown are one answer, after the same work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from cinnabar.centre import notice, voice_holder
from cinnabar.centre.voice_holder import Holder, Whom
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refused
from cinnabar.kernel.secrets import Password
from cinnabar.limits.guard import Door
from cinnabar.passwords import judging, lock, store, voice
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.lock import Place
from cinnabar.passwords.store import StoredRow
from cinnabar.statements import instant, one, run

CHANNEL = "voice"

_LEFT_OPEN = timedelta(seconds=10)
"""When a question that got no verdict, because a process died, may be asked again."""

_CLAIM = """
INSERT INTO centre_voice_call
  (caller, call, question, asked_at, verdict, customer_id, accounts, changed)
VALUES (%s, %s, %s, %s, NULL, 0, '', '')
ON CONFLICT (caller, call) DO UPDATE SET asked_at = excluded.asked_at
WHERE centre_voice_call.question = excluded.question
  AND centre_voice_call.verdict IS NULL AND centre_voice_call.asked_at < %s
RETURNING 1
"""

_READ = """
SELECT question, verdict, customer_id, accounts, changed, asked_at FROM centre_voice_call
WHERE caller = %s AND call = %s
"""

_RELEASE = "DELETE FROM centre_voice_call WHERE caller = %s AND call = %s AND verdict IS NULL"

_SETTLE = """
UPDATE centre_voice_call SET verdict = %s, customer_id = %s, accounts = %s
WHERE caller = %s AND call = %s AND verdict IS NULL
"""

_CHANGE = """
UPDATE centre_voice_call SET changed = %s
WHERE caller = %s AND call = %s AND verdict = %s AND changed = ''
"""

_FORGET = "DELETE FROM centre_voice_call WHERE asked_at < %s"


class CallFault(StrEnum):
    """Why a call gets no answer. All say how the line's computer asked, none who anybody is."""

    USED = "call-used"
    OPEN = "call-open"
    NOT_VERIFIED = "call-not-verified"


class CallRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The call asked what it may not ask."""

    def __init__(self, fault: CallFault) -> None:
        """Name what is wrong."""
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The name a line's computer has given to a telephone call, and the line's own name."""

    caller: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    question: str
    verdict: bool | None
    customer_id: int
    accounts: frozenset[int]
    changed: str
    asked_at: datetime


def verify(env: Env, call: Call, whom: Whom, digits: Password) -> bool:
    """Tell whether `digits` are the voice password of `whom`, once in a call.

    Raises `CallRefused`: USED when the call asked something else before, OPEN while the same
    question is being answered; `Refused(BUSY)`, after which the call may ask again.
    """
    question = _mac(env, call, *whom.spelt(), digits.reveal())
    known = _claim(env, call, question)
    if known is not None:
        return known
    try:
        return _judge(env, call, voice_holder.find(env, whom), digits)
    except Refused:
        with transaction.atomic(durable=True):
            run(_RELEASE, call.caller, call.id)
        raise


def change(env: Env, call: Call, digits: Password) -> None:
    """Make `digits` the voice password of whom this call has verified, once in a call.

    Raises `CallRefused`: NOT_VERIFIED without a right verdict a short while ago, USED when the
    call has changed it to something else; `Refused`: PASSWORD_REFUSED with the rule named, BUSY.
    """
    wanted = _mac(env, call, digits.reveal())
    known = _verified(env, call)
    if known.changed:
        _expect(known.changed, wanted)
        return
    judging.insist(env, known.customer_id, PasswordKind.VOICE, digits)
    encoded = store.encode(env, known.customer_id, PasswordKind.VOICE, digits)
    with transaction.atomic():
        # The customer before the line's lock, as the page has it: no two wait for each other.
        lock_customer(known.customer_id)
        first = run(_CHANGE, wanted, call.caller, call.id, True) == 1  # noqa: FBT003 - a column's value
        if first and voice.hold_open(env, known.customer_id):
            _replace(env, call, known, encoded)
            return
        transaction.set_rollback(True)
    _expect(_verified(env, call).changed, wanted)


def forget_before(at: datetime) -> int:
    """Drop calls that began before `at`; return how many went."""
    return run(_FORGET, at)


def _claim(env: Env, call: Call, question: str) -> bool | None:
    """Take the call's one question, in a transaction of its own; the verdict if it has one."""
    now = env.clock.now()
    with transaction.atomic(durable=True):
        mine = one(_CLAIM, call.caller, call.id, question, now, now - _LEFT_OPEN)
        known = _read(call)
    if mine is not None or known is None:
        return None
    if known.question != question:
        raise CallRefused(CallFault.USED)
    if known.verdict is None:
        raise CallRefused(CallFault.OPEN)
    return known.verdict


def _judge(env: Env, call: Call, holder: Holder, digits: Password) -> bool:
    """Count first, then compare; the same statements whatever comes out (LCK-01, LCK-03)."""
    limits = voice.caps(env.firm)
    place = lock.reserve(env, holder.lock, limits)
    try:
        matches = env.hasher.matching([row.encoded for row in holder.rows], digits)
    except Refused:
        if place is Place.HELD:
            lock.leave(holder.lock)
        raise
    right = tuple(row for row, is_it in zip(holder.rows, matches, strict=True) if is_it)
    locked_now = False
    if not right or place is Place.LOCKED:
        right, locked_now = (), lock.settle_wrong(env, holder.lock, limits, place)
    elif not lock.settle_right(env, holder.lock):
        right = ()
    _settle(env, call, holder, right, locked_now=locked_now)
    return bool(right)


def _settle(
    env: Env, call: Call, holder: Holder, right: tuple[StoredRow, ...], *, locked_now: bool
) -> None:
    accounts = " ".join(str(row.account) for row in right if row.account is not None)
    event = Event.VOICE_VERIFIED if right else Event.VOICE_WRONG
    with transaction.atomic():
        run(_SETTLE, bool(right), holder.customer_id, accounts, call.caller, call.id)
        if not right:
            # The line has one address for all callers: what counts here is the firm's day.
            alarms.wrong(env, Door.VOICE, "", channel=CHANNEL)
        if locked_now:
            alarms.locked(env, Door.VOICE, channel=CHANNEL)
        record(
            env,
            Event.VOICE_LOCKED if locked_now else event,
            subject=holder.subject,
            by=call.caller,
            channel=CHANNEL,
            details={"call": call.id},
        )


def _replace(env: Env, call: Call, known: _Known, encoded: str) -> None:
    """Write the new password and what happened, in the caller's transaction."""
    subject = voice_holder.replace(env, known.customer_id, encoded, only=known.accounts)
    details = {"call": call.id, "scope": "accounts" if known.accounts else "customer"}
    record(
        env,
        Event.VOICE_CHANGED,
        subject=subject,
        by=call.caller,
        channel=CHANNEL,
        details=details,
    )
    notice.tell(env, known.customer_id, PasswordKind.VOICE.value, key=f"{call.caller}:{call.id}")


def _verified(env: Env, call: Call) -> _Known:
    known = _read(call)
    limit = env.firm.password.voice.change_within
    if known is None or not known.verdict or env.clock.now() - known.asked_at > limit:
        raise CallRefused(CallFault.NOT_VERIFIED)
    return known


def _expect(changed: str, wanted: str) -> None:
    """Pass if the call has changed it to just that; nothing at all means the line was locked."""
    if changed != wanted:
        raise CallRefused(CallFault.USED if changed else CallFault.NOT_VERIFIED)


def _read(call: Call) -> _Known | None:
    row = one(_READ, call.caller, call.id)
    if row is None:
        return None
    return _Known(
        question=row[0],
        verdict=None if row[1] is None else bool(row[1]),
        customer_id=row[2],
        accounts=frozenset(map(int, row[3].split())),
        changed=row[4],
        asked_at=instant(row[5]),
    )


def _mac(env: Env, call: Call, *parts: str) -> str:
    """Return the keyed hash by which the same question is known again; the digits are in it."""
    asked = (call.caller, call.id, *parts)
    return env.vault.mac("voice call", *(part.encode() for part in asked)).hex()
