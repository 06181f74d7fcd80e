"""Whether one certificate was signed by another's key (RFC 5280 6.1.3, a, 1 and 4)."""

from datetime import datetime

from cinnabar.pki.certificate import CertificateFacts
from cinnabar.pki.signatures import signature_holds


def is_issued_by(certificate: CertificateFacts, issuer: CertificateFacts, now: datetime) -> bool:
    """Tell whether `issuer`, in date at `now`, is named in `certificate` and signed it."""
    fields = issuer.fields
    return (
        certificate.fields.issuer == fields.subject
        and fields.not_before <= now <= fields.not_after
        and signature_holds(fields.spki, certificate.signature, certificate.tbs)
    )
