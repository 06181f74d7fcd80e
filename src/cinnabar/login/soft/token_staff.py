"""What staff and the worker do to soft tokens (TOK-07, docs/flows/token.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cinnabar.codes import notices
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.agents import read_agent
from cinnabar.login import sessions
from cinnabar.messages.kinds import Kind
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, rows

STAFF, UNUSED = "staff", "unused"
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A token as staff see it."""

    id: str
    state: str
    why: str
    browser: str
    system: str
    bound_at: datetime | None
    used_at: datetime | None


def listed(customer_id: int) -> Sequence[Listed]:
    """Return every token the customer has or had, the newest first."""
    return [
        Listed(
            id=one.id,
            state=one.state,
            why=one.why,
            browser=(named := read_agent(one.agent)).browser,
            system=named.system,
            bound_at=one.bound_at,
            used_at=one.used_at,
        )
        for one in SoftToken.objects.filter(customer_id=customer_id).order_by("-made_at", "-id")
    ]


def suspend(env: Env, who: CustomerView, *, case: str) -> int:
    """Suspend every token of a customer who called; tell how many. `case` goes into the journal."""
    with transaction.atomic(durable=True):
        lock_customer(who.id)
        done = [one for one in rows.held(who.id) if actions.suspend(env, one.id, STAFF)]
        for one in done:
            facts = {"token": one.id, "why": STAFF, "case": case}
            record(
                env,
                Event.TOKEN_SUSPENDED,
                subject=who.subject,
                by="branch",
                channel="cli",
                details=facts,
            )
        if done:
            for factor in (assurance.TOKEN, assurance.OTP):
                sessions.end_by_factor(env, who.id, factor, but="")
            _tell(env, done[0])
    return len(done)


def lift(env: Env, who: CustomerView, *, case: str) -> int:
    """Let suspended tokens of an identified customer count again; tell how many."""
    with transaction.atomic(durable=True):
        lock_customer(who.id)
        done = [one for one in rows.held(who.id) if actions.lift(env, one.id)]
        for one in done:
            facts = {"token": one.id, "case": case}
            record(
                env,
                Event.TOKEN_LIFTED,
                subject=who.subject,
                by="branch",
                channel="cli",
                details=facts,
            )
    return len(done)


def upkeep(env: Env) -> int:
    """Suspend what was not used for so long as the firm says, give up what nobody finished.

    A batch at a time; tells how many. For the worker.
    """
    done = sum(_give_up(env, one) for one in list(rows.unfinished(env)[:_AT_ONCE]))
    if not env.firm.token.unused:
        return done
    before = env.clock.now() - env.firm.token.unused
    found = SoftToken.objects.filter(state=SoftToken.ACTIVE, factor=True, used_at__lt=before)
    return done + sum(_suspend_unused(env, one) for one in list(found[:_AT_ONCE]))


def _give_up(env: Env, one: SoftToken) -> int:
    with transaction.atomic(durable=True):
        lock_customer(one.customer_id)
        return int(rows.give_up(env, one.id))


def _suspend_unused(env: Env, one: SoftToken) -> int:
    subject = customers.reach(env, one.customer_id).subject
    with transaction.atomic(durable=True):
        lock_customer(one.customer_id)
        if not actions.suspend(env, one.id, UNUSED):
            return 0
        record(
            env,
            Event.TOKEN_SUSPENDED,
            subject=subject,
            by="worker",
            channel="worker",
            details={"token": one.id, "why": UNUSED},
        )
        _tell(env, one)
    return 1


def _tell(env: Env, one: SoftToken) -> None:
    named = read_agent(one.agent)
    facts = {
        "event": "token-lost",
        "browser": named.browser,
        "system": named.system,
        "address": "",
    }
    key = f"{one.id} {env.clock.now().isoformat()}"
    notices.tell(env, one.customer_id, Kind.ACCOUNT_NOTICE, facts, key=key)
