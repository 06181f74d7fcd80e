"""Personal data in the journal: never itself, only a commitment to it (AUD-03)."""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from cinnabar.env import Env

_SALT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """`digest` (64 hex digits) goes into an entry's details, `salt` beside the datum.

    Who has datum and salt can show what was recorded; once both are erased the digest says
    nothing about anybody, however few the possible values are.
    """

    digest: str
    salt: bytes = field(repr=False)


def commit(env: Env, text: str) -> Commitment:
    """Commit to `text` under a fresh 32-octet salt."""
    salt = env.dice.octets(_SALT)
    return Commitment(digest=_digest(salt, text), salt=salt)


def commits_to(digest: str, salt: bytes, text: str) -> bool:
    """Tell whether `digest` is the commitment to `text` under `salt`."""
    return hmac.compare_digest(digest, _digest(salt, text))


def _digest(salt: bytes, text: str) -> str:
    return hmac.new(salt, text.encode(), sha256).hexdigest()
