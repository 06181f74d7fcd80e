"""What relying parties may know of a certificate, read from the records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cinnabar.certificates.models import Certificate, PublishedCrl
from cinnabar.certificates.states import EndReason, State
from cinnabar.pki import ocsp_answer
from cinnabar.pki.crl import Reason
from cinnabar.pki.ocsp_answer import Status

REASONS = {
    EndReason.CESSATION: Reason.CESSATION_OF_OPERATION,
    EndReason.KEY_COMPROMISE: Reason.KEY_COMPROMISE,
    EndReason.SUPERSEDED: Reason.SUPERSEDED,
}
"""The reasons of the records as RFC 5280 codes (REV-01)."""

UNKNOWN = Status(state=ocsp_answer.State.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStatus:
    """The status of a serial, the pre-signed answer if it still tells it, its CA's generation."""

    status: Status
    presigned: bytes | None
    generation: int = 0


def status_of(certificate: Certificate) -> Status:
    """Return the OCSP status of a row. What is being issued is not yet known to anybody."""
    if certificate.revoked_at is not None:
        return Status(
            state=ocsp_answer.State.REVOKED,
            revoked_at=certificate.revoked_at,
            reason=REASONS[EndReason(certificate.reason)],
        )
    if certificate.state == State.LIVE:
        return Status(state=ocsp_answer.State.GOOD)
    return UNKNOWN


def status_by_serial(serial: int, now: datetime) -> PublicStatus:
    """Return what is committed about `serial`."""
    rows = Certificate.objects.filter(serial=f"{serial:032x}").select_related("answer")
    row = rows.first()
    if row is None:
        return PublicStatus(status=UNKNOWN, presigned=None)
    answer = getattr(row, "answer", None)
    fresh = answer and answer.of_change == row.changed_at and answer.next_update > now
    presigned = bytes(answer.der) if answer and fresh else None
    return PublicStatus(status=status_of(row), presigned=presigned, generation=row.generation)


def changed_since(at: datetime) -> Sequence[int]:
    """Return the serials whose state changed at or after `at`."""
    rows = Certificate.objects.filter(changed_at__gte=at).values_list("serial", flat=True)
    return [int(serial, 16) for serial in rows]


def published() -> Mapping[str, int]:
    """Return the number of each list that is in force or was last, by its name."""
    newest = PublishedCrl.objects.filter(der__isnull=False)
    return dict(newest.values_list("name", "number"))


def published_list(name: str) -> bytes | None:
    """Return the newest list of that name, DER."""
    newest = PublishedCrl.objects.filter(name=name, der__isnull=False)
    der = newest.values_list("der", flat=True).first()
    return bytes(der) if der is not None else None
