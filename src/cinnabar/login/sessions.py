"""Sessions after something about the customer's secrets changed (PWD-15, SES-01)."""

from dataclasses import dataclass

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
SELECT %s, customer_id, subject, device_id, channel, amr, started_at, %s, NULL, before_at, %s, %s,
  address, agent, proved_at
FROM login_session WHERE id = %s AND ended_at IS NULL
"""


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
    return others.update(ended_at=env.clock.now())


def rotate(env: Env, visitor: Visitor, *, password: int | None, must_change: bool) -> Secret:
    """Let the session go on under a new token, in the caller's transaction (SES-01).

    Its age stays what it was, and what was begun under the old name cannot be finished. Raises
    `Refused(SIGNED_OUT)` if it has ended.
    """
    token = new_token(env)
    whose = (token_name(token), env.clock.now(), password, must_change, visitor.session)
    if run(_GO_ON, *whose) != 1:
        raise Refused(Refusal.SIGNED_OUT)
    Session.objects.filter(pk=visitor.session).update(ended_at=env.clock.now())
    return token
