"""Copies of a certificate on further devices: which may come, and the share of each."""

import hashlib

from django.db.models import QuerySet

from cinnabar.certificates.models import Certificate, KeyShare
from cinnabar.certificates.states import State
from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.pki.certificate import read_certificate
from cinnabar.pki.der import DerError


def judged(env: Env, visitor: Visitor, der: bytes) -> Certificate:
    """Return the certificate that `der` is, if the visitor may bring it to a device.

    Raises `Refused`: IMPORT_FOREIGN for all that is not, octet by octet, one of this house,
    IMPORT_NOT_YOURS, and what `of_serial` raises.
    """
    try:
        fields = read_certificate(der).fields
    except DerError as problem:
        raise Refused(Refusal.IMPORT_FOREIGN) from problem
    row = Certificate.objects.filter(
        serial=f"{fields.serial:032x}", key_id=hashlib.sha256(fields.spki).hexdigest()
    ).first()
    if row is None or (row.der is not None and bytes(row.der) != der):
        raise Refused(Refusal.IMPORT_FOREIGN)
    # Before anything of its state: whose it is and how it stands is nobody else's business.
    if row.customer_id != visitor.customer_id:
        raise Refused(Refusal.IMPORT_NOT_YOURS)
    if row.channel != visitor.channel:
        raise Refused(Refusal.IMPORT_FOREIGN)
    return _in_force(env, row)


def of_serial(env: Env, serial: str) -> Certificate:
    """Return the certificate of a flow, as it stands now.

    Raises `Refused`: IMPORT_NOT_YET, IMPORT_ENDED, IMPORT_EXPIRED.
    """
    return _in_force(env, Certificate.objects.get(serial=serial))


def refuse_share(visitor: Visitor, share_id: str, certificate: Certificate) -> None:
    """Raise `Refused(SHARE_GONE)` unless the share is this device's and of no other key."""
    row = _of_device(visitor).filter(pk=share_id).first()
    if row is None or row.certificate_id not in {None, certificate.id}:
        raise Refused(Refusal.SHARE_GONE)
    if Certificate.objects.filter(share_id=share_id).exists():
        raise Refused(Refusal.SHARE_GONE)


def refuse_second(visitor: Visitor, certificate: Certificate, share_id: str | None) -> None:
    """Raise `Refused(IMPORT_HERE)` if this device has another share of the certificate."""
    here = _of_device(visitor)
    made_here = here.filter(pk=certificate.share_id)
    if made_here.exists() or here.filter(certificate=certificate).exclude(pk=share_id).exists():
        raise Refused(Refusal.IMPORT_HERE)


def erase_earlier(env: Env, visitor: Visitor, certificate: Certificate) -> None:
    """Erase the share of an earlier copy on this device, whose key is lost."""
    earlier = _of_device(visitor).filter(certificate=certificate)
    earlier.update(sealed=None, erased_at=env.clock.now())


def is_put(visitor: Visitor, share_id: str, certificate: Certificate) -> bool:
    """Tell whether the share is this device's for the certificate, by an import."""
    return _of_device(visitor).filter(pk=share_id, certificate=certificate).exists()


def put(share_id: str, certificate: Certificate) -> bool:
    """Put a free share to the certificate; False if it is free no more."""
    free = KeyShare.objects.filter(pk=share_id, certificate=None, erased_at=None)
    return free.update(certificate=certificate) == 1


def _of_device(visitor: Visitor) -> QuerySet[KeyShare]:
    return KeyShare.objects.filter(
        customer_id=visitor.customer_id, device=visitor.device, erased_at=None
    )


def _in_force(env: Env, row: Certificate) -> Certificate:
    now = env.clock.now()
    if row.state == State.ISSUING or row.not_before > now:
        raise Refused(Refusal.IMPORT_NOT_YET)
    if row.state != State.LIVE:
        raise Refused(Refusal.IMPORT_ENDED)
    if row.not_after < now:
        raise Refused(Refusal.IMPORT_EXPIRED)
    return row
