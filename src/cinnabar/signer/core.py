"""The signer itself: guard, ledger, key, in that order. In tests it stands in the process."""

from cinnabar.kernel.clock import Clock
from cinnabar.pki.authority import Authority
from cinnabar.pki.findings import Finding
from cinnabar.signer.files import AuthorityFiles, Places
from cinnabar.signer.guard import Guard, Rules
from cinnabar.signer.keys import KeyUnusable, SigningKey, load_soft_key
from cinnabar.signer.ledger import Ledger, LedgerConflict, LedgerDamaged
from cinnabar.signer.protocol import SignerRefused, SignerUnavailable


class LocalSigner:
    """A `Signer` that holds the keys. Safe to use from many threads."""

    def __init__(
        self,
        *,
        places: Places,
        issuing: SigningKey,
        ocsp: SigningKey,
        ledger: Ledger,
        guard: Guard,
        clock: Clock,
    ) -> None:
        """Sign with these; raises `KeyUnusable` if a key does not go with its certificate."""
        self.places = places
        self._files = AuthorityFiles(places)
        self._issuing, self._ocsp = issuing, ocsp
        self._guard, self._clock = guard, clock
        self.ledger = ledger
        authority = self._files.current()
        if issuing.spki != authority.issuing.fields.spki or ocsp.spki != authority.ocsp.fields.spki:
            msg = "a key of the signer does not go with its certificate"
            raise KeyUnusable(msg)

    def authority(self) -> Authority:
        """Return the public side of the CA."""
        try:
            return self._files.current()
        except KeyUnusable as problem:
            raise SignerUnavailable(str(problem)) from problem

    def ping(self) -> None:
        """Return: a signer in the process is there."""

    def sign_certificate(self, tbs: bytes) -> bytes:
        """Return the signature over a customer's TBSCertificate, recorded before it leaves."""
        serial = self._guard.certificate(tbs, self.authority())
        if not self.ledger.holds(serial, tbs):
            self._guard.admit()
        try:
            self.ledger.record_certificate(serial, tbs, self._clock.now())
        except LedgerConflict as conflict:
            raise SignerRefused((Finding("serial", str(conflict)),)) from conflict
        except LedgerDamaged as damaged:
            raise SignerUnavailable(str(damaged)) from damaged
        return self._issuing.sign(tbs)

    def sign_crl(self, tbs: bytes) -> bytes:
        """Return the signature over a TBSCertList, recorded before it leaves."""
        number = self._guard.crl(tbs, self.authority())
        try:
            self.ledger.record_crl(number, tbs, self._clock.now())
        except LedgerConflict as conflict:
            raise SignerRefused((Finding("number", str(conflict)),)) from conflict
        except LedgerDamaged as damaged:
            raise SignerUnavailable(str(damaged)) from damaged
        return self._issuing.sign(tbs)

    def sign_ocsp(self, tbs: bytes) -> bytes:
        """Return the signature over a ResponseData."""
        self._guard.ocsp(tbs, self.authority())
        return self._ocsp.sign(tbs)

    def close(self) -> None:
        """Give the ledger up."""
        self.ledger.close()


def open_signer(places: Places, rules: Rules, clock: Clock) -> LocalSigner:
    """Return the signer of an installation, with its keys from files.

    Raises `KeyUnusable` or `LedgerDamaged`, each with a sentence naming the file.
    """
    issuing, ocsp = load_soft_key(places.issuing_key), load_soft_key(places.ocsp_key)
    ledger = Ledger(places.ledger)
    try:
        return LocalSigner(
            places=places,
            issuing=issuing,
            ocsp=ocsp,
            ledger=ledger,
            guard=Guard(rules, clock, ledger),
            clock=clock,
        )
    except BaseException:
        ledger.close()
        raise
