"""Passkeys of somebody signed in: made, named, removed (docs/flows/passkeys.md).

Each asks for a fresh second factor itself, so that no page gets round it (SES-06, TOK-05).
"""

from django.db import transaction

from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.assurance import PASSKEY, Assurance
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.login import sessions
from cinnabar.login.stages.assurance import require
from cinnabar.tokens import actions, ceremony, challenges, queries, rules, telling
from cinnabar.tokens.ceremony import Asked, Creation, Holder
from cinnabar.tokens.challenges import Bearer, Purpose
from cinnabar.tokens.queries import PasskeyView

_TRIES, _PER_DAY = "passkey-made", 50


def mine(env: Env, visitor: Visitor) -> tuple[PasskeyView, ...]:
    """Return the visitor's passkeys; raise `Refused(NOT_FOUND)` where the firm wants none."""
    _insist_wanted(env)
    return queries.mine(visitor.customer_id)


def one_of(env: Env, visitor: Visitor, passkey: str) -> PasskeyView:
    """Return one of the visitor's passkeys; raise `Refused(NOT_FOUND)`."""
    _insist_wanted(env)
    found = queries.one_of(visitor.customer_id, passkey)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def to_remove(env: Env, visitor: Visitor, passkey: str) -> PasskeyView:
    """As `one_of`, for whoever may remove it: raise `Refused(STEP_UP_NEEDED)` too."""
    found = one_of(env, visitor, passkey)
    require(env, visitor, Assurance.TWO)
    return found


def is_last(env: Env, visitor: Visitor, passkey: str) -> bool:
    """Tell whether no other passkey of the visitor opens anything."""
    return not any(one.id != passkey and not one.stopped for one in mine(env, visitor))


def begin(env: Env, visitor: Visitor) -> Asked:
    """Return what the browser is asked with to make a passkey.

    Raises `Refused`: NOT_FOUND where none is offered, STEP_UP_NEEDED, PASSKEY_LIMIT.
    """
    _insist(env, visitor)
    held = queries.credentials(visitor.customer_id, stopped=True)
    most = env.firm.login.second_factor.passkeys_max
    if len(held) >= most:
        raise Refused(Refusal.PASSKEY_LIMIT, most=most)
    who = customers.view(env, visitor.customer_id)
    holder = Holder(handle=ceremony.handle_of(env, who.subject), label=who.masked_identifier)
    return ceremony.creation(
        env,
        holder,
        challenges.make(env, _bearer(visitor)),
        known=[credential for credential, _ in held],
        firm_name=env.firm.identity.names[who.language],
    )


def register(env: Env, visitor: Visitor, made: Creation, name: str) -> str:
    """Store what the browser made; return the passkey's id.

    Raises `Refused`: NOT_FOUND, STEP_UP_NEEDED, TOO_MANY_TRIES, PASSKEY_NOT_PROVED, PASSKEY_NAME,
    PASSKEY_KNOWN, PASSKEY_LIMIT.
    """
    _insist(env, visitor)
    named = rules.tidied_name(name)
    with transaction.atomic(durable=True):
        if limits.take(env, _TRIES, str(visitor.customer_id), limit=_PER_DAY) is None:
            raise Refused(Refusal.TOO_MANY_TRIES)
    challenge = ceremony.challenge_in(made.client_data)
    if not challenges.spend(env, _bearer(visitor), challenge):
        raise Refused(Refusal.PASSKEY_NOT_PROVED)
    checked = ceremony.verify_creation(env, made, challenge)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        sessions.began(visitor.session)  # a session that has ended meanwhile binds nothing
        passkey = actions.add(env, visitor.customer_id, checked, named)
        facts: dict[str, JsonValue] = {
            "passkey": passkey,
            "verified": checked.verified,
            "can_sync": checked.can_sync,
        }
        note(env, visitor, Event.PASSKEY_REGISTERED, facts)
        telling.registered(env, visitor, passkey)
    return passkey


def rename(env: Env, visitor: Visitor, passkey: str, name: str) -> None:
    """Call a passkey something else; raise `Refused`: NOT_FOUND, PASSKEY_NAME."""
    named = rules.tidied_name(name)
    with transaction.atomic():
        lock_customer(visitor.customer_id)
        if not actions.rename(visitor.customer_id, passkey, named):
            raise Refused(Refusal.NOT_FOUND)
        note(env, visitor, Event.PASSKEY_RENAMED, {"passkey": passkey})


def remove(env: Env, visitor: Visitor, passkey: str) -> None:
    """Forget a passkey, and end the other sessions that a passkey opened.

    Raises `Refused`: STEP_UP_NEEDED, NOT_FOUND for one that is not there or not his.
    """
    require(env, visitor, Assurance.TWO)
    with transaction.atomic():
        lock_customer(visitor.customer_id)
        if not actions.remove(visitor.customer_id, passkey):
            raise Refused(Refusal.NOT_FOUND)
        ended = sessions.end_by_factor(env, visitor.customer_id, PASSKEY, but=visitor.session)
        note(env, visitor, Event.PASSKEY_REMOVED, {"passkey": passkey, "sessions": ended})
        telling.removed(env, visitor, passkey)


def _insist_wanted(env: Env) -> None:
    if not rules.wanted(env.firm):
        raise Refused(Refusal.NOT_FOUND)


def _insist(env: Env, visitor: Visitor) -> None:
    if not rules.offered(env.firm, env.base_url):
        raise Refused(Refusal.NOT_FOUND)
    require(env, visitor, Assurance.TWO)


def _bearer(visitor: Visitor) -> Bearer:
    return Bearer(purpose=Purpose.REGISTER, session=visitor.session)
