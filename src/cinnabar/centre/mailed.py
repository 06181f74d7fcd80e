"""確定申請 without a certificate: the request, and what the worker makes of it (P131, G19, G25)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cinnabar.centre import daily, scope
from cinnabar.centre.models import MailRequest
from cinnabar.centre.offer import claimed, offered
from cinnabar.codes import links
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.customers.queries import Reach
from cinnabar.env import Env
from cinnabar.flows.actions import onward
from cinnabar.flows.visitor import NOBODY, Stranger
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.secrets import Secret
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind
from cinnabar.statements import instant, one, run

PURPOSE = "reissue"

_WAIT = """
INSERT INTO centre_mail_request (pair, flow, customer_id, account, asked_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (pair) DO UPDATE SET flow = excluded.flow, customer_id = excluded.customer_id,
  account = excluded.account, asked_at = excluded.asked_at
"""

_TAKE = """
DELETE FROM centre_mail_request WHERE pair = %s AND flow = %s
RETURNING customer_id, account, asked_at
"""

_AT_ONCE = 50


def request(env: Env, stranger: Stranger, flow_id: str, choice: str) -> None:
    """Ask for the mail, for the chosen account; the claim ends with it (P72).

    Every earlier mail of the customer is dead from here on. Customers and nobody run the same
    statements and get the same answer (RST-05). Raises `Refused`: FLOW_CLOSED,
    FLOW_OUT_OF_ORDER, INPUT_MALFORMED, REISSUE_LIMIT.
    """
    flow, customer_id = claimed(env, stranger, flow_id)
    account = offered(env, flow, customer_id).chosen(choice).account
    with transaction.atomic(durable=True):
        daily.take(env, flow.facts["pair"])
        onward.end_claim(env, stranger, flow_id)
        # Against the worker, which may be making the link of an earlier request just now.
        lock_customer(customer_id)
        links.kill(customer_id, PURPOSE)
        run(_WAIT, flow.facts["pair"], flow_id, customer_id, account, env.clock.now())
        _note(env, Event.REISSUE_REQUESTED, flow_id, subject=None, by="visitor")


def send_waiting(env: Env) -> int:
    """Send what was asked for; return how many requests were dealt with. The worker's chore.

    One that fails keeps nobody else waiting: it is raised when all others are done.
    """
    waiting = MailRequest.objects.order_by("asked_at").values_list("pair", "flow", "customer_id")
    done, failed = 0, None
    for pair, flow, customer_id in list(waiting[:_AT_ONCE]):
        try:
            done += _deal_with(env, pair, flow, customer_id)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next one has his turn
            failed = problem
    if failed is not None:
        raise failed
    return done


@dataclass(frozen=True, slots=True)
class _Asked:
    flow: str
    customer: int
    account: int
    at: datetime


def _deal_with(env: Env, pair: str, flow: str, customer_id: int) -> bool:
    """Take one request and act on it in one transaction; False if somebody else did."""
    with transaction.atomic(durable=True):
        # The customer before the request, as `request` has it: no two wait for each other.
        lock_customer(customer_id)
        row = one(_TAKE, pair, flow)
        if row is None:
            return False
        asked = _Asked(flow, row[0], row[1], instant(row[2]))
        if asked.customer != NOBODY:
            _answer(env, asked)
    return True


def _answer(env: Env, asked: _Asked) -> None:
    reach = customers.reach(env, asked.customer)
    life = asked.at + env.firm.link.reissue - env.clock.now()
    target = _target(env, asked)
    if target and reach.sms and reach.email:
        links.kill(asked.customer, PURPOSE)
        onward.aim(asked.flow, target)
        secret = links.make(env, asked.customer, PURPOSE, flow=asked.flow, life=life)
        _post(env, asked, reach, secret)
        _note(env, Event.REISSUE_MAILED, asked.flow, subject=reach.subject, by="worker")
    else:
        _post(env, asked, reach, None)
        _note(env, Event.REISSUE_NOT_POSSIBLE, asked.flow, subject=reach.subject, by="worker")


def _target(env: Env, asked: _Asked) -> str:
    """Return what the reissue is about, "" where the chosen account is none of the customer's.

    Who has one password for everything, or no account to choose, may have chosen any.
    """
    offered_now = scope.offered(env, asked.customer)
    if asked.account in {one.id for one in offered_now}:
        return scope.chosen(env, asked.customer, str(asked.account))
    one_for_all = scope.changed(env, asked.customer, f"account:{NOBODY}") == (None,)
    return scope.WHOLE if one_for_all or not offered_now else ""


def _post(env: Env, asked: _Asked, reach: Reach, secret: Secret | None) -> None:
    """Post the mail with `secret`, or without one the message that it cannot be done this way."""
    channel, to = ("email", reach.email) if reach.email else ("sms", reach.sms)
    if not to:
        return
    facts: dict[str, str | Secret] = {"asked_at": asked.at.isoformat()}
    if secret:
        facts["token"] = secret
    post(
        env,
        kind=Kind.REISSUE_LINK if secret else Kind.REISSUE_IMPOSSIBLE,
        customer_id=asked.customer,
        subject=reach.subject,
        channel=channel,
        to=to,
        language=reach.language,
        facts=facts,
        key=f"reissue:{asked.flow}",
        expires_at=asked.at + env.firm.link.reissue,
    )


def _note(env: Env, event: Event, flow: str, *, subject: str | None, by: str) -> None:
    record(
        env, event, subject=subject, by=by, channel="web", details={"way": "mailed", "flow": flow}
    )
