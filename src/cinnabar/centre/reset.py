"""忘記密碼: a mail to set a password with, asked for by whoever knows an identifier (P73 to P76).

Everybody is told the same; the worker alone finds out whether there is anything to send (RST-05).
"""

from dataclasses import dataclass

from django.db import transaction

from cinnabar.centre import daily
from cinnabar.centre.models import ResetRequest
from cinnabar.centre.reset_mail import FORGOTTEN, PURPOSE, Wanted, possible, send, send_word
from cinnabar.codes import links
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.visitor import NOBODY, Stranger
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.identifiers import Identifier
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import instant, one, run

_WAIT = """
INSERT INTO centre_reset_request (who, name, customer_id, asked_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (who) DO UPDATE SET name = excluded.name, customer_id = excluded.customer_id,
  asked_at = excluded.asked_at
"""

_TAKE = """
DELETE FROM centre_reset_request WHERE who = %s AND name = %s RETURNING customer_id, asked_at
"""

_AT_ONCE = 50


def request(env: Env, stranger: Stranger, typed: str) -> None:
    """Ask for the mail; every earlier one of the customer is dead from here on.

    Customers and nobody run the same statements and get the same answer. Raises `Refused`:
    NOT_FOUND where the firm sends no such mails, IDENTIFIER_MALFORMED (arithmetic anybody can
    do), TOO_MANY_TRIES for an address or network that asked too often today, REISSUE_LIMIT.
    """
    if FORGOTTEN not in env.firm.reset.starts:
        raise Refused(Refusal.NOT_FOUND)
    identifier = env.firm.login.identifier(typed)
    alarms.claimed(env, stranger.address, channel=stranger.channel)
    customer_id = customers.named(env, identifier) or NOBODY
    who, name = counted_as(env, identifier), new_id(env.dice)
    with transaction.atomic(durable=True):
        daily.take(env, who)
        # Against the worker, which may be making the secret of an earlier request just now.
        lock_customer(customer_id)
        links.kill(customer_id, PURPOSE)
        run(_WAIT, who, name, customer_id, env.clock.now())
        record(
            env,
            Event.RESET_REQUESTED,
            subject=None,
            by="visitor",
            channel=stranger.channel,
            details={"request": name, "address": stranger.address},
        )


def counted_as(env: Env, identifier: Identifier) -> str:
    """Return the keyed hash, in hex, by which an identifier's requests are counted."""
    return env.vault.mac("reset asked", f"{identifier.kind}:{identifier.value}".encode()).hex()


def send_waiting(env: Env) -> int:
    """Send what was asked for; return how many requests were dealt with. The worker's chore.

    One that fails keeps nobody else waiting: it is raised when all others are done.
    """
    waiting = ResetRequest.objects.order_by("asked_at").values_list("who", "name", "customer_id")
    done, failed = 0, None
    for row in list(waiting[:_AT_ONCE]):
        try:
            done += _deal_with(env, _Waiting(*row))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next one has his turn
            failed = problem
    if failed is not None:
        raise failed
    return done


@dataclass(frozen=True, slots=True)
class _Waiting:
    who: str
    name: str
    customer: int


def _deal_with(env: Env, waiting: _Waiting) -> bool:
    """Take one request and act on it in one transaction; False if somebody else did."""
    with transaction.atomic(durable=True):
        # The customer before the request, as `request` has it: no two wait for each other.
        lock_customer(waiting.customer)
        row = one(_TAKE, waiting.who, waiting.name)
        if row is None:
            return False
        customer_id, asked_at = row
        if customer_id != NOBODY:
            wanted = Wanted(name=waiting.name, why=FORGOTTEN, at=instant(asked_at))
            reach = customers.reach(env, customer_id)
            answer = send if possible(env, reach) else send_word
            answer(env, customer_id, reach, wanted)
    return True
