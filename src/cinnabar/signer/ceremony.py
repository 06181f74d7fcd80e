"""The ceremony that makes a CA: keys, certificates, the first list (CAK-01, CAK-02).

Everything is made in a directory beside its place and then moved there. If the machine stops
before all is made, nothing was; if it stops while moving, calling again moves the rest.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.firm.model import Firm
from cinnabar.kernel.dice import Dice
from cinnabar.kernel.secrets import Secret
from cinnabar.pki.keys import spki_of
from cinnabar.signer.ca_certificates import (
    Draft,
    Issuer,
    issuing_certificate,
    issuing_name,
    mail_certificate,
    ocsp_certificate,
    root_certificate,
    root_crl,
)
from cinnabar.signer.files import Places, load_authority
from cinnabar.signer.hsm import TokenAddress
from cinnabar.signer.key_store import make_keys
from cinnabar.signer.keys import GenerationKeys, new_key, private_pem, write_new, write_private
from cinnabar.signer.ledger import Ledger
from cinnabar.signer.library_key import LibraryKey
from cinnabar.signer.locked_key import ROUNDS, lock, unlock

_STAGE = ".ceremony"
_READY = "ready"
# In this order: the certificates come last, so that a CA that is there is there whole.
_MOVES = ("offline", "signer", "secrets/mail.key", "ca")


class CeremonyRefused(Exception):  # noqa: N818 - an answer
    """The ceremony does not take place; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a ceremony made: SHA-256 fingerprints of root and issuing CA, and where they lie."""

    places: Places
    root: str
    issuing: str


def init_authority(
    data: Path,
    firm: Firm,
    dice: Dice,
    *,
    root_passphrase: Secret,
    base_url: str,
    now: datetime,
    token: TokenAddress | None = None,
    rounds: int = ROUNDS,
) -> Made:
    """Make the CA of the installation in `data`, for `firm`, reached at `base_url`.

    The keys of issuing CA and OCSP signer are made in the HSM's `token`, or in files without
    one. Raises `CeremonyRefused` if there is a CA already or a file is in the way, `KeyUnusable`
    for a short passphrase or a token that cannot be used. `rounds` of the passphrase's
    derivation are fewer in tests only.
    """
    places, stage = Places(data), data / _STAGE
    _refuse_to_overwrite(places)
    if not (stage / _READY).exists():
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True, mode=0o700)
        workshop = _Workshop(firm, dice, base_url, now, Places(stage))
        workshop.make(root_passphrase, rounds, token)
        write_private(stage / _READY, b"")
    _move(stage, data)
    authority = load_authority(places)
    return Made(
        places=places, root=authority.root.sha256.hex(), issuing=authority.issuing.sha256.hex()
    )


def _refuse_to_overwrite(places: Places) -> None:
    if places.public.exists():
        msg = f"there is a CA in {places.public} already; a second one needs its own directory"
        raise CeremonyRefused(msg)
    stage = places.data / _STAGE
    for target in _MOVES:
        if (places.data / target).exists() and (stage / target).exists():
            msg = f"{places.data / target} is in the way; move it elsewhere first"
            raise CeremonyRefused(msg)
        if (places.data / target).exists() and not (stage / _READY).exists():
            msg = f"{places.data / target} is in the way; move it elsewhere first"
            raise CeremonyRefused(msg)


def _move(stage: Path, data: Path) -> None:
    for target in _MOVES:
        source, place = stage / target, data / target
        if source.exists():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            source.rename(place)
            sync(place.parent)
    shutil.rmtree(stage)


def sync(folder: Path) -> None:
    """Make the entries of a directory durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Workshop:
    """Makes the files of a CA in an empty place."""

    def __init__(
        self, firm: Firm, dice: Dice, base_url: str, now: datetime, places: Places
    ) -> None:
        self._firm, self._dice, self._base_url = firm, dice, base_url
        self._now, self._places = now, places

    def make(self, passphrase: Secret, rounds: int, token: TokenAddress | None) -> None:
        for folder, mode in (("offline", 0o700), ("signer", 0o700), ("secrets", 0o700)):
            (self._places.data / folder).mkdir(mode=mode)
        self._places.public.mkdir()
        self._places.public.chmod(0o755)
        root_key = ec.generate_private_key(ec.SECP384R1())
        write_private(self._places.root_key, lock(root_key, passphrase, self._dice, rounds=rounds))
        root = self._root(root_key)
        keys = make_keys(self._places.generation(1), 1, token, self._dice)
        self._services(self._issuing(root, keys), keys)
        self._publish("root.crl", root_crl(root, number=1, now=self._now))
        for folder in ("offline", "signer", "secrets", "ca"):
            sync(self._places.data / folder)

    def _draft(self, spki: bytes) -> Draft:
        return Draft(firm=self._firm, serial=self._dice.serial(), now=self._now, spki=spki)

    def _root(self, key: ec.EllipticCurvePrivateKey) -> Issuer:
        certificate = root_certificate(self._draft(spki_of(key.public_key())), key)
        self._publish("root.crt", certificate.public_bytes(Encoding.PEM))
        return Issuer(certificate=certificate, key=key)

    def _issuing(self, root: Issuer, keys: GenerationKeys) -> Issuer:
        draft, name = self._draft(keys.issuing.spki), issuing_name(self._firm, 1)
        certificate = issuing_certificate(draft, name, root, self._base_url)
        pem = certificate.public_bytes(Encoding.PEM)
        self._publish("issuing.crt", pem)
        self._publish("chain.pem", pem + root.certificate.public_bytes(Encoding.PEM))
        return Issuer(certificate=certificate, key=LibraryKey(keys.issuing))

    def _services(self, issuing: Issuer, keys: GenerationKeys) -> None:
        mail_key = new_key()
        write_private(self._places.mail_key, private_pem(mail_key))
        ocsp = ocsp_certificate(self._draft(keys.ocsp.spki), issuing, self._base_url)
        mail = mail_certificate(
            self._draft(spki_of(mail_key.public_key())), issuing, self._base_url
        )
        ledger = Ledger(self._places.ledger)
        for name, certificate in (("ocsp", ocsp), ("mail", mail)):
            ledger.record_certificate(
                certificate.serial_number, certificate.tbs_certificate_bytes, self._now
            )
            self._publish(f"{name}.crt", certificate.public_bytes(Encoding.PEM))
        ledger.close()

    def _publish(self, name: str, octets: bytes) -> None:
        write_new(self._places.public / name, octets, mode=0o644)


def renew_root_crl(
    data: Path, *, root_key: bytes, root_passphrase: Secret, now: datetime
) -> datetime:
    """Sign the root's next list with the key in `root_key` (PEM); return when it ends.

    Raises `KeyUnusable` if passphrase or key are not the root's.
    """
    places = Places(data)
    key = unlock(root_key, root_passphrase)
    certificate = x509.load_pem_x509_certificate(places.certificate("root").read_bytes())
    if spki_of(key.public_key()) != spki_of(certificate.public_key()):
        msg = "that key is not this root's"
        raise CeremonyRefused(msg)
    before = x509.load_der_x509_crl(places.root_crl.read_bytes())
    number = before.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    fresh = root_crl(Issuer(certificate=certificate, key=key), number=number + 1, now=now)
    replace(places.root_crl, fresh)
    return x509.load_der_x509_crl(fresh).next_update_utc or now


def replace(path: Path, octets: bytes) -> None:
    """Put `octets` in the place of a public file, all or nothing."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    write_new(beside, octets, mode=0o644)
    beside.replace(path)
    sync(path.parent)
