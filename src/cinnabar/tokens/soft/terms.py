"""What a customer agrees to before biometrics: versioned, and kept by its hash (BIO-04, P225)."""

import hashlib
from dataclasses import dataclass

from cinnabar.env import Env
from cinnabar.kernel.canonical import canonical
from cinnabar.words import Words

_CLAUSES = 7
"""M-HK-BIO-1 to 7; a firm may say each in its own words (`[words]`), with a version of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The text in one language. `sha256` is over version, language and clauses, 64 hex digits."""

    version: str
    language: str
    clauses: tuple[str, ...]
    sha256: str


def terms(env: Env, language: str) -> Terms:
    """Return the terms in force in `language`, or in the firm's usual one."""
    words = Words(env.firm, language)
    version = words.say("biometrics.terms-version")
    clauses = tuple(words.say(f"biometrics.terms-{n}") for n in range(1, _CLAUSES + 1))
    whole = {"version": version, "language": words.language, "text": clauses}
    return Terms(
        version=version,
        language=words.language,
        clauses=clauses,
        sha256=hashlib.sha256(canonical(whole)).hexdigest(),
    )
