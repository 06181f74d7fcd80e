"""Registration codes: made for one app's key, tried, used up (P215 to P219, TOK-04).

One code has two faces, a long one for the camera and a short one for fingers. Only keyed hashes
of both rest, and each is bound to the token: elsewhere it is no code at all (incident 3).
"""

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from cinnabar.env import Env
from cinnabar.kernel.dice import CROCKFORD
from cinnabar.kernel.secrets import Secret
from cinnabar.statements import one, run
from cinnabar.tokens.models import Registration

SIGN = "TOKEN:"
"""What the text of our QR codes begins with, so that the app tells them from any other."""

_BITS = 5
_WRONG = 5
"""The wrong try that kills a code. With 40 bits and more it is no guess, but somebody else's."""

_ALIKE = str.maketrans("OIL", "011")
"""Letters that Crockford's alphabet leaves out because they are read as digits."""

_TAKE_A_TRY = """
UPDATE tokens_registration SET tries = tries + 1
WHERE token_id = %s AND state = 'open' AND tries < %s AND expires_at > %s
RETURNING id, typed, tries
"""

_USE = """
UPDATE tokens_registration SET state = 'used'
WHERE id = %s AND state = 'open' AND expires_at > %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A fresh code, told once: `scanned` is the QR code's text, `typed` the short form."""

    scanned: Secret = field(repr=False)
    typed: Secret = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a try: the code's row if it was right, and how many tries are left."""

    right: str | None
    tries_left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A code that still counts."""

    asked_at: datetime
    expires_at: datetime


def make(env: Env, token: str) -> Made:
    """Return a fresh code for the pending token, in the caller's transaction; others die."""
    policy, now = env.firm.token, env.clock.now()
    scanned = SIGN + env.dice.text(CROCKFORD, -(-policy.qr_bits // _BITS))
    typed = env.dice.text(CROCKFORD, policy.typed_length)
    kill(token)
    made = Registration.objects.create(
        id=_mark(env, "scanned", token, scanned),
        typed=_mark(env, "typed", token, typed),
        token_id=token,
        state=Registration.OPEN,
        asked_at=now,
        expires_at=now + policy.bind,
    )
    return Made(scanned=Secret(scanned), typed=Secret(typed), expires_at=made.expires_at)


def kill(token: str) -> int:
    """End the token's open code, in the caller's transaction; tell how many there were."""
    held = Registration.objects.filter(token_id=token, state=Registration.OPEN)
    return held.update(state=Registration.DEAD)


def waiting(env: Env, token: str) -> Waiting | None:
    """Return the token's code if it still counts."""
    found = Registration.objects.filter(
        token_id=token, state=Registration.OPEN, expires_at__gt=env.clock.now()
    ).first()
    if found is None:
        return None
    return Waiting(asked_at=found.asked_at, expires_at=found.expires_at)


def attempt(env: Env, token: str, text: str) -> Tried | None:
    """Count a try of `text`, scanned or typed, then compare it; None where no code counts.

    The count is committed before anything is compared (law 1). A right one is not yet used: hand
    it to `use` in the transaction that binds.
    """
    with transaction.atomic(durable=True):
        row = one(_TAKE_A_TRY, token, _WRONG, env.clock.now())
    if row is None:
        return None
    code, typed, tries = row
    kept, shown = (
        (code, _mark(env, "scanned", token, text))
        if text.startswith(SIGN)
        else (typed, _mark(env, "typed", token, tidied(text)))
    )
    if hmac.compare_digest(kept, shown):
        return Tried(right=code, tries_left=_WRONG - tries)
    if tries >= _WRONG:
        with transaction.atomic():
            kill(token)
    return Tried(right=None, tries_left=_WRONG - tries)


def use(env: Env, code: str) -> bool:
    """Use a code up, in the caller's transaction; False if somebody was faster."""
    return run(_USE, code, env.clock.now()) == 1


def tidied(typed: str) -> str:
    """Return what a person typed as a code: no blanks and dashes, what looks alike as meant."""
    return re.sub(r"[\s-]", "", typed).upper().translate(_ALIKE)


def _mark(env: Env, way: str, token: str, text: str) -> str:
    return env.vault.mac("registration", way.encode(), token.encode(), text.encode()).hex()
