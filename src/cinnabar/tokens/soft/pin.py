"""What the host keeps of a PIN: K_otp, sealed (TOK-02). Set, changed, compared."""

import hmac
from collections.abc import Mapping

from cinnabar.env import Env
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import run
from cinnabar.tokens.soft.signed import SECRET, Signed, proof

_PURPOSE = "token pin"

_PUT = """
UPDATE tokens_softtoken SET sealed = %s, wrong = 0, failed = 0
WHERE id = %s AND state IN ('pending', 'active')
"""


def seal(env: Env, token: str, secret: bytes) -> bytes:
    """Return K_otp as it rests on the row of `token`; it opens on no other.

    Raises `Refused(INPUT_MALFORMED)` for a secret of another length.
    """
    if len(secret) != SECRET:
        raise Refused(Refusal.INPUT_MALFORMED, field="secret")
    return env.vault.seal(_PURPOSE, secret, bound_to=token.encode())


def unsealed(env: Env, token: str, sealed: bytes) -> bytes:
    """Return K_otp again."""
    return env.vault.open(_PURPOSE, sealed, bound_to=token.encode())


def put(env: Env, token: str, secret: bytes) -> None:
    """Let this PIN be the token's from now on, in the caller's transaction.

    Raises `Refused`: INPUT_MALFORMED as `seal`, TOKEN_NONE for a token that is neither pending
    nor active.
    """
    if not run(_PUT, seal(env, token, secret), token):
        raise Refused(Refusal.TOKEN_NONE)


def is_proved(secret: bytes, signed: Signed, purpose: str, data: Mapping[str, JsonValue]) -> bool:
    """Tell whether the proof in `signed` is that of the PIN behind `secret`, in constant time."""
    right = proof(secret, purpose, signed.challenge, data)
    return hmac.compare_digest(right.encode(), signed.pin.encode())
