"""Sign in, go on, sign out."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.identifiers import Identifier, read_identifier
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.login.models import Session
from cinnabar.login.rules import is_over
from cinnabar.login.tokens import new_token, token_name
from cinnabar.passwords import actions as passwords
from cinnabar.passwords import lock, store
from cinnabar.passwords.due import Due, due
from cinnabar.passwords.store import StoredRow
from cinnabar.statements import one, run

_SEEN_EVERY = timedelta(minutes=1)
"""How exact the idle time is; a page then rarely writes."""

_KNOWN_DEVICE = "SELECT 1 FROM login_device WHERE id = %s"

_NEW_DEVICE = "INSERT INTO login_device (id, first_seen_at) VALUES (%s, %s)"

_BEGIN = """
INSERT INTO login_session
  (id, customer_id, subject, device_id, channel, amr, started_at, seen_at, ended_at, password,
   must_change, before_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, NULL, %s, %s,
        (SELECT MAX(started_at) FROM login_session WHERE customer_id = %s))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The tokens of a new session. They are told to the browser once and rest as hashes.

    `must_change`: the session leads to the page where the password is changed, and no further.
    """

    session: Secret
    device: Secret
    must_change: bool = False


def sign_in(
    env: Env, typed: str, password: Password, *, address: str, device: Secret | None = None
) -> SignedIn:
    """Sign a customer in by identifier and password (P20).

    Raises `Refused`: IDENTIFIER_MALFORMED, SIGN_IN_FAILED (wrong, locked and unknown alike),
    TOO_MANY_TRIES for an address or network that was wrong too often today, BUSY.
    """
    identifier = read_identifier(typed)
    place = partial(guard.take, env, Door.SIGN_IN, address)
    customer, index = customers.find(env, identifier), lock.name(env, identifier)
    try:
        checked = passwords.check(env, index, customer, password, first=place)
    except Refused as refused:
        if refused.refusal is Refusal.BUSY:
            _leave(env, address)
        raise
    if customer is not None and checked.right:
        reason = due(env, checked.rows, password)
        entry = _Entry(index, checked.rows, address, reason)
        opened = _open_session(env, customer, device, entry)
        if opened is not None:
            return opened
        checked = passwords.Checked(right=False, was_locked=True)
    _note_failure(env, identifier, customer, checked, address)
    raise Refused(Refusal.SIGN_IN_FAILED)


def resume(env: Env, session: Secret, device: Secret | None, *, address: str) -> Visitor | None:
    """Return who the session belongs to, None if it is over, unknown or on another device."""
    row = Session.objects.filter(pk=token_name(session), ended_at=None).first()
    now = env.clock.now()
    if row is None or device is None or row.device_id != token_name(device):
        return None
    if is_over(env.firm.login, started_at=row.started_at, seen_at=row.seen_at, now=now):
        return None
    if now - row.seen_at >= _SEEN_EVERY:
        Session.objects.filter(pk=row.pk, ended_at=None).update(seen_at=now)
    return Visitor(
        customer_id=row.customer_id,
        subject=row.subject,
        session=row.id,
        device=row.device_id,
        amr=frozenset(row.amr.split()),
        address=address,
        channel=row.channel,
        must_change=row.must_change,
    )


def sign_out(env: Env, visitor: Visitor) -> None:
    """End the session for good, everywhere its cookie may lie (SES-03)."""
    with transaction.atomic():
        ended = Session.objects.filter(pk=visitor.session, ended_at=None)
        if ended.update(ended_at=env.clock.now()):
            note(env, visitor, Event.SIGNED_OUT, {})


def _leave(env: Env, address: str) -> None:
    """Give back the place at the guard: nothing was compared."""
    with transaction.atomic(durable=True):
        guard.leave(env, Door.SIGN_IN, address)


def _note_failure(
    env: Env,
    identifier: Identifier,
    customer: customers.CustomerView | None,
    checked: passwords.Checked,
    address: str,
) -> None:
    with transaction.atomic():
        alarms.wrong(env, Door.SIGN_IN, address, channel="web")
        if checked.locked_now:
            alarms.locked(env, Door.SIGN_IN, channel="web")
        record(
            env,
            Event.SIGN_IN_LOCKED if checked.locked_now else Event.SIGN_IN_FAILED,
            subject=customer.subject if customer else None,
            by="visitor",
            channel="web",
            details={"address": address, "kind": identifier.kind, "locked": checked.was_locked},
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    """What was right: the lock's row it was counted on, the passwords that matched, from where.

    `reason`: why the password has to be changed first, None if it need not be.
    """

    index: str
    used: tuple[StoredRow, ...]
    address: str
    reason: Due | None = None


def _open_session(
    env: Env, customer: customers.CustomerView, device: Secret | None, entry: _Entry
) -> SignedIn | None:
    """Open a session; None if sign-in was locked or the password replaced since it was compared.

    Whoever does that ends what sessions there are: none may come after him (RST-08, PWD-15).
    """
    used, reason = entry.used, entry.reason
    now, token = env.clock.now(), new_token(env)
    with transaction.atomic():
        # In the order in which a try takes them: else two of one customer wait for each other.
        guard.leave(env, Door.SIGN_IN, entry.address)
        if not (store.hold(used[0].id) and lock.hold_open(entry.index)):
            transaction.set_rollback(True)
            return None
        known = device is not None and one(_KNOWN_DEVICE, token_name(device)) is not None
        if device is None or not known:
            device = new_token(env)
            run(_NEW_DEVICE, token_name(device), now)
        whose = (token_name(token), customer.id, customer.subject, token_name(device))
        run(_BEGIN, *whose, "web", "pwd", now, now, used[0].id, bool(reason), customer.id)
        record(
            env,
            Event.SIGN_IN_SUCCEEDED,
            subject=customer.subject,
            by=customer.subject,
            channel="web",
            details={"factors": ["pwd"], "known_device": known, **_why(reason)},
        )
    return SignedIn(session=token, device=device, must_change=bool(reason))


def _why(reason: Due | None) -> dict[str, JsonValue]:
    """Return what the journal says of a password that must be changed first."""
    return {"must_change": reason.value} if reason else {}
