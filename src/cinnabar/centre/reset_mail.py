"""The mail that a password is set with: its secret, its way out, and how long it lives (G20).

Its life counts from the moment it left, which the outbox knows; the row of the secret holds the
latest end there could be, for a mail that left at the last moment it may.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cinnabar.codes import links
from cinnabar.codes.links import MailedLink
from cinnabar.customers import queries as customers
from cinnabar.customers.queries import Reach
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.secrets import Secret
from cinnabar.messages import queries as messages
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind

PURPOSE = "reset"

FORGOTTEN: Final = "forgotten-password"
NEW_ACCOUNT: Final = "new-account"
"""What a mail may be sent for, as `reset.starts` of the firm has it."""

_EVENTS = {FORGOTTEN: Event.RESET_MAILED, NEW_ACCOUNT: Event.RESET_INVITED}
_WHO = {FORGOTTEN: ("worker", "web"), NEW_ACCOUNT: ("operator", "cli")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Why a mail is to go out: `name` is the request's own, `why` one of the firm's starts."""

    name: str
    why: str
    at: datetime


def possible(env: Env, reach: Reach) -> bool:
    """Tell whether what is on file allows it: a mail, and a phone where a code is asked too."""
    return bool(reach.email) and (bool(reach.sms) or not env.firm.reset.needs_second_factor)


def send(env: Env, customer_id: int, reach: Reach, wanted: Wanted) -> None:
    """Post the mail, in the caller's transaction, under the customer's lock.

    What was mailed before is dead.
    """
    links.kill(customer_id, PURPOSE)
    secret = links.make(env, customer_id, PURPOSE, flow=wanted.name, life=2 * env.firm.link.reset)
    facts: dict[str, str | Secret] = {
        "asked_at": wanted.at.isoformat(),
        "why": wanted.why,
        "account": customers.view(env, customer_id).masked_identifier,
        "token": secret,
    }
    _post(env, customer_id, reach, Kind.RESET_LINK, facts, name=wanted.name)
    _note(env, _EVENTS[wanted.why], reach, wanted)


def send_word(env: Env, customer_id: int, reach: Reach, wanted: Wanted) -> None:
    """Say, in the caller's transaction and wherever the customer is reached, that it cannot be."""
    facts: dict[str, str | Secret] = {"asked_at": wanted.at.isoformat()}
    _post(env, customer_id, reach, Kind.RESET_IMPOSSIBLE, facts, name=wanted.name)
    _note(env, Event.RESET_NOT_POSSIBLE, reach, wanted)


def spend(env: Env, text: str) -> MailedLink | None:
    """Use the secret up, in the caller's transaction; None if it leads nowhere (any more)."""
    found = links.look(env, PURPOSE, text)
    if found is None or is_over(env, found):
        return None
    return links.spend(env, PURPOSE, text)


def is_over(env: Env, link: MailedLink) -> bool:
    """Tell whether the mail's time is over, counted from when it left (P73).

    One whose leaving has not been written down yet, though it was read, has all its time.
    """
    left_at = messages.sent_at(_key(link.flow, "email"))
    return left_at is not None and env.clock.now() >= left_at + env.firm.link.reset


def _post(
    env: Env,
    customer_id: int,
    reach: Reach,
    kind: Kind,
    facts: dict[str, str | Secret],
    *,
    name: str,
) -> None:
    channel, to = ("email", reach.email) if reach.email else ("sms", reach.sms)
    if not to:
        return
    post(
        env,
        kind=kind,
        customer_id=customer_id,
        subject=reach.subject,
        channel=channel,
        to=to,
        language=reach.language,
        facts=facts,
        key=_key(name, channel),
        expires_at=env.clock.now() + env.firm.link.reset,
    )


def _note(env: Env, event: Event, reach: Reach, wanted: Wanted) -> None:
    by, channel = _WHO[wanted.why]
    details: dict[str, JsonValue] = {"request": wanted.name}
    record(env, event, subject=reach.subject, by=by, channel=channel, details=details)


def _key(name: str, channel: str) -> str:
    return f"reset:{name}:{channel}"
