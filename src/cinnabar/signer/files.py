"""Where the parts of a CA lie below the directory of an installation, and reading them."""

from dataclasses import dataclass
from os import stat
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.pki.authority import Authority
from cinnabar.pki.der import DerError
from cinnabar.signer.keys import KeyUnusable


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

    @property
    def issuing_key(self) -> Path:
        """The issuing CA's key."""
        return self.private / "issuing.key"

    @property
    def ocsp_key(self) -> Path:
        """The OCSP signer's key."""
        return self.private / "ocsp.key"

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
        self._watched = (str(places.certificate("ocsp")), str(places.root_crl))
        self._seen: tuple[tuple[int, int], ...] = ()
        self._current: Authority | None = None

    def current(self) -> Authority:
        """Return the authority as the files have it now; raise `KeyUnusable` naming a bad one."""
        try:
            seen = tuple((found.st_mtime_ns, found.st_ino) for found in map(stat, self._watched))
        except OSError as problem:
            msg = f"{problem.filename} cannot be read; `cinnabar ca init` makes a CA"
            raise KeyUnusable(msg) from problem
        if self._current is None or seen != self._seen:
            self._current = load_authority(self._places)
            self._seen = seen
        return self._current


def load_authority(places: Places) -> Authority:
    """Return the authority in the files of `places`; raise `KeyUnusable` naming a bad one."""
    try:
        authority = Authority(
            root_der=read_pem(places.certificate("root")),
            issuing_der=read_pem(places.certificate("issuing")),
            ocsp_der=read_pem(places.certificate("ocsp")),
            root_crl_der=places.root_crl.read_bytes(),
        )
        _ = authority.issuing_key_id, authority.ocsp_key_hash, authority.root_key_id
    except (OSError, DerError) as problem:
        msg = f"the certificates in {places.public} cannot be read: {problem}"
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
