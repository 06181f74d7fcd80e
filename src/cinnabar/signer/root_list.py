"""The root's revocation list, signed where the root is kept and put in place by file."""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.signer.ca_certificates import Issuer, root_crl
from cinnabar.signer.ceremony import CeremonyRefused, replace
from cinnabar.signer.files import Places


def sign_list(root: Issuer, now: datetime) -> bytes:
    """Return the root's next list, PEM; its number follows the clock, as nobody counts there."""
    der = root_crl(root, number=int(now.timestamp()), now=now)
    return x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)


def place_list(places: Places, pem: bytes, now: datetime) -> datetime:
    """Put the list in `pem` in place; return when it ends.

    The list that is in place already is no fault. Raises `CeremonyRefused`, `OSError`.
    """
    try:
        crl = x509.load_pem_x509_crl(pem)
        der, number = crl.public_bytes(Encoding.DER), number_of(crl)
    except (ValueError, x509.ExtensionNotFound) as problem:
        msg = f"this is no list of a root: {problem}"
        raise CeremonyRefused(msg) from problem
    root = x509.load_pem_x509_certificate(places.certificate("root").read_bytes())
    if not is_of(crl, root):
        msg = "the list is not of this installation's root"
        raise CeremonyRefused(msg)
    until, held = crl.next_update_utc or now, places.root_crl.read_bytes()
    if until <= now:
        msg = f"the list ended at {until:%Y-%m-%d %H:%M} UTC"
        raise CeremonyRefused(msg)
    if der != held and number <= number_of(x509.load_der_x509_crl(held)):
        msg = "the list in place is a newer one"
        raise CeremonyRefused(msg)
    replace(places.root_crl, der)
    return until


def is_of(crl: x509.CertificateRevocationList, root: x509.Certificate) -> bool:
    """Tell whether the list is signed by the root."""
    key = root.public_key()
    is_ours = isinstance(key, ec.EllipticCurvePublicKey) and crl.issuer == root.subject
    return is_ours and crl.is_signature_valid(key)  # type: ignore[arg-type] # looked at above


def number_of(crl: x509.CertificateRevocationList) -> int:
    """Return the number of a list; raise `ExtensionNotFound`."""
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
