"""Evidence of an answer: what the device signed, in a form that anybody can check.

It is written into the approval's row in the transaction that answers it, and checked without
database, firm or clock (docs/integration/soft-token.md).
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cinnabar.kernel.canonical import JsonValue, canonical
from cinnabar.kernel.refusal import Refused
from cinnabar.tokens import ceremony
from cinnabar.tokens.ceremony import Assertion, mark_of
from cinnabar.tokens.models import Approval, Passkey
from cinnabar.tokens.soft import keys
from cinnabar.tokens.soft.signed import PIN_NONE, Signed, read, statement

FORMAT = "cinnabar approval evidence v1"

_SHOWN = ("credential", "client_data", "authenticator_data", "signature", "handle")
_APPROVE = "approve"


class EvidenceError(ValueError):
    """It does not show what it should; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Which token answered, with what it proved, and what it signed as it came.

    `seen` is the data as canonical JSON, `assertion` what biometrics showed as JSON or "".
    """

    token: str
    factors: frozenset[str]
    statement: str
    signature: bytes = field(repr=False)
    seen: str
    assertion: str = field(repr=False)

    @property
    def digest(self) -> str:
        """What the journal says of it: SHA-256 of the statement, hex."""
        return sha256(self.statement.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A signed answer whose every proof was right; `shown` where biometrics were one."""

    signed: Signed
    purpose: str
    data: Mapping[str, JsonValue]
    shown: Assertion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """What good evidence shows.

    `answer` is the purpose that was signed, `key` the device's key (SHA-256 of its SPKI, hex),
    `by` what opened it: "pin" (a proof that the host alone could compare), "biometrics", or ""
    where the key alone answers. `digest` is what the journal calls the statement, `passkey` the
    key of the biometrics, "" without.
    """

    answer: str
    key: str
    by: str
    seen: Mapping[str, JsonValue]
    digest: str
    passkey: str


def evidence(token: str, factors: frozenset[str], answer: Answer) -> Evidence:
    """Return what is kept of an answer of `token`, a SoftToken's id."""
    shown = {name: _b64(getattr(answer.shown, name)) for name in _SHOWN} if answer.shown else None
    return Evidence(
        token=token,
        factors=factors,
        statement=statement(answer.signed, answer.purpose, answer.data).decode(),
        signature=answer.signed.signature,
        seen=canonical(answer.data).decode(),
        assertion=canonical(shown).decode() if shown else "",
    )


def find(name: str) -> bytes | None:
    """Return the evidence of the approval `name`; None where nobody answered, or it was not kept.

    Answers that a version before this one took have no data and are not found.
    """
    row = Approval.objects.select_related("token", "customer").filter(pk=name).first()
    if row is None or row.token is None or row.answered_at is None or not row.seen:
        return None
    told: dict[str, JsonValue] = {
        "format": FORMAT,
        "approval": row.id,
        "customer": row.customer.subject,
        "factors": row.factors.split(),
        "answered_at": row.answered_at.isoformat(),
        "statement": row.statement,
        "signature": _b64(bytes(row.signature or b"")),
        "public_key": _b64(bytes(row.token.public_key)),
        "seen": row.seen,
        "assertion": _assertion(row),
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"


def check(text: bytes) -> Good:
    """Return what evidence shows; raise `EvidenceError` if it does not hold."""
    try:
        told = json.loads(text)
        return _good(told)
    except EvidenceError:
        raise
    except (KeyError, TypeError, AttributeError, RecursionError) as problem:
        msg = "it is not evidence, or a part of it is missing"
        raise EvidenceError(msg) from problem
    except ValueError as problem:  # neither JSON nor base64
        msg = "it is not evidence: it cannot be read"
        raise EvidenceError(msg) from problem


def _good(told: Mapping[str, Any]) -> Good:
    if told["format"] != FORMAT:
        msg = "it is not evidence of this kind"
        raise EvidenceError(msg)
    octets, public_key = str(told["statement"]).encode(), _octets(told["public_key"])
    said = read(octets)
    if said is None:
        msg = "its statement is none of a soft token"
        raise EvidenceError(msg)
    _insist(keys.signed_by(public_key, _octets(told["signature"]), octets), "the signature is not")
    _insist(said.token == sha256(public_key).hexdigest(), "the key in the statement is not")
    seen = str(told["seen"])
    _insist(said.data == sha256(seen.encode()).hexdigest(), "what is said to have been seen is not")
    data = json.loads(seen)
    _insist(data["approval"] == told["approval"], "the approval is not")
    shown = told["assertion"]
    passkey = _shown(str(data["site"]), shown, sha256(octets).digest()) if shown else ""
    by = "biometrics" if passkey else ("" if said.pin == PIN_NONE else "pin")
    _insist(bool(by) or said.purpose != _APPROVE, "what opened the token is not")
    digest = sha256(octets).hexdigest()
    return Good(
        answer=said.purpose, key=said.token, by=by, seen=data, digest=digest, passkey=passkey
    )


def _insist(right: bool, what: str) -> None:  # noqa: FBT001 - a question that was answered
    if not right:
        msg = f"{what} what the device signed"
        raise EvidenceError(msg)


def _shown(site: str, told: Mapping[str, str], challenge: bytes) -> str:
    """Return what the journal calls the key that showed it: SHA-256 of the COSE key, hex."""
    shown = Assertion(**{name: _octets(told[name]) for name in _SHOWN})
    public_key = _octets(told["public_key"])
    try:
        ceremony.verify_kept(site, shown, challenge, public_key=public_key)
    except Refused as problem:
        msg = "what biometrics showed is not over this statement"
        raise EvidenceError(msg) from problem
    return sha256(public_key).hexdigest()


def _assertion(row: Approval) -> JsonValue:
    """Return what biometrics showed, with the key that shows it; that key is never deleted."""
    if not row.assertion:
        return None
    shown: dict[str, JsonValue] = json.loads(row.assertion)
    passkey = Passkey.objects.get(mark=mark_of(_octets(str(shown["credential"]))))
    return {**shown, "public_key": _b64(bytes(passkey.public_key))}


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _octets(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
