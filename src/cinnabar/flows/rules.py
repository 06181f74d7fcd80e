"""Which proofs an act needs, and whether they are all there. Pure decisions (law 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cinnabar.firm.model import Firm
from cinnabar.flows.assurance import CERTIFICATE, Assurance
from cinnabar.flows.kinds import FlowKind, ProofKind

_BY_WAY = {
    "certificate": frozenset({ProofKind.CERTIFICATE}),
    "mailed": frozenset({ProofKind.LINK}),
}
"""The ways of a reissue, as its flow's fact `way` says, and what each must prove."""

BY_KEY = "key"
"""The way of a revocation that the key itself signs, instead of a code (P47)."""

BY_PIN, BY_BIOMETRICS = "token-pin", "token-biometrics"
"""The ways of a sign-in on a bound device, as its flow's fact `way` says (P26)."""

_BY_DEVICE = {
    BY_PIN: frozenset({ProofKind.POSSESSION, ProofKind.PIN}),
    BY_BIOMETRICS: frozenset({ProofKind.POSSESSION, ProofKind.PASSKEY}),
}
"""What each must prove: the key of the token that the flow is about, and who holds it."""

_BOTH_FACTORS = frozenset({ProofKind.PASSWORD, ProofKind.FACTOR})

_BINDING = frozenset(
    {
        ProofKind.SIGNED_IN,
        ProofKind.POSSESSION,
        ProofKind.CODE,
        ProofKind.PIN,
        ProofKind.REGISTRATION,
    }
)
"""What binds a soft token: all but the first for exactly this app's key (P210, incident 3)."""

_ALWAYS = {
    FlowKind.STEP_UP: frozenset({ProofKind.SIGNED_IN, ProofKind.FACTOR}),
    FlowKind.BIND: _BINDING,
}

_OF_THE_PERSON = frozenset(
    {
        ProofKind.SIGNED_IN,
        ProofKind.IDENTIFIED,
        ProofKind.CERTIFICATE,
        ProofKind.LINK,
        ProofKind.PASSWORD,
        ProofKind.FACTOR,
        ProofKind.PASSKEY,
    }
)
"""Proofs of who is there: they are for the session. All others are for what the act is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFact:
    """A stored proof, as the decision sees it."""

    kind: ProofKind
    target: str
    at: datetime


def code_required(
    firm: Firm, kind: FlowKind, channel: str, *, expired: bool, amr: frozenset[str]
) -> bool:
    """Tell whether this act needs a certificate code (P44-P46, CRT-09, CRT-10, SES-06).

    A renewal needs none while the old certificate is in date, unless the sign-in itself used
    the certificate and the firm wants a factor that differs from those of the sign-in.
    Reporting a loss must always work, with or without a phone at hand (REV-05, CONFLICT-13).
    """
    if kind is FlowKind.APPLY:
        return channel in firm.code.required_for_apply
    if kind is FlowKind.REVOKE:
        signed = channel == "mobile" and firm.code.mobile_delete == "key-signature"
        return signed or channel in firm.code.required_for_revoke
    if kind is FlowKind.RENEW:
        late = expired and firm.certificate.code_after_expiry
        same_factor = CERTIFICATE in amr and firm.certificate.code_after_certificate_sign_in
        return late or same_factor or channel in firm.code.required_for_renew
    if kind is FlowKind.EXPORT:
        return firm.certificate.export_code
    return False


def required_proofs(
    firm: Firm, kind: FlowKind, channel: str, *, with_code: bool, way: str = ""
) -> frozenset[ProofKind]:
    """Return the proofs that must be on record before the act.

    `way` is that of a reissue, with no known one both of their proofs are needed; or of a sign-in
    without the password: "passkey", `BY_PIN`, `BY_BIOMETRICS`; or of a revocation: `BY_KEY`.
    """
    of_the_person = _of_sign_in(firm, kind, way)
    if of_the_person is not None:
        return of_the_person
    needed = {ProofKind.SIGNED_IN}
    if kind in {FlowKind.APPLY, FlowKind.RENEW, FlowKind.IMPORT}:
        needed.add(ProofKind.POSSESSION)
    if kind is FlowKind.APPLY and channel in firm.certificate.consent_channels:
        needed.add(ProofKind.CONSENT)
    if kind is FlowKind.RENEW:
        needed.add(ProofKind.OLD_KEY)
    if kind in {FlowKind.REVOKE, FlowKind.REPORT_LOSS, FlowKind.EXPORT}:
        needed.add(ProofKind.CONFIRMATION)
    if kind is FlowKind.REVOKE and way == BY_KEY:
        needed.add(ProofKind.OLD_KEY)
    if with_code:
        needed.add(ProofKind.CODE)
    return frozenset(needed)


def _of_sign_in(firm: Firm, kind: FlowKind, way: str) -> frozenset[ProofKind] | None:
    """Return what is needed of acts about who somebody is and his passwords; None for others."""
    if kind in _ALWAYS:
        return _ALWAYS[kind]
    identified = frozenset({ProofKind.IDENTIFIED})
    if kind is FlowKind.SIGN_IN:
        return _instead_of_both(firm, way) or _BOTH_FACTORS
    if kind is FlowKind.UNLOCK:
        return identified | {ProofKind.CERTIFICATE}
    if kind is FlowKind.RESET:
        code = {ProofKind.CODE} if firm.reset.needs_second_factor else set()
        return frozenset({ProofKind.LINK}) | code
    if kind is FlowKind.REISSUE:
        both = frozenset({ProofKind.CERTIFICATE, ProofKind.LINK})
        return identified | {ProofKind.CODE} | _BY_WAY.get(way, both)
    return None


def _instead_of_both(firm: Firm, way: str) -> frozenset[ProofKind] | None:
    """Return what a sign-in without the password needs; None where the firm has no such way."""
    policy = firm.login.second_factor
    if way == "passkey" and policy.passkey_alone:
        return frozenset({ProofKind.PASSKEY})
    bound = firm.offers_token and policy.bound_device != "not-offered"
    return _BY_DEVICE.get(way) if bound else None


def required_assurance(firm: Firm, kind: FlowKind) -> Assurance:
    """Return how sure a session must be for the act (SES-06, CONFLICT-2).

    A backup is the key itself: where the firm asks two factors at sign-in, a session that was
    opened with a code by e-mail, or by the password alone, does not do.
    """
    asks = firm.login.second_factor.when == "every-sign-in"
    return Assurance.TWO if asks and kind is FlowKind.EXPORT else Assurance.SINGLE


def missing_proofs(
    required: frozenset[ProofKind], proofs: Iterable[ProofFact], *, target: str, session: str
) -> frozenset[ProofKind]:
    """Return what is required and not proved for exactly `target`, or by `session` (COD-05)."""
    proved = {
        proof.kind
        for proof in proofs
        if proof.target == (session if proof.kind in _OF_THE_PERSON else target)
    }
    return required - proved
