"""The CA's own certificates renew by themselves: OCSP signer and mail signer keep their keys.

An expired system certificate takes a whole CA down years after anybody thought of it, so the
signer looks at start and then now and again, and makes a new one when a third of its life is
left. Answers signed before stay right: the key and its hash do not change.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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
from cinnabar.signer.keys import GenerationKeys
from cinnabar.signer.ledger import Ledger, LedgerDamaged
from cinnabar.signer.library_key import LibraryKey
from cinnabar.signer.protocol import SignerUnavailable

log = logging.getLogger(__name__)

Build = Callable[[Draft, Issuer, str], x509.Certificate]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """A certificate that renews by itself, and the generation that signs it."""

    name: str
    path: Path
    generation: int
    build: Build


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What renewing needs; `keys` are those of the generations in date."""

    places: Places
    firm: Firm
    base_url: str
    clock: Clock
    dice: Dice
    keys: Mapping[int, GenerationKeys]
    ledger: Ledger

    def look(self) -> tuple[str, ...]:
        """Renew what is due; return the names of what was renewed.

        A certificate that cannot be signed or written is logged and left: the old one still
        serves, and the next look tries again.
        """
        renewed = []
        for service in self._services():
            try:
                if self._renew_if_due(service):
                    renewed.append(service.name)
            except (OSError, ValueError, SignerUnavailable, LedgerDamaged) as problem:
                log.error("cannot renew the %s certificate: %s", service.name, problem)  # noqa: TRY400 - the sentence says it
        return tuple(renewed)

    def _services(self) -> Iterator[_Service]:
        """Yield the OCSP signer of each generation; mails are signed under the newest."""
        for number in sorted(self.keys):
            path = self.places.generation(number).ocsp_certificate
            yield _Service(name="ocsp", path=path, generation=number, build=ocsp_certificate)
        newest, mail = max(self.keys), self.places.certificate("mail")
        yield _Service(name="mail", path=mail, generation=newest, build=mail_certificate)

    def _renew_if_due(self, service: _Service) -> bool:
        path, now = service.path, self.clock.now()
        above = self.places.generation(service.generation).issuing_certificate
        old = x509.load_pem_x509_certificate(path.read_bytes())
        authority = x509.load_pem_x509_certificate(above.read_bytes())
        left = old.not_valid_after_utc - now
        if left > SERVICE_LIFE / 3 or old.not_valid_after_utc >= authority.not_valid_after_utc:
            return False
        draft = Draft(
            firm=self.firm,
            serial=self.dice.serial(),
            now=now,
            spki=spki_of(old.public_key()),
        )
        key = LibraryKey(self.keys[service.generation].issuing)
        fresh = service.build(draft, Issuer(certificate=authority, key=key), self.base_url)
        self.ledger.record_certificate(draft.serial, fresh.tbs_certificate_bytes, now)
        replace(path, fresh.public_bytes(Encoding.PEM))
        log.info("renewed the %s certificate until %s", service.name, fresh.not_valid_after_utc)
        return True
