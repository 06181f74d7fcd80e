"""The root kept offline: made on a machine of its own, it signs requests carried to it by file.

That machine needs the root's key and certificate and nothing of the installation (CAK-01).
"""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from cinnabar.firm.model import Firm
from cinnabar.kernel.dice import Dice
from cinnabar.kernel.secrets import Secret
from cinnabar.pki.findings import Finding, Findings
from cinnabar.pki.keys import spki_of
from cinnabar.signer.ca_certificates import (
    Blank,
    Draft,
    Issuer,
    issuing_certificate,
    root_certificate,
    root_crl,
)
from cinnabar.signer.ceremony import CeremonyRefused
from cinnabar.signer.keys import write_new, write_private
from cinnabar.signer.locked_key import ROUNDS, lock, unlock
from cinnabar.signer.requests import Answer, Wish

KEY, CERTIFICATE = "root.key", "root.crt"
_LONGEST_NAME = 64


def make_root(
    folder: Path,
    firm: Firm,
    dice: Dice,
    *,
    passphrase: Secret,
    now: datetime,
    rounds: int = ROUNDS,
) -> x509.Certificate:
    """Make a root for `firm` in `folder`: root.key under the passphrase, and root.crt.

    Interrupted, calling again with the same passphrase makes the rest. Raises `CeremonyRefused`
    if there is a root already, `KeyUnusable` for the passphrase, `OSError`.
    """
    if (folder / CERTIFICATE).exists():
        msg = f"there is a root in {folder} already; a second one needs its own directory"
        raise CeremonyRefused(msg)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / KEY).exists():
        fresh = ec.generate_private_key(ec.SECP384R1())
        write_private(folder / KEY, lock(fresh, passphrase, dice, rounds=rounds))
    key = unlock((folder / KEY).read_bytes(), passphrase)
    spki = spki_of(key.public_key())
    certificate = root_certificate(Draft(firm=firm, serial=dice.serial(), now=now, spki=spki), key)
    write_new(folder / CERTIFICATE, certificate.public_bytes(Encoding.PEM), mode=0o644)
    return certificate


def open_root(certificate: bytes, key: bytes, passphrase: Secret) -> Issuer:
    """Return the root of these PEM files; raise `KeyUnusable`, `CeremonyRefused`, `ValueError`."""
    opened = unlock(key, passphrase)
    root = x509.load_pem_x509_certificate(certificate)
    if spki_of(opened.public_key()) != spki_of(root.public_key()):
        msg = "that key is not this root's"
        raise CeremonyRefused(msg)
    return Issuer(certificate=root, key=opened)


def refuse_wish(wish: Wish, root: x509.Certificate) -> None:
    """Raise `CeremonyRefused` if this root does not sign for `wish`."""
    if findings := _judge(wish, root):
        msg = "the request is not signed: " + "; ".join(found.detail for found in findings)
        raise CeremonyRefused(msg)


def _judge(wish: Wish, root: x509.Certificate) -> Findings:
    own, names = _parts(root.subject), _parts(wish.subject)
    common = names.get(NameOID.COMMON_NAME, "")
    wrong = {
        "key": (wish.kind != "P-256", f"its key is {wish.kind}; an issuing CA has P-256"),
        "firm": (
            {**names, NameOID.COMMON_NAME: ""} != {**own, NameOID.COMMON_NAME: ""},
            "country and organisation are not the root's",
        ),
        "name": (
            not 0 < len(common) <= _LONGEST_NAME or common == own.get(NameOID.COMMON_NAME),
            "it has no name of its own",
        ),
        "address": (
            not wish.base_url.startswith(("https://", "http://127.0.0.1", "http://localhost")),
            f"{wish.base_url!r} is no address of an installation",
        ),
    }
    return tuple(Finding(rule, says) for rule, (is_wrong, says) in wrong.items() if is_wrong)


def _parts(name: x509.Name) -> dict[x509.ObjectIdentifier, str]:
    return {part.oid: str(part.value) for part in name}


def sign_wish(wish: Wish, root: Issuer, dice: Dice, now: datetime) -> Answer:
    """Return the certificate asked for, with what belongs to it; raise `CeremonyRefused`.

    The root's list is a new one, whose number follows the clock: this machine keeps no count.
    """
    refuse_wish(wish, root.certificate)
    if not root.certificate.not_valid_before_utc <= now < root.certificate.not_valid_after_utc:
        msg = f"the root is not valid at {now:%Y-%m-%d %H:%M} UTC; look at this machine's clock"
        raise CeremonyRefused(msg)
    blank = Blank(serial=dice.serial(), now=now, spki=wish.spki)
    issuing = issuing_certificate(blank, wish.subject, root, wish.base_url)
    crl = root_crl(root, number=int(now.timestamp()), now=now)
    return Answer(issuing=issuing, root=root.certificate, root_crl=crl)
