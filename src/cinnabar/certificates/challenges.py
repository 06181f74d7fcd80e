"""Challenges: what a device signs once, so that what it shows is its key and not a copy.

The text leaves the host; the host keeps its keyed hash. Session and subject go into the hash,
so that the text is worth nothing in any other session.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from cinnabar.certificates.models import Challenge
from cinnabar.env import Env
from cinnabar.flows.visitor import Stranger, Visitor
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.statements import run

LIFE = timedelta(minutes=2)
"""Long enough for a slow phone to sign, too short to carry anywhere."""

_KEPT = timedelta(days=1)
_MADE, _TRIED = "challenge", "try"
_PER_DAY = 200

_SPEND = """
UPDATE certificates_challenge SET used_at = %s
WHERE mark = %s AND used_at IS NULL AND expires_at >= %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Somebody who says in the flow `flow` who he is: the same for a customer and for nobody."""

    stranger: Stranger
    flow: str


@dataclass(frozen=True, slots=True)
class _Bearer:
    """For whom a challenge is: what goes into its hash, and who is counted, as what."""

    session: str
    subject: str
    whom: str
    counted: str


def make(env: Env, who: Visitor | Claim) -> str:
    """Return a fresh challenge for this session of this customer, or for this claim.

    Raises `Refused(TOO_MANY_TRIES)` beyond what any honest day needs.
    """
    bearer, text = _bearer(who), new_id(env.dice)
    with transaction.atomic():
        _count(env, bearer, _MADE)
        Challenge.objects.create(
            mark=_mark(env, bearer, text), expires_at=env.clock.now() + LIFE, used_at=None
        )
    return text


def spend(env: Env, who: Visitor | Claim, text: str) -> None:
    """Use a challenge up, whatever becomes of what was signed with it (law 1).

    Raises `Refused`: CHALLENGE_UNKNOWN for one that was never made for them,
    CHALLENGE_USED, CHALLENGE_EXPIRED, TOO_MANY_TRIES. The try is counted before that.
    """
    bearer = _bearer(who)
    with transaction.atomic():
        _count(env, bearer, _TRIED)
    mark, now = _mark(env, bearer, text), env.clock.now()
    if run(_SPEND, now, mark, now) == 1:
        return
    found = Challenge.objects.filter(pk=mark).first()
    if found is None:
        raise Refused(Refusal.CHALLENGE_UNKNOWN)
    raise Refused(Refusal.CHALLENGE_USED if found.used_at else Refusal.CHALLENGE_EXPIRED)


def statement(text: str) -> bytes:
    """Return what is signed. It says itself what it is, so that it can be no order."""
    return _statement("check", text)


def claim_statement(text: str) -> bytes:
    """Return what is signed to back a claim; a signature for a check does not do."""
    return _statement("claim", text)


def forget_old(env: Env) -> int:
    """Drop challenges that ended a day ago; return how many rows went."""
    return Challenge.objects.filter(expires_at__lt=env.clock.now() - _KEPT).delete()[0]


def _count(env: Env, bearer: _Bearer, what: str) -> None:
    counted = f"{bearer.counted}-{what}"
    if limits.take(env, counted, bearer.whom, limit=_PER_DAY) is None:
        raise Refused(Refusal.TOO_MANY_TRIES)


def _mark(env: Env, bearer: _Bearer, text: str) -> str:
    parts = (bearer.session, bearer.subject, text)
    purpose = f"{bearer.counted} challenge"
    return env.vault.mac(purpose, *(part.encode() for part in parts)).hex()


def _bearer(who: Visitor | Claim) -> _Bearer:
    if isinstance(who, Claim):
        return _Bearer(who.stranger.visit, who.flow, who.flow, "claim")
    return _Bearer(who.session, who.subject, str(who.customer_id), "check")


def _statement(what: str, text: str) -> bytes:
    return f"cinnabar certificate {what} v1\nthis is not an order\n{text}\n".encode()
