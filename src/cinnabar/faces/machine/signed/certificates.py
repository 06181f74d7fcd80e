"""The client certificate that a TLS proxy saw, as it says in `Client-Cert` (RFC 9440).

The proxy has ended TLS and so has had the proof of possession. What it says is believed only
when the request came from a configured proxy, which must drop the field from what strangers
send (RFC 9440, 4): from anybody else the field is as if it were not there.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Final

from cryptography import x509

from cinnabar.faces.machine.signed.fields import FieldError, read_item
from cinnabar.faces.machine.signed.request import Fault, Sent, Unproved

FIELD: Final = "client-cert"


def is_vouched_for(sent: Sent, trusted: tuple[str, ...]) -> bool:
    """Tell whether a trusted proxy says that it saw a client's certificate."""
    return FIELD in sent.headers and _is_trusted(sent.peer, trusted)


def verify(sent: Sent, known: Callable[[str], bool], now: datetime) -> str:
    """Return the fingerprint of the certificate in `sent`; raise `Unproved`.

    `known` tells whether a certificate of that fingerprint was registered: the certificate
    itself is pinned, so it need not be of any particular authority.
    """
    try:
        octets = read_item(sent.headers[FIELD]).value
        certificate = x509.load_der_x509_certificate(octets if isinstance(octets, bytes) else b"")
    except (FieldError, ValueError) as problem:
        raise Unproved(Fault.MALFORMED) from problem
    name = fingerprint(octets) if isinstance(octets, bytes) else ""
    if not known(name):
        raise Unproved(Fault.UNKNOWN)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise Unproved(Fault.STALE)
    return name


def fingerprint(der: bytes) -> str:
    """Return the SHA-256 of a certificate, in hex."""
    return hashlib.sha256(der).hexdigest()


def _is_trusted(peer: str, trusted: tuple[str, ...]) -> bool:
    try:
        address = ip_address(peer)
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in ip_network(net, strict=False) for net in trusted)
    except ValueError:
        return False
