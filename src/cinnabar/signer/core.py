"""The signer itself: guard, ledger, key, in that order. In tests it stands in the process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from cinnabar.kernel.clock import Clock
from cinnabar.pki.authority import Authority, shard_of
from cinnabar.pki.findings import Finding
from cinnabar.signer.files import AuthorityFiles, Places
from cinnabar.signer.guard import Guard, Rules
from cinnabar.signer.key_store import load_keys
from cinnabar.signer.keys import GenerationKeys, KeyUnusable, SigningKey
from cinnabar.signer.ledger import Ledger, LedgerConflict, LedgerDamaged
from cinnabar.signer.protocol import SignerRefused, SignerUnavailable


class LocalSigner:
    """A `Signer` that holds the keys. Safe to use from many threads."""

    def __init__(
        self,
        *,
        places: Places,
        keys: Mapping[int, GenerationKeys],
        ledger: Ledger,
        guard: Guard,
        clock: Clock,
    ) -> None:
        """Sign with these keys by generation; `KeyUnusable` if one is not its certificate's."""
        self.places = places
        self._files = AuthorityFiles(places)
        self.keys, self._guard, self._clock = keys, guard, clock
        self.ledger = ledger
        for known in self._files.in_date(clock.now()):
            own = self._keys_of(known)
            issuing, ocsp = known.issuing.fields.spki, known.ocsp.fields.spki
            if own.issuing.spki != issuing or own.ocsp.spki != ocsp:
                msg = f"a key of generation {known.generation} does not go with its certificate"
                raise KeyUnusable(msg)

    def authority(self) -> Authority:
        """Return the newest generation of the CA."""
        return self.authorities()[0]

    def authorities(self) -> tuple[Authority, ...]:
        """Return the generations in date, newest first."""
        try:
            return self._files.in_date(self._clock.now())
        except KeyUnusable as problem:
            raise SignerUnavailable(str(problem)) from problem

    def ping(self) -> None:
        """Return if every key can sign."""
        for own in self.keys.values():
            own.issuing.ping()
            own.ocsp.ping()

    def sign_certificate(self, tbs: bytes) -> bytes:
        """Return the signature over a customer's TBSCertificate, recorded before it leaves."""
        serial, authority = self._guard.certificate(tbs, self.authorities())
        key = self._keys_of(authority).issuing
        if not self.ledger.holds(serial, tbs):
            self._guard.admit()
        with _recording("serial"):
            self.ledger.record_certificate(serial, tbs, self._clock.now())
            return self._signed(key, tbs)

    def sign_crl(self, tbs: bytes) -> bytes:
        """Return the signature over a TBSCertList, recorded before it leaves."""
        marks, authority = self._guard.crl(tbs, self.authorities())
        key = self._keys_of(authority).issuing
        series = _series(authority.generation, shard_of(marks.point))
        with _recording("number"):
            self.ledger.record_crl(marks.number, tbs, self._clock.now(), series=series)
            return self._signed(key, tbs)

    def sign_ocsp(self, tbs: bytes) -> bytes:
        """Return the signature over a ResponseData."""
        authority = self._guard.ocsp(tbs, self.authorities())
        return self._keys_of(authority).ocsp.sign(tbs)

    def _signed(self, key: SigningKey, tbs: bytes) -> bytes:
        """Sign so that the same octets always get the same signature."""
        if key.repeats:
            return key.sign(tbs)
        return self.ledger.keep_signature(tbs, lambda: key.sign(tbs), self._clock.now())

    def _keys_of(self, authority: Authority) -> GenerationKeys:
        try:
            return self.keys[authority.generation]
        except KeyError as missing:
            msg = f"generation {authority.generation} is newer than this process; restart it"
            raise SignerUnavailable(msg) from missing

    def close(self) -> None:
        """Give the ledger up."""
        self.ledger.close()


def _series(generation: int, shard: str) -> str:
    """Return the series a list is of: numbers rise for each issuer and shard (RFC 5280 5.2.3)."""
    if shard:
        return f"{generation}.{shard}"
    return "" if generation == 1 else str(generation)


@contextmanager
def _recording(what: str) -> Iterator[None]:
    try:
        yield
    except LedgerConflict as conflict:
        raise SignerRefused((Finding(what, str(conflict)),)) from conflict
    except LedgerDamaged as damaged:
        raise SignerUnavailable(str(damaged)) from damaged


def open_signer(places: Places, rules: Rules, clock: Clock) -> LocalSigner:
    """Return the signer of an installation, with the keys of each generation in date.

    Raises `KeyUnusable` or `LedgerDamaged`, each with a sentence naming the file.
    """
    in_date = AuthorityFiles(places).in_date(clock.now())
    keys = {known.generation: load_keys(places.generation(known.generation)) for known in in_date}
    ledger = Ledger(places.ledger)
    try:
        return LocalSigner(
            places=places,
            keys=keys,
            ledger=ledger,
            guard=Guard(rules, clock, ledger),
            clock=clock,
        )
    except BaseException:
        ledger.close()
        raise
