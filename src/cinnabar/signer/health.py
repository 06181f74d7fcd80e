"""What of the CA ends when: its certificates and the root's list, read from their files."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cinnabar.pki.certificate import read_certificate
from cinnabar.pki.crl import read_crl
from cinnabar.pki.der import DerError
from cinnabar.signer.files import Places, load_authorities, read_pem
from cinnabar.signer.keys import KeyUnusable


class Part(StrEnum):
    """What a certificate of the CA is for."""

    ROOT = "root"
    ISSUING = "issuing"
    OCSP = "ocsp"
    MAIL = "mail"
    ROOT_LIST = "root-list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Something of the CA and its last instant. `newest` is False for an older generation."""

    name: str
    part: Part
    ends: datetime
    newest: bool = True


def endings(places: Places) -> tuple[Ending, ...]:
    """Return everything of the CA that ends; raise `KeyUnusable` naming a bad file."""
    known = load_authorities(places)
    newest = known[0]
    found = [Ending(name="root", part=Part.ROOT, ends=newest.root.fields.not_after)]
    for one in known:
        is_newest = one is newest
        for part, ends in (
            (Part.ISSUING, one.issuing_not_after),
            (Part.OCSP, one.ocsp.fields.not_after),
        ):
            name = f"{part}-{one.generation}"
            found.append(Ending(name=name, part=part, ends=ends, newest=is_newest))
    found.append(Ending(name="mail", part=Part.MAIL, ends=_mail(places)))
    found.append(Ending(name="root-list", part=Part.ROOT_LIST, ends=_listed(newest.root_crl_der)))
    return tuple(found)


def _mail(places: Places) -> datetime:
    try:
        return read_certificate(read_pem(places.certificate("mail"))).fields.not_after
    except DerError as problem:
        msg = f"{places.certificate('mail')} cannot be read: {problem}"
        raise KeyUnusable(msg) from problem


def _listed(der: bytes) -> datetime:
    try:
        return read_crl(der).facts.next_update
    except DerError as problem:
        msg = f"the root's list cannot be read: {problem}"
        raise KeyUnusable(msg) from problem
