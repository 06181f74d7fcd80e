"""A customer answers a notice: this was not me (RST-08, MSG-04, docs/flows/not-me.md)."""

from dataclasses import dataclass

from django.db import transaction

from cinnabar.centre.notice import PURPOSE
from cinnabar.codes import links
from cinnabar.codes.links import MailedLink
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.actions import steps
from cinnabar.flows.visitor import Stranger
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.login import devices, sessions
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind
from cinnabar.passwords import lock, voice
from cinnabar.tokens import actions as passkeys
from cinnabar.tokens.soft import actions as tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Whose sign-in is locked now."""

    customer_id: int


def report(env: Env, stranger: Stranger, typed: str) -> Report:
    """Lock, end and tell whatever the notice's secret allows; it is used up by that.

    Raises `Refused`: NOT_ME_DEAD alike for what was used, is too old or was never made;
    TOO_MANY_TRIES for an address that was wrong too often today.
    """
    guard.enter(env, Door.CLAIM, stranger.address)
    done = _act(env, stranger, typed)
    if done is None:
        with transaction.atomic():
            alarms.wrong(env, Door.CLAIM, stranger.address, channel=stranger.channel)
        raise Refused(Refusal.NOT_ME_DEAD)
    return done


def _act(env: Env, stranger: Stranger, typed: str) -> Report | None:
    """Do everything in one transaction, or nothing: half a lock would be a false comfort."""
    with transaction.atomic(durable=True):
        found = links.look(env, PURPOSE, typed)
        if found is None:
            return None
        # Before spending: two notices of one customer, answered at once, kill each other's.
        lock_customer(found.customer_id)
        link = links.spend(env, PURPOSE, typed)
        if link is None:
            return None
        who = customers.view(env, link.customer_id)
        # The guard's rows before those of locks, as at a sign-in: no two wait for each other.
        guard.leave(env, Door.CLAIM, stranger.address)
        _shut(env, who)
        _tell_staff(env, who)
        _journal(env, stranger, who, link)
    return Report(customer_id=who.id)


def _shut(env: Env, who: CustomerView) -> None:
    """Lock every way in, and end whatever is under way on any of them."""
    lock.shut(env, lock.name(env, env.firm.login.identifier(who.identifier)), lock.caps(env.firm))
    # Before the sessions: nobody may come in on a device meanwhile and stay.
    devices.end_all(env, who.id)
    sessions.end_all(env, who.id)
    steps.close_claims(who.id)
    for purpose in ("reissue", "reset"):
        links.kill(who.id, purpose)
    links.kill(who.id, PURPOSE)
    voice.suspend(env, who.id)
    passkeys.stop_all(env, who.id)
    tokens.clear_all(env, who.id, "not-me")


def _tell_staff(env: Env, who: CustomerView) -> None:
    facts = {"event": "not-me", "at": env.clock.now().isoformat(), "subject": who.subject}
    post(
        env,
        kind=Kind.STAFF_ALERT,
        customer_id=who.id,
        subject=who.subject,
        channel="email",
        to=env.firm.notify.staff_mail,
        language=env.firm.identity.locale,
        facts=facts,
        key=f"not-me:{new_id(env.dice)}",
        expires_at=None,
    )


def _journal(env: Env, stranger: Stranger, who: CustomerView, link: MailedLink) -> None:
    record(
        env,
        Event.NOTICE_DISOWNED,
        subject=who.subject,
        by=who.subject,
        channel=stranger.channel,
        details={
            "address": stranger.address,
            "change": link.flow,
            "told_at": link.asked_at.isoformat(),
        },
    )
