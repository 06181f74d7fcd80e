"""Challenges: what a device signs once, so that what it shows is its key and not a copy.

Nothing is kept for a challenge that was given out: it carries its own end and a keyed hash of
whom and what it is for. What is handed in leaves a row, before anything is compared (law 1).
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.db import transaction

from cinnabar.env import Env
from cinnabar.statements import run
from cinnabar.tokens.models import Spent

LIFE = timedelta(minutes=5)
"""Long enough to fetch the telephone from the next room."""

_KEPT = timedelta(days=1)
_CHANCE, _END = 16, 8
_HEAD = _CHANCE + _END
_WHOLE = _HEAD + 32

_SPEND = """
INSERT INTO tokens_spent (id, expires_at) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING
"""


class Purpose(StrEnum):
    """What a challenge is for: to make a passkey, to be a factor of a flow, to sign in alone.

    BIOMETRICS: to make the passkey that is a soft token's biometrics, after its PIN.
    TOKEN: for a soft token's device, which names in what it signs what it is for.
    """

    REGISTER = "register"
    BIOMETRICS = "biometrics"
    FACTOR = "factor"
    SIGN_IN = "sign-in"
    TOKEN = "token"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whom a challenge is for: a session or visit, and the flow where there is one."""

    purpose: Purpose
    session: str
    flow: str = ""


def make(env: Env, bearer: Bearer) -> bytes:
    """Return a fresh challenge (WebAuthn L3, 13.4.3: at least 16 octets of chance)."""
    until = int((env.clock.now() + LIFE).timestamp())
    head = env.dice.octets(_CHANCE) + until.to_bytes(_END, "big")
    return head + _mark(env, bearer, head)


def spend(env: Env, bearer: Bearer, challenge: bytes) -> bool:
    """Use a challenge up, in a transaction of its own, whatever becomes of what was signed.

    False for one that was never made for them, is too old, or was used before.
    """
    head, mark = challenge[:_HEAD], challenge[_HEAD:]
    if len(challenge) != _WHOLE or not hmac.compare_digest(mark, _mark(env, bearer, head)):
        return False
    until = datetime.fromtimestamp(int.from_bytes(head[_CHANCE:], "big"), UTC)
    if until < env.clock.now():
        return False
    with transaction.atomic(durable=True):
        return run(_SPEND, mark.hex(), until) == 1


def forget_old(env: Env) -> int:
    """Drop challenges that ended a day ago; return how many rows went."""
    return Spent.objects.filter(expires_at__lt=env.clock.now() - _KEPT).delete()[0]


def _mark(env: Env, bearer: Bearer, head: bytes) -> bytes:
    parts = (bearer.purpose, bearer.session, bearer.flow)
    return env.vault.mac("passkey challenge", head, *(part.encode() for part in parts))
