"""Sign in, go on, sign out."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.assurance import PASSWORD
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Stranger, Visitor
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.gate import Standing
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.login import devices, lanes, stolen
from cinnabar.login.devices import Known
from cinnabar.login.models import Session
from cinnabar.login.opening import Entrant, SignedIn, open_session, seen_from
from cinnabar.login.rules import asks_second, is_over
from cinnabar.login.sessions import Ending
from cinnabar.login.stages import half
from cinnabar.login.tokens import token_name
from cinnabar.passwords import actions as passwords
from cinnabar.passwords import lock
from cinnabar.passwords.due import due

_SEEN_EVERY = timedelta(minutes=1)
"""How exact the idle time is; a page then rarely writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """A right password where that is not enough: `flow` goes on in this visit (`centre.second`)."""

    flow: str


def sign_in(
    env: Env,
    stranger: Stranger,
    typed: str,
    password: Password,
    *,
    device: Secret | None = None,
    agent: str = "",
) -> SignedIn | Half:
    """Sign a customer in by identifier and password, or half, where a second factor is asked (P20).

    Raises `Refused`: IDENTIFIER_MALFORMED, SIGN_IN_FAILED (wrong, locked and unknown alike),
    TOO_MANY_TRIES for an address or network that was wrong too often today, BUSY.
    """
    identifier = env.firm.login.identifier(typed)
    place = partial(guard.take, env, Door.SIGN_IN, stranger.address)
    customer = customers.find(env, identifier)
    known = stolen.known(env, customer.id if customer else None, device, address=stranger.address)
    index = lanes.row_of(env, identifier, known)
    checked = passwords.check(
        env, index, customer, password, first=place, who=Standing.STRANGER, keeps=True
    )
    if customer is not None and checked.right:
        entrant = Entrant(
            customer=customer,
            index=index,
            password=checked.rows[0].id,
            address=stranger.address,
            amr=frozenset({PASSWORD}),
            agent=agent,
            reason=due(env, checked.rows, password),
            settles=True,
            channel=stranger.channel,
        )
        come = _come_in(env, stranger, entrant, device)
        if come is not None:
            return come
        checked, known = passwords.Checked(right=False, was_locked=True), None
    _note_failure(env, _Try(identifier, customer, known, stranger.address, agent), checked)
    raise Refused(Refusal.SIGN_IN_FAILED)


def _come_in(
    env: Env, stranger: Stranger, entrant: Entrant, device: Secret | None
) -> SignedIn | Half | None:
    """Open the session, or the flow in which the second factor is proved; None if locked since.

    The try's place at the lock is given back in the same transaction: a commit is what a sign-in
    waits for most, after Argon2.
    """
    remembered = devices.remembered(env, entrant.customer.id, device)
    stages = asks_second(env.firm) and not remembered
    with transaction.atomic(durable=True):
        # Before the password's and the lock's rows, in the order in which a try takes them.
        guard.leave(env, Door.SIGN_IN, stranger.address)
        # The password's row before the lock's, which is settled in either.
        come = _half(env, stranger, entrant) if stages else open_session(env, entrant, device)
        if come is None:
            transaction.set_rollback(True)
    if come is None:
        lock.leave(entrant.index)
    return come


def _half(env: Env, stranger: Stranger, entrant: Entrant) -> Half | None:
    # The lock's row before the flow's.
    settled = lock.settle(env, entrant.index)
    return Half(flow=half.begin(env, stranger, entrant)) if settled else None


def resume(
    env: Env, session: Secret, device: Secret | None, *, address: str, channel: str = "web"
) -> Visitor | None:
    """Return who the session belongs to; None if it is over, unknown, another device's or face's.

    `channel` is that of the face that was handed the token.
    """
    found = Session.objects.select_related("device")
    row = found.filter(pk=token_name(session), ended_at=None, channel=channel).first()
    now = env.clock.now()
    if row is None or device is None or not stolen.is_on(env, row.device, device, address=address):
        return None
    if is_over(env.firm.login, started_at=row.started_at, seen_at=row.seen_at, now=now):
        return None
    if now - row.seen_at >= _SEEN_EVERY:
        Session.objects.filter(pk=row.pk, ended_at=None).update(seen_at=now)
    return Visitor(
        customer_id=row.customer_id,
        subject=row.subject,
        session=row.id,
        device=row.device.root or row.device_id,
        amr=frozenset(row.amr.split()),
        proved_at=row.proved_at or row.started_at,
        address=address,
        channel=row.channel,
        must_change=row.must_change,
    )


def sign_out(env: Env, visitor: Visitor) -> None:
    """End the session for good, everywhere its cookie may lie (SES-03)."""
    with transaction.atomic():
        ended = Session.objects.filter(pk=visitor.session, ended_at=None)
        if ended.update(ended_at=env.clock.now(), ended_why=Ending.SIGNED_OUT):
            note(env, visitor, Event.SIGNED_OUT, {})


@dataclass(frozen=True, slots=True)
class _Try:
    """Who tried as whom, and from where; `known`: on a device with a lane of its own."""

    identifier: Identifier
    customer: customers.CustomerView | None
    known: Known | None
    address: str
    agent: str


def _note_failure(env: Env, tried: _Try, checked: passwords.Checked) -> None:
    customer = tried.customer
    with transaction.atomic():
        alarms.wrong(env, Door.SIGN_IN, tried.address, channel="web")
        if checked.locked_now:
            alarms.locked(env, Door.SIGN_IN, channel="web")
        if tried.known is not None and (checked.locked_now or checked.was_locked):
            lanes.close(env, tried.identifier, tried.known)
        record(
            env,
            Event.SIGN_IN_LOCKED if checked.locked_now else Event.SIGN_IN_FAILED,
            subject=customer.subject if customer else None,
            by="visitor",
            channel="web",
            details={
                "kind": tried.identifier.kind,
                "locked": checked.was_locked,
                "known_device": tried.known is not None,
                **seen_from(tried.address, tried.agent),
            },
        )
