"""Approvals: a page shows a number, and only the customer's own app may answer it (TOK-08).

What decides is always one conditional UPDATE. An approval hangs on its flow: once that is about
another way, or over, there is nothing left to answer, and nobody need tell the approval.
"""

from dataclasses import dataclass

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.visitor import Actor
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.masks import mask_address
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import instant, one, rows, run
from cinnabar.tokens.models import Approval
from cinnabar.tokens.soft import restrictions
from cinnabar.tokens.soft.evidence import Evidence
from cinnabar.tokens.soft.questions import LIVE, opened, sealed, seconds

METHOD = "soft-token"
"""The target of a flow that waits for an approval."""

_DIGITS = "0123456789"
_LONGEST_AGENT = 200

_RECENT = """
SELECT asked_at FROM tokens_approval
WHERE customer_id = %s AND asked_at > %s AND state NOT IN ('approved', 'used')
ORDER BY asked_at DESC
"""

_END_OLD = """
UPDATE tokens_approval SET state = 'dead', number = NULL
WHERE customer_id = %s
  AND (state IN ('open', 'approved') AND flow = %s OR state = 'open' AND expires_at < %s)
"""

_NUMBERS = "SELECT id, number FROM tokens_approval WHERE customer_id = %s AND state = 'open'"

_TRY = f"""
UPDATE tokens_approval SET tries = tries + 1
WHERE id = %s AND customer_id = %s AND tries < %s AND {LIVE}
  AND (purpose = 'sign-in' OR EXISTS (
    SELECT 1 FROM tokens_softtoken t WHERE t.id = %s AND t.bound_at <= %s))
RETURNING number, tries
"""  # noqa: S608 - our own text

_ANSWER = f"""
UPDATE tokens_approval
SET state = %s, token_id = %s, factors = %s, statement = %s, signature = %s, seen = %s,
    assertion = %s, answered_at = %s, number = NULL
WHERE id = %s AND customer_id = %s AND {LIVE}
  AND EXISTS (SELECT 1 FROM tokens_softtoken t
              WHERE t.id = %s AND t.state = 'active' AND t.factor)
RETURNING flow
"""  # noqa: S608 - likewise

_KILL = """
UPDATE tokens_approval SET state = 'dead', number = NULL
WHERE id = %s AND state = 'open' AND tries >= %s
"""

_KILL_ALL = """
UPDATE tokens_approval SET state = 'dead', number = NULL
WHERE customer_id = %s AND state IN ('open', 'approved')
"""

_USE = """
UPDATE tokens_approval SET state = 'used'
WHERE customer_id = %s AND flow = %s AND state = 'approved' AND answered_at >= %s
  AND EXISTS (SELECT 1 FROM tokens_softtoken t
              WHERE t.id = tokens_approval.token_id AND t.state = 'active' AND t.factor)
RETURNING factors
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A number was typed and counted: the right one, and how many tries are left after it."""

    right: str
    left: int


def ask(env: Env, actor: Actor, flow: str, purpose: str, agent: str) -> str:
    """Ask the customer's app whether it is he, in a transaction that holds his lock.

    An earlier approval of the flow ends. Return the approval's name. Raises `Refused`:
    APPROVALS_RESTRICTED, APPROVAL_LIMIT with the seconds to wait.
    """
    if restrictions.is_restricted(actor.customer_id):
        raise Refused(Refusal.APPROVALS_RESTRICTED)
    _require_room(env, actor.customer_id)
    now, name = env.clock.now(), new_id(env.dice)
    run(_END_OLD, actor.customer_id, flow, now)
    Approval.objects.create(
        id=name,
        customer_id=actor.customer_id,
        flow=flow,
        purpose=purpose,
        number=sealed(env, name, _other_number(env, actor.customer_id)),
        region=_region(env, actor),
        agent=agent[:_LONGEST_AGENT],
        state=Approval.OPEN,
        asked_at=now,
        expires_at=now + env.firm.token.approval,
    )
    return name


def count_try(env: Env, customer_id: int, name: str, token: str) -> Tried | None:
    """Count a number that was typed, in the caller's transaction, before it is compared (law 1).

    None if there is nothing to answer any more, not for this customer, or not for a `token` as
    new as this (TOK-06).
    """
    now, policy = env.clock.now(), env.firm.token
    most = policy.approval_wrong
    row = one(_TRY, name, customer_id, most, now, now, token, now - policy.delay)
    if row is None:
        return None
    return Tried(right=opened(env, name, row[0]), left=most - int(row[1]))


def end_if_spent(env: Env, name: str) -> None:
    """End an approval whose last try was wrong, in the caller's transaction."""
    run(_KILL, name, env.firm.token.approval_wrong)


def answer(env: Env, customer_id: int, name: str, state: str, evidence: Evidence) -> str | None:
    """Answer it once, in the caller's transaction; return its flow, None if it was too late.

    An active token that counts as a factor must have answered: it is looked at again here.
    """
    now = env.clock.now()
    signed = (evidence.statement, evidence.signature, evidence.seen, evidence.assertion)
    said = (evidence.token, " ".join(sorted(evidence.factors)), *signed, now)
    row = one(_ANSWER, state, *said, name, customer_id, now, now, evidence.token)
    return None if row is None else str(row[0])


def use(env: Env, customer_id: int, flow: str) -> frozenset[str] | None:
    """Use up the approval that was given in the flow, in the transaction that acts.

    Return what it proved (RFC 8176); None if none was given lately, or its token is not active.
    """
    row = one(_USE, customer_id, flow, env.clock.now() - env.firm.token.approval)
    return None if row is None else frozenset(str(row[0]).split())


def end_all(customer_id: int) -> None:
    """End, in the caller's transaction, whatever was asked of the customer and not used yet."""
    run(_KILL_ALL, customer_id)


def _require_room(env: Env, customer_id: int) -> None:
    policy, now = env.firm.token, env.clock.now()
    recent = [instant(at) for (at,) in rows(_RECENT, customer_id, now - policy.approvals_window)]
    if len(recent) >= policy.approvals_max:
        free_at = recent[policy.approvals_max - 1] + policy.approvals_window
        raise Refused(Refusal.APPROVAL_LIMIT, retry_after=seconds(free_at - now))


def _other_number(env: Env, customer_id: int) -> str:
    """Return a number that no open approval of the customer has: none gives another away."""
    taken = {opened(env, name, number) for name, number in rows(_NUMBERS, customer_id)}
    while True:
        number = env.dice.text(_DIGITS, env.firm.token.approval_digits)
        if number not in taken:
            return number


def _region(env: Env, actor: Actor) -> str:
    """Return where the page was opened, in the customer's language: he sees it and signs it."""
    language = customers.reach(env, actor.customer_id).language
    place = env.places.of(actor.address, language) if env.places else ""
    return " · ".join(part for part in (place, mask_address(actor.address)) if part)
