"""What may come of an approval: a small model that asks none of the product's own rules.

It knows what was pressed, and looks at the rows of flows and tokens as they stand before the
press. What an answer needs is written down here a second time, so that a rule that was weakened,
or one that refuses too much, is noticed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cinnabar.firm.token import TokenPolicy
from cinnabar.flows.models import Flow
from cinnabar.tokens.models import SoftToken

GIVEN, OVER = {"given", "used"}, "over"


@dataclass
class Asked:
    """An approval. `by` is the name of the token that gave it, `since` when it did."""

    name: str
    whose: int
    flow: str
    number: str
    at: datetime
    seen: dict[str, Any]
    state: str = "open"
    tries: int = 0
    by: str = ""
    since: datetime | None = None


@dataclass
class Model:
    """Everything that was asked, and who is asked nothing any more; customers by their ids."""

    policy: TokenPolicy
    asked: list[Asked] = field(default_factory=list)
    restricted: set[int] = field(default_factory=set)
    denials: int = 0

    def may_ask(self, flow_id: str, place: str, now: datetime) -> bool:
        """Tell whether the page at `place`, a visit or a session, may ask the app."""
        flow = open_flow(flow_id, now)
        if flow is None or flow.session != place or flow.customer_id in self.restricted:
            return False
        since = now - self.policy.approvals_window
        recent = [one for one in self._of(flow.customer_id) if one.at > since]
        counted = [one for one in recent if one.state not in GIVEN]
        able = [one for one in tokens(flow.customer_id) if self._old(one, flow, now)]
        return bool(able) and len(counted) < self.policy.approvals_max

    def was_asked(self, made: Asked) -> None:
        for one in self.asked:
            if one.flow == made.flow and one.state in {"open", "given"}:
                one.state = OVER
        self.asked.append(made)

    def waiting(self, whose: int, now: datetime) -> set[str]:
        """Return the names of what waits for a customer's answer."""
        return {one.name for one in self._of(whose) if self._waits(one, now)}

    def may_answer(self, one: Asked, key: str, now: datetime) -> bool:
        """Tell whether the token of this key may cancel it, or say that it was not he."""
        held = {token.key_id for token in tokens(one.whose)}
        return key in held and self._waits(one, now)

    def may_type(self, one: Asked, key: str, now: datetime) -> bool:
        """Tell whether a number that comes from this token with its PIN is looked at."""
        flow = open_flow(one.flow, now)
        if flow is None or not self.may_answer(one, key, now):
            return False
        return self._old(SoftToken.objects.get(key_id=key), flow, now)

    def typed(self, one: Asked, number: str, key: str, now: datetime) -> None:
        """Take note of a number that was looked at."""
        one.tries += 1
        if number == one.number:
            one.state, one.by, one.since = "given", key, now
        elif one.tries == self.policy.approval_wrong:
            one.state = OVER

    def denied(self, one: Asked) -> None:
        for each in self._of(one.whose):
            each.state = OVER if each.state in {"open", "given"} else each.state
        self.restricted.add(one.whose)
        self.denials += 1

    def may_go(self, flow_id: str, place: str, now: datetime) -> Asked | None:
        """Return the approval with which the page may go on, None if there is none."""
        flow = open_flow(flow_id, now)
        if flow is None or flow.session != place or flow.target != "soft-token":
            return None
        for one in self.asked:
            fresh = one.since is not None and now - one.since <= self.policy.approval
            if one.flow == flow_id and one.state == "given" and fresh:
                return one if one.by in {held.key_id for held in tokens(one.whose)} else None
        return None

    def _of(self, whose: int | None) -> list[Asked]:
        return [one for one in self.asked if one.whose == whose]

    def _waits(self, one: Asked, now: datetime) -> bool:
        flow = open_flow(one.flow, now)
        alive = one.state == "open" and now - one.at <= self.policy.approval
        return alive and flow is not None and flow.target == "soft-token"

    def _old(self, token: SoftToken, flow: Flow, now: datetime) -> bool:
        """Tell whether a token may answer: a new one answers sign-ins only (TOK-06)."""
        assert token.bound_at is not None
        return flow.kind == "sign-in" or token.bound_at <= now - self.policy.delay


def open_flow(flow_id: str, now: datetime) -> Flow | None:
    """Return a flow that is open still."""
    return Flow.objects.filter(pk=flow_id, state="open", expires_at__gte=now).first()


def tokens(whose: int | None) -> list[SoftToken]:
    """Return the tokens with which a customer can answer now."""
    assert whose is not None, "nobody's flow asks an app"
    return list(SoftToken.objects.filter(customer_id=whose, state="active", factor=True))
