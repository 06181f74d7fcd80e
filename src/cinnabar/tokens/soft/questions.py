"""Approvals as they are read: by the app that may answer, by the page that shows the number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cinnabar.env import Env
from cinnabar.kernel.agents import read_agent
from cinnabar.kernel.canonical import JsonValue
from cinnabar.statements import instant, one, rows
from cinnabar.tokens.models import Approval

LIVE = """
  state = 'open' AND expires_at >= %s AND EXISTS (
    SELECT 1 FROM flows_flow f WHERE f.id = tokens_approval.flow
      AND f.state = 'open' AND f.target = 'soft-token' AND f.expires_at >= %s)
"""
"""Which can still be answered; takes the present instant twice."""

_SEAL = "approval number"

_ROWS = """
SELECT id, customer_id, flow, purpose, region, agent, asked_at, expires_at FROM tokens_approval
WHERE
"""

_WAITING = f"{_ROWS} customer_id = %s AND {LIVE} ORDER BY asked_at DESC, id"

_FOUND = f"{_ROWS} id = %s"

_NEWEST = """
SELECT id, state, number, expires_at FROM tokens_approval
WHERE customer_id = %s AND flow = %s
ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, asked_at DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An approval as its customer's app sees it; the number is not in it.

    `flow` names what it is asked for, `region` and `agent` where and with what the page was
    opened, `agent` as the browser said.
    """

    id: str
    customer_id: int
    flow: str
    purpose: str
    region: str
    agent: str
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the newest approval of a flow stands, for the page that shows its number.

    `state` is one of `Approval`'s; `number` is "" unless it is open, `left` are seconds.
    """

    state: str
    number: str = field(default="", repr=False)
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An approval as staff see it; `factors` are what the answer proved."""

    id: str
    act: str
    state: str
    factors: str
    asked_at: datetime
    answered_at: datetime | None


def shown(env: Env, question: Question) -> dict[str, JsonValue]:
    """Return what the app shows of it and its device signs, as the host knows it.

    Made anew for each answer: what was signed is compared with it, so the signature covers what
    the customer saw.
    """
    browser = read_agent(question.agent)
    return {
        "approval": question.id,
        "flow": question.flow,
        "act": question.purpose,
        "site": env.base_url,
        "asked_at": question.asked_at.isoformat(),
        "region": question.region,
        "browser": browser.browser,
        "system": browser.system,
    }


def waiting(env: Env, customer_id: int) -> tuple[Question, ...]:
    """Return what waits for the customer's answer, the newest first."""
    now = env.clock.now()
    return tuple(_question(row) for row in rows(_WAITING, customer_id, now, now))


def told(customer_id: int, most: int = 100) -> Sequence[Told]:
    """Return what a customer was asked, the newest first."""
    asked = Approval.objects.filter(customer_id=customer_id).order_by("-asked_at", "-id")
    return [
        Told(
            id=one.id,
            act=one.purpose,
            state=one.state,
            factors=one.factors,
            asked_at=one.asked_at,
            answered_at=one.answered_at,
        )
        for one in asked[:most]
    ]


def find(name: str) -> Question | None:
    """Return the approval of that name, whoever's it is and however it stands."""
    row = one(_FOUND, name)
    return None if row is None else _question(row)


def standing(env: Env, customer_id: int, flow: str) -> Standing | None:
    """Return how the newest approval of the customer's flow stands; None if there is none."""
    row = one(_NEWEST, customer_id, flow)
    if row is None:
        return None
    name, state, number, expires_at = row
    left = instant(expires_at) - env.clock.now()
    if state != Approval.OPEN:
        return Standing(state=state)
    if left < timedelta(0):
        return Standing(state=Approval.DEAD)
    return Standing(state=state, number=opened(env, name, number), left=seconds(left))


def sealed(env: Env, name: str, number: str) -> bytes:
    """Return the number of an approval as it rests."""
    return env.vault.seal(_SEAL, number.encode(), bound_to=name.encode())


def opened(env: Env, name: str, number: bytes) -> str:
    """Return the number of an approval as its page shows it."""
    return env.vault.open(_SEAL, bytes(number), bound_to=name.encode()).decode()


def seconds(left: timedelta) -> int:
    """Return whole seconds, rounded up, none below 0."""
    return max(0, -(-left // timedelta(seconds=1)))


def _question(row: tuple[Any, ...]) -> Question:
    name, customer_id, flow, purpose, region, agent, asked_at, expires_at = row
    return Question(
        id=name,
        customer_id=customer_id,
        flow=flow,
        purpose=purpose,
        region=region,
        agent=agent,
        asked_at=instant(asked_at),
        expires_at=instant(expires_at),
    )
