"""The next generation of the issuing CA: asked for, signed by a root elsewhere, adopted.

The first generation of an installation whose root is kept elsewhere is made in the same way.
Each step may be interrupted at any point and is then done again (docs/decisions/0011).
"""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.firm.model import Firm
from cinnabar.kernel.dice import Dice
from cinnabar.pki.keys import key_id
from cinnabar.signer.adoption import Expected, judge
from cinnabar.signer.ca_certificates import (
    Draft,
    Issuer,
    issuing_name,
    mail_certificate,
    ocsp_certificate,
)
from cinnabar.signer.ceremony import CeremonyRefused, replace, sync
from cinnabar.signer.files import GenerationPlaces, Places
from cinnabar.signer.hsm import TokenAddress
from cinnabar.signer.key_store import address_of, load_keys, make_keys
from cinnabar.signer.keys import (
    GenerationKeys,
    load_soft_key,
    new_key,
    private_pem,
    write_new,
    write_private,
)
from cinnabar.signer.ledger import Ledger
from cinnabar.signer.library_key import LibraryKey
from cinnabar.signer.requests import Answer, write_request
from cinnabar.signer.root_list import number_of

_STAGE = ".adoption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """A request, PEM, for a generation; `key` is the SHA-256 of its key."""

    generation: int
    pem: bytes
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """A generation in place: SHA-256 fingerprints of root and issuing CA."""

    generation: int
    root: str
    issuing: str


def request_generation(
    data: Path, firm: Firm, dice: Dice, *, base_url: str, token: TokenAddress | None
) -> Requested:
    """Make the keys of the next generation, if they are not there, and the request for it.

    They are made at `token`, else where those of the generation before are. Raises
    `CeremonyRefused`, `KeyUnusable`, `SignerUnavailable`.
    """
    places = Places(data)
    number = places.newest + 1
    own = places.generation(number)
    if token is not None and own.issuing_key.exists():
        msg = f"{own.issuing_key} is a file already; to begin anew with the HSM remove it"
        raise CeremonyRefused(msg)
    if token is None and number > 1:
        token = address_of(places.generation(number - 1))
    own.private.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        keys = make_keys(own, number, token, dice)
    finally:
        _give(own.private, like=places.private if number > 1 else places.data)
    return Requested(
        generation=number,
        pem=write_request(keys.issuing, issuing_name(firm, number), base_url),
        key=key_id(keys.issuing.spki),
    )


def adopt_generation(
    data: Path, firm: Firm, dice: Dice, answer: Answer, *, base_url: str, now: datetime
) -> Adopted:
    """Put the generation in `answer` in place: from then on certificates are issued under it.

    The signer must not be running. Adopting what is in place already finishes what may be
    missing. Raises `CeremonyRefused`, `KeyUnusable`, `LedgerDamaged`, `OSError`.
    """
    places = Places(data)
    number = places.newest
    if not number or not _is_in_place(places.generation(number), answer):
        number += 1
        own = places.generation(number)
        if not (own.issuing_key.exists() or own.hsm.exists()):
            msg = "no request is under way; `cinnabar ca request` makes one"
            raise CeremonyRefused(msg)
        keys = load_keys(own)
        expected = Expected(
            subject=issuing_name(firm, number),
            spki=keys.issuing.spki,
            base_url=base_url,
            root=_root(places),
            now=now,
        )
        _refuse(answer, expected)
        _Adoption(places, number, keys, _Desk(firm, dice, base_url, now)).place(answer)
    _finish(places, number, answer)
    return Adopted(
        generation=number, root=_fingerprint(answer.root), issuing=_fingerprint(answer.issuing)
    )


def _is_in_place(own: GenerationPlaces, answer: Answer) -> bool:
    return x509.load_pem_x509_certificate(own.issuing_certificate.read_bytes()) == answer.issuing


def _refuse(answer: Answer, expected: Expected) -> None:
    if findings := judge(answer, expected):
        msg = "the certificate is not adopted: " + "; ".join(found.detail for found in findings)
        raise CeremonyRefused(msg)


def _root(places: Places) -> x509.Certificate | None:
    path = places.certificate("root")
    return x509.load_pem_x509_certificate(path.read_bytes()) if path.exists() else None


@dataclass(frozen=True, slots=True)
class _Desk:
    """What certificates of services are made with."""

    firm: Firm
    dice: Dice
    base_url: str
    now: datetime

    def draft(self, spki: bytes) -> Draft:
        """Return the facts of a new certificate."""
        return Draft(firm=self.firm, serial=self.dice.serial(), now=self.now, spki=spki)


class _Adoption:
    """Makes the public files of a generation beside their place and moves them there at once."""

    def __init__(self, places: Places, number: int, keys: GenerationKeys, desk: _Desk) -> None:
        self._places, self._number, self._keys, self._desk = places, number, keys, desk
        self._stage = places.data / _STAGE

    def place(self, answer: Answer) -> None:
        shutil.rmtree(self._stage, ignore_errors=True)
        self._stage.mkdir()
        self._stage.chmod(0o755)
        ledger = Ledger(self._places.ledger)
        try:
            self._make(answer, ledger)
        finally:
            ledger.close()
        sync(self._stage)
        target = self._places.generation(self._number).public
        _give(self._stage, like=self._places.private)
        _give(self._places.ledger, like=self._places.private)
        self._stage.rename(target)
        sync(target.parent)

    def _make(self, answer: Answer, ledger: Ledger) -> None:
        above = Issuer(certificate=answer.issuing, key=LibraryKey(self._keys.issuing))
        desk = self._desk
        self._publish("issuing.crt", answer.issuing)
        made = {"ocsp": ocsp_certificate(desk.draft(self._keys.ocsp.spki), above, desk.base_url)}
        if self._number == 1:
            write_new(self._stage / "root.crl", answer.root_crl, mode=0o644)
            self._publish("root.crt", answer.root)
            made["mail"] = mail_certificate(desk.draft(self._mail_spki()), above, desk.base_url)
        for name, certificate in made.items():
            tbs = certificate.tbs_certificate_bytes
            ledger.record_certificate(certificate.serial_number, tbs, desk.now)
            self._publish(f"{name}.crt", certificate)

    def _mail_spki(self) -> bytes:
        path = self._places.mail_key
        if not path.exists():
            write_private(path, private_pem(new_key()))
        return load_soft_key(path).spki

    def _publish(self, name: str, certificate: x509.Certificate) -> None:
        write_new(self._stage / name, certificate.public_bytes(Encoding.PEM), mode=0o644)


def _give(path: Path, *, like: Path) -> None:
    """Let what an administrator made belong to whom the place belongs: the signer's user."""
    if os.geteuid() == 0:
        owner = like.stat()
        for each in (path, *path.rglob("*")):
            os.chown(each, owner.st_uid, owner.st_gid)


def _finish(places: Places, number: int, answer: Answer) -> None:
    """Bring up to date what all generations share: the chain of mails, the root's list."""
    issuing = [places.generation(n).issuing_certificate for n in range(number, 0, -1)]
    chain = b"".join(path.read_bytes() for path in (*issuing, places.certificate("root")))
    replace(places.public / "chain.pem", chain)
    new, held = (x509.load_der_x509_crl(d) for d in (answer.root_crl, places.root_crl.read_bytes()))
    if number_of(new) > number_of(held):
        replace(places.root_crl, answer.root_crl)


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()
