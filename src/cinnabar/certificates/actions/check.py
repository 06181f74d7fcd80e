"""檢查憑證: a device signs a fresh challenge, and the host says what it sees."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cinnabar.certificates import challenges, judging
from cinnabar.certificates.judging import Line, Shown
from cinnabar.certificates.queries import Known, by_serial
from cinnabar.certificates.rules import displayed_serial
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.certificate import CertificateFacts, read_certificate
from cinnabar.pki.chain import is_issued_by
from cinnabar.pki.cms import SignatureBroken, SignatureFacts, read_signature
from cinnabar.pki.keys import key_id

_NOT_YOURS = "not-yours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the host saw, line by line; `days_left` counts the firm's days, negative after."""

    lines: tuple[Line, ...]
    serial: str
    not_after: datetime
    days_left: int


def check(env: Env, visitor: Visitor, challenge: str, signature: bytes) -> Checked:
    """Judge the detached CAdES-BES `signature` over the statement of `challenge`.

    The challenge is used up first. Raises `Refused`: those of `challenges.spend`,
    SIGNATURE_MALFORMED, CERTIFICATE_NOT_YOURS for any certificate that is not exactly one which
    the host issued to this visitor, with no word about whose it is (PRV-01).
    """
    challenges.spend(env, visitor, challenge)
    facts = read_signature(signature, challenges.statement(challenge))
    if facts.certificate_der is None:
        raise Refused(Refusal.SIGNATURE_MALFORMED)
    shown = read_certificate(facts.certificate_der)
    known = known_of(visitor.customer_id, shown)
    found = judged(env, known, shown, facts, channel=visitor.channel) if known else ()
    with transaction.atomic():
        told = [line.value for line in found if line.tone is not judging.Tone.OK]
        serial = displayed_serial(known.serial) if known else ""
        findings = told if known else [_NOT_YOURS]
        note(env, visitor, Event.CERTIFICATE_CHECKED, {"serial": serial, "findings": findings})
    if known is None:
        raise Refused(Refusal.CERTIFICATE_NOT_YOURS)
    return Checked(
        lines=found,
        serial=serial,
        not_after=known.not_after,
        days_left=judging.days_left(env.firm, known.not_after, env.clock.now()),
    )


def known_of(customer_id: int | None, shown: CertificateFacts) -> Known | None:
    """Return the host's record, if what was shown is it to the last octet and the customer's."""
    known = by_serial(f"{shown.fields.serial:032x}")
    if known is None or known.customer_id != customer_id or known.der != shown.der:
        return None
    return known if known.key_id == key_id(shown.fields.spki) else None


def judged(
    env: Env,
    known: Known,
    shown: CertificateFacts,
    facts: SignatureFacts | SignatureBroken,
    *,
    channel: str,
) -> tuple[Line, ...]:
    """Say line by line what is right and wrong with a certificate that has just signed."""
    now = env.clock.now()
    seen = Shown(
        signature=isinstance(facts, SignatureFacts),
        chain=any(is_issued_by(shown, ca.issuing, now) for ca in env.signer.authorities()),
        signed_at=facts.signed_at,
    )
    return judging.lines(env.firm, known, seen, channel, now)
