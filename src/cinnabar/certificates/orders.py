"""Checking the signature under an order: integrity, signer, status at the time (SIG-02)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from cinnabar.certificates.judging import CLOCK_MAY_DIFFER
from cinnabar.certificates.queries import Known, by_serial
from cinnabar.certificates.rules import displayed_serial
from cinnabar.certificates.states import State
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.cms import SignatureBroken, read_signature


class Finding(StrEnum):
    """What is wrong with a signed order."""

    BROKEN = "broken"
    UNKNOWN = "unknown"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    ENDED = "ended"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the server saw of a signed order; without findings it is good.

    `signed_at` is the signer's own claim; `verified_at` is the server's time.
    """

    findings: tuple[Finding, ...]
    verified_at: datetime
    signer: str = ""
    masked_id: str = ""
    serial: str = ""
    state: State | None = None
    signed_at: datetime | None = None


def check_order(env: Env, visitor: Visitor, order: str, signature: bytes) -> Checked:
    """Judge the visitor's detached CAdES-BES `signature` over `order` and journal the result.

    Raises `Refused(SIGNATURE_MALFORMED)` for what is no such signature at all.
    """
    facts = read_signature(signature, order.encode())
    now = env.clock.now()
    if isinstance(facts, SignatureBroken):
        if facts.certificate_der is None:
            raise Refused(Refusal.SIGNATURE_MALFORMED)
        checked = Checked(findings=(Finding.BROKEN,), verified_at=now, signed_at=facts.signed_at)
    else:
        known = by_serial(f"{facts.serial:032x}")
        # The key decides, not the number: a certificate that somebody made up may carry any.
        if known is None or known.key_id != facts.key_id:
            checked = Checked(findings=(Finding.UNKNOWN,), verified_at=now)
        else:
            checked = _judged(env, visitor, known, facts.signed_at)
    with transaction.atomic():
        told = {"serial": checked.serial, "findings": [f.value for f in checked.findings]}
        note(env, visitor, Event.ORDER_TEST_SIGNED, told)
    return checked


def _judged(env: Env, visitor: Visitor, known: Known, signed_at: datetime) -> Checked:
    now = env.clock.now()
    if known.customer_id != visitor.customer_id:
        # Somebody else's certificate: no word about whose (PRV-01).
        return Checked(findings=(Finding.UNKNOWN,), verified_at=now, signed_at=signed_at)
    owner = customers.view(env, known.customer_id)
    return Checked(
        findings=tuple(_findings(known, signed_at, now)),
        verified_at=now,
        signer=owner.name,
        masked_id=owner.masked_identifier,
        serial=displayed_serial(known.serial),
        state=known.state,
        signed_at=signed_at,
    )


def _findings(known: Known, signed_at: datetime, now: datetime) -> list[Finding]:
    """Judge by the server's time; the signer's own clock is checked, never trusted."""
    found = []
    if known.state is not State.LIVE:
        found.append(Finding.ENDED)
    if now < known.not_before:
        found.append(Finding.NOT_YET_VALID)
    if now > known.not_after:
        found.append(Finding.EXPIRED)
    if abs(now - signed_at) > CLOCK_MAY_DIFFER:
        found.append(Finding.CLOCK)
    return found
