"""Challenges: what a device signs once, so that what it shows is its key and not a copy.

The text leaves the host; the host keeps its keyed hash. Session and subject go into the hash,
so that the text is worth nothing in any other session.
"""

from datetime import timedelta

from django.db import transaction

from cinnabar.certificates.models import Challenge
from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.statements import run

LIFE = timedelta(minutes=2)
"""Long enough for a slow phone to sign, too short to carry anywhere."""

_KEPT = timedelta(days=1)
_MADE, _TRIED = "check-challenge", "check-try"
_PER_DAY = 200

_SPEND = """
UPDATE certificates_challenge SET used_at = %s
WHERE mark = %s AND used_at IS NULL AND expires_at >= %s
"""


def make(env: Env, visitor: Visitor) -> str:
    """Return a fresh challenge for this session of this customer.

    Raises `Refused(TOO_MANY_TRIES)` beyond what any honest day needs.
    """
    text = new_id(env.dice)
    with transaction.atomic():
        _count(env, visitor, _MADE)
        Challenge.objects.create(
            mark=_mark(env, visitor, text), expires_at=env.clock.now() + LIFE, used_at=None
        )
    return text


def spend(env: Env, visitor: Visitor, text: str) -> None:
    """Use a challenge up, whatever becomes of what was signed with it (law 1).

    Raises `Refused`: CHALLENGE_UNKNOWN for one that was never made for this session of this
    customer, CHALLENGE_USED, CHALLENGE_EXPIRED, TOO_MANY_TRIES. The try is counted before that.
    """
    with transaction.atomic():
        _count(env, visitor, _TRIED)
    mark, now = _mark(env, visitor, text), env.clock.now()
    if run(_SPEND, now, mark, now) == 1:
        return
    found = Challenge.objects.filter(pk=mark).first()
    if found is None:
        raise Refused(Refusal.CHALLENGE_UNKNOWN)
    raise Refused(Refusal.CHALLENGE_USED if found.used_at else Refusal.CHALLENGE_EXPIRED)


def statement(text: str) -> bytes:
    """Return what is signed. It says itself what it is, so that it can be no order."""
    return f"cinnabar certificate check v1\nthis is not an order\n{text}\n".encode()


def forget_old(env: Env) -> int:
    """Drop challenges that ended a day ago; return how many rows went."""
    return Challenge.objects.filter(expires_at__lt=env.clock.now() - _KEPT).delete()[0]


def _count(env: Env, visitor: Visitor, what: str) -> None:
    if limits.take(env, what, str(visitor.customer_id), limit=_PER_DAY) is None:
        raise Refused(Refusal.TOO_MANY_TRIES)


def _mark(env: Env, visitor: Visitor, text: str) -> str:
    parts = (visitor.session, visitor.subject, text)
    return env.vault.mac("check challenge", *(part.encode() for part in parts)).hex()
