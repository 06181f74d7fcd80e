"""Sessions go on under a new name, or end (PWD-15, SES-01, SES-05, SES-08)."""

from dataclasses import dataclass
from enum import StrEnum

from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login.models import Session
from cinnabar.login.tokens import new_token, token_name
from cinnabar.statements import run

_GO_ON = """
INSERT INTO login_session
  (id, customer_id, subject, device_id, channel, amr, started_at, seen_at, ended_at, before_at,
   password, must_change, address, agent, proved_at)
SELECT %s, customer_id, subject, device_id, channel, {}, started_at, %s, NULL, before_at,
   {}, {}, address, agent, {}
FROM login_session WHERE id = %s
"""

_CHANGED = _GO_ON.format("amr", "%s", "%s", "proved_at")

_PROVED = _GO_ON.format("%s", "password", "must_change", "%s")

_END = "UPDATE login_session SET ended_at = %s, ended_why = %s WHERE id = %s AND ended_at IS NULL"

# The one that has just begun stays, whatever the clock says of the others.
_DISPLACE = """
UPDATE login_session SET ended_at = %s, ended_why = %s
WHERE customer_id = %s AND ended_at IS NULL AND started_at > %s AND seen_at > %s
  AND id NOT IN (
    SELECT id FROM login_session
    WHERE customer_id = %s AND ended_at IS NULL AND started_at > %s AND seen_at > %s
    ORDER BY CASE WHEN id = %s THEN 0 ELSE 1 END, started_at DESC, id LIMIT %s)
"""


class Ending(StrEnum):
    """Why a session ended. WENT_ON: it has another name since."""

    SIGNED_OUT = "signed-out"
    ELSEWHERE = "elsewhere"
    DISPLACED = "displaced"
    CHANGED = "changed"
    WENT_ON = "went-on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """How a session began: by which stored password, and whether that must be changed."""

    password: int | None
    must_change: bool


def began(session: str) -> Began:
    """Return how the session of that name began; raise `Refused(SIGNED_OUT)` for an ended one."""
    found = Session.objects.filter(pk=session, ended_at=None).first()
    if found is None:
        raise Refused(Refusal.SIGNED_OUT)
    return Began(password=found.password, must_change=found.must_change)


def end_all(env: Env, customer_id: int, *, but: str = "") -> int:
    """End, in the caller's transaction, every open session of the customer; tell how many.

    `but` names one that goes on: the session in which he made the change.
    """
    others = Session.objects.filter(customer_id=customer_id, ended_at=None).exclude(pk=but)
    return others.update(ended_at=env.clock.now(), ended_why=Ending.CHANGED)


def end_one(env: Env, customer_id: int, session: str) -> bool:
    """End, in the caller's transaction, a session of the customer's; False if it had ended."""
    mine = Session.objects.filter(pk=session, customer_id=customer_id, ended_at=None)
    return mine.update(ended_at=env.clock.now(), ended_why=Ending.CHANGED) == 1


def displace(env: Env, customer_id: int, *, begun: str) -> int:
    """End what is beyond `login.sessions_max` beside the one `begun`, the oldest first (SES-08).

    In the transaction that begins it, in which the customer's sign-ins queue for his lock's row.
    Tells how many ended.
    """
    now, policy = env.clock.now(), env.firm.login
    open_ones = (customer_id, now - policy.absolute, now - policy.idle)
    kept = (begun, policy.sessions_max)
    return run(_DISPLACE, now, Ending.DISPLACED.value, *open_ones, *open_ones, *kept)


def end_by_factor(env: Env, customer_id: int, factor: str, *, but: str) -> int:
    """End, in the caller's transaction, the customer's sessions that `factor` helped to open.

    `factor` is a name of RFC 8176, `but` the session that goes on. Tells how many have ended.
    """
    mine = Session.objects.filter(customer_id=customer_id, ended_at=None).exclude(pk=but)
    theirs = [one for one, amr in mine.values_list("pk", "amr") if factor in amr.split()]
    return mine.filter(pk__in=theirs).update(ended_at=env.clock.now(), ended_why=Ending.CHANGED)


def rotate(env: Env, visitor: Visitor, *, password: int | None, must_change: bool) -> Secret:
    """Let the session go on under a new token, in the caller's transaction (SES-01).

    Its age stays what it was, and what was begun under the old name cannot be finished. Raises
    `Refused(SIGNED_OUT)` if it has ended.
    """
    end(env, visitor, Ending.WENT_ON)
    token = new_token(env)
    run(_CHANGED, token_name(token), env.clock.now(), password, must_change, visitor.session)
    return token


def go_on_proved(env: Env, visitor: Visitor, factors: frozenset[str]) -> Secret:
    """Let the session go on under a new token, its factors joined by `factors`, proved now.

    In the caller's transaction, which holds the customer's lock: whoever ends all his sessions
    holds it too, and finds this one. Age, device and end stay. Raises `Refused(SIGNED_OUT)`.
    """
    end(env, visitor, Ending.WENT_ON)
    token, now = new_token(env), env.clock.now()
    amr = " ".join(sorted(visitor.amr | factors))
    run(_PROVED, token_name(token), amr, now, now, visitor.session)
    return token


def end(env: Env, visitor: Visitor, why: Ending) -> None:
    """End the visitor's own session; raise `Refused(SIGNED_OUT)` if it has ended.

    A conditional UPDATE: of two that end it, one goes on.
    """
    if run(_END, env.clock.now(), why.value, visitor.session) != 1:
        raise Refused(Refusal.SIGNED_OUT)
