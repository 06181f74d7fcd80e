"""Where the parts of a CA lie below the directory of an installation, and reading them.

The first issuing CA lies in `ca/` and `signer/` themselves; each that follows it in directories
of its own, `ca/generation-2/` and `signer/generation-2/`. They are there once their certificate
is, and directories are put in place whole, so that nobody ever reads half a generation.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.pki.authority import Authority
from cinnabar.pki.der import DerError
from cinnabar.signer.keys import KeyUnusable


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationPlaces:
    """The files of one generation: certificates in `public`, keys in `private`."""

    public: Path
    private: Path

    @property
    def issuing_certificate(self) -> Path:
        """The issuing CA's certificate."""
        return self.public / "issuing.crt"

    @property
    def ocsp_certificate(self) -> Path:
        """The OCSP signer's certificate."""
        return self.public / "ocsp.crt"

    @property
    def issuing_key(self) -> Path:
        """The issuing CA's key."""
        return self.private / "issuing.key"

    @property
    def ocsp_key(self) -> Path:
        """The OCSP signer's key."""
        return self.private / "ocsp.key"

    @property
    def hsm(self) -> Path:
        """What says which HSM has the keys, if they are no files."""
        return self.private / "hsm.json"


@dataclass(frozen=True, slots=True)
class Places:
    """The files of the CA of the installation in `data`."""

    data: Path

    @property
    def public(self) -> Path:
        """Certificates, for everybody to read."""
        return self.data / "ca"

    @property
    def offline(self) -> Path:
        """What is to be taken off this machine after the ceremony."""
        return self.data / "offline"

    @property
    def root_key(self) -> Path:
        """The root's key, encrypted."""
        return self.offline / "root.key"

    @property
    def private(self) -> Path:
        """What only the signer's user reads."""
        return self.data / "signer"

    def generation(self, number: int) -> GenerationPlaces:
        """Return the files of a generation, counted from 1."""
        if number == 1:
            return GenerationPlaces(public=self.public, private=self.private)
        name = f"generation-{number}"
        return GenerationPlaces(public=self.public / name, private=self.private / name)

    @property
    def newest(self) -> int:
        """The number of the newest generation that is in place; 0 before there is a CA."""
        number = 0
        while self.generation(number + 1).issuing_certificate.exists():
            number += 1
        return number

    @property
    def issuing_key(self) -> Path:
        """The first issuing CA's key."""
        return self.generation(1).issuing_key

    @property
    def ocsp_key(self) -> Path:
        """The first OCSP signer's key."""
        return self.generation(1).ocsp_key

    @property
    def ledger(self) -> Path:
        """The record of what was signed."""
        return self.private / "ledger.log"

    @property
    def socket(self) -> Path:
        """Where the signer listens."""
        return self.private / "signer.sock"

    @property
    def mail_key(self) -> Path:
        """The key that mails are signed with; the worker reads it, not the signer."""
        return self.data / "secrets" / "mail.key"

    def certificate(self, name: str) -> Path:
        """Return the file of a certificate: root, issuing, ocsp or mail."""
        return self.public / f"{name}.crt"

    @property
    def root_crl(self) -> Path:
        """The root's revocation list, DER."""
        return self.public / "root.crl"


class AuthorityFiles:
    """The public side of the CA, read from its files and read anew when they change."""

    def __init__(self, places: Places) -> None:
        """Read below `places.public` at first use."""
        self._places = places
        self._seen: tuple[tuple[int, int] | None, ...] = ()
        self._known: tuple[Authority, ...] = ()

    def current(self) -> Authority:
        """Return the newest generation; raise `KeyUnusable` naming a bad file."""
        return self._read()[0]

    def in_date(self, now: datetime) -> tuple[Authority, ...]:
        """Return the newest generation, then those before whose CA has not ended at `now`.

        Raises `KeyUnusable` naming a bad file.
        """
        newest, *before = self._read()
        return (newest, *(known for known in before if known.issuing_not_after >= now))

    def _read(self) -> tuple[Authority, ...]:
        seen = self._look()
        if not self._known or seen != self._seen:
            self._known = load_authorities(self._places)
            self._seen = seen
        return self._known

    def _look(self) -> tuple[tuple[int, int] | None, ...]:
        """Return how the files look that change: status services, and the next generation."""
        places, count = self._places, max(len(self._known), 1)
        must = [places.root_crl, places.certificate("ocsp")]
        may = [places.generation(n).ocsp_certificate for n in range(2, count + 2)]
        try:
            return (*(_look(path) for path in must), *(_look_if_there(path) for path in may))
        except OSError as problem:
            msg = f"{problem.filename} cannot be read; `cinnabar ca init` makes a CA"
            raise KeyUnusable(msg) from problem


def _look(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino


def _look_if_there(path: Path) -> tuple[int, int] | None:
    try:
        return _look(path)
    except FileNotFoundError:
        return None


def load_authorities(places: Places) -> tuple[Authority, ...]:
    """Return every generation in `places`, newest first; raise `KeyUnusable` naming a bad file."""
    return tuple(load_authority(places, n) for n in range(max(places.newest, 1), 0, -1))


def load_authority(places: Places, generation: int = 1) -> Authority:
    """Return one generation in `places`; raise `KeyUnusable` naming a bad file."""
    own = places.generation(generation)
    try:
        authority = Authority(
            root_der=read_pem(places.certificate("root")),
            issuing_der=read_pem(own.issuing_certificate),
            ocsp_der=read_pem(own.ocsp_certificate),
            root_crl_der=places.root_crl.read_bytes(),
            generation=generation,
        )
        _ = authority.issuing_key_id, authority.ocsp_key_hash, authority.root_key_id
    except (OSError, DerError) as problem:
        msg = f"the certificates in {own.public} cannot be read: {problem}"
        raise KeyUnusable(msg) from problem
    return authority


def read_pem(path: Path) -> bytes:
    """Return the certificate in the PEM file `path` as DER; raise `KeyUnusable`."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as problem:
        msg = f"no certificate can be read from {path}: {problem}"
        raise KeyUnusable(msg) from problem
    return certificate.public_bytes(Encoding.DER)
