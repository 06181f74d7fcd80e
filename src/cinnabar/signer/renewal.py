"""The CA's own certificates renew by themselves: OCSP signer and mail signer keep their keys.

An expired system certificate takes a whole CA down years after anybody thought of it, so the
signer looks at start and then now and again, and makes a new one when a third of its life is
left. Answers signed before stay right: the key and its hash do not change.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.firm.model import Firm
from cinnabar.kernel.clock import Clock
from cinnabar.kernel.dice import Dice
from cinnabar.pki.keys import spki_of
from cinnabar.signer.ca_certificates import (
    SERVICE_LIFE,
    Draft,
    Issuer,
    mail_certificate,
    ocsp_certificate,
)
from cinnabar.signer.ceremony import replace
from cinnabar.signer.files import Places
from cinnabar.signer.keys import SoftKey
from cinnabar.signer.ledger import Ledger

log = logging.getLogger(__name__)

Build = Callable[[Draft, Issuer, str], x509.Certificate]
_SERVICES: dict[str, Build] = {"ocsp": ocsp_certificate, "mail": mail_certificate}


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What renewing needs."""

    places: Places
    firm: Firm
    base_url: str
    clock: Clock
    dice: Dice
    issuing: SoftKey
    ledger: Ledger

    def look(self) -> tuple[str, ...]:
        """Renew what is due; return the names of what was renewed.

        A certificate that cannot be written is logged and left: the old one still serves.
        """
        renewed = []
        for name, build in _SERVICES.items():
            try:
                if self._renew_if_due(name, build):
                    renewed.append(name)
            except (OSError, ValueError) as problem:
                log.error("cannot renew the %s certificate: %s", name, problem)  # noqa: TRY400 - the sentence says it
        return tuple(renewed)

    def _renew_if_due(self, name: str, build: Build) -> bool:
        path, now = self.places.certificate(name), self.clock.now()
        old = x509.load_pem_x509_certificate(path.read_bytes())
        authority = x509.load_pem_x509_certificate(self.places.certificate("issuing").read_bytes())
        left = old.not_valid_after_utc - now
        if left > SERVICE_LIFE / 3 or old.not_valid_after_utc >= authority.not_valid_after_utc:
            return False
        draft = Draft(
            firm=self.firm,
            serial=self.dice.serial(),
            now=now,
            spki=spki_of(old.public_key()),
        )
        issuer = Issuer(certificate=authority, key=self.issuing.private)
        fresh = build(draft, issuer, self.base_url)
        self.ledger.record_certificate(draft.serial, fresh.tbs_certificate_bytes, now)
        replace(path, fresh.public_bytes(Encoding.PEM))
        log.info("renewed the %s certificate until %s", name, fresh.not_valid_after_utc)
        return True
