"""What a view is handed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network, ip_address, ip_network

from django.http import HttpRequest

from cinnabar.env import Env
from cinnabar.faces.web.face import Face
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.notes import VerifierKey
from cinnabar.kernel.secrets import Secret
from cinnabar.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCustomer:
    """One of the customers that the sign-in page of a demo offers.

    `withdrawal` is the password for withdrawing from the futures account, `futures` that of the
    futures account where it is another; "" for none. A new customer has no password yet.
    """

    identifier: str
    name: str
    purpose: str
    password: str = ""
    birth: str = ""
    withdrawal: str = ""
    futures: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """How the web face is set up.

    `trusted_proxies` are addresses or networks; `journal_keys` gives the keys whose checkpoints
    are believed, read anew each time, for one may be added while pages are served.
    """

    demo: tuple[DemoCustomer, ...] = ()
    is_demo: bool = False
    trusted_proxies: tuple[str, ...] = ()
    journal_keys: Callable[[], Sequence[VerifierKey]] = tuple


class WebRequest(HttpRequest):
    """A request with the world, its face, the visitor and the language found for it."""

    env: Env
    face: Face
    options: WebOptions
    visitor: Visitor | None
    device_token: Secret | None
    visit_token: Secret | None
    language: str
    words: Words


def client_address(remote: str, forwarded: str, trusted: tuple[str, ...]) -> str:
    """Return the client's address: the socket's, or what trusted proxies say (API-05).

    `forwarded` is X-Forwarded-For; it is read from the right, and only as far as each hop is a
    trusted proxy, so that a client cannot put a name of its own choice in front (incident 12).
    """
    address = remote
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return _network(address)


def _is_trusted(address: str, trusted: tuple[str, ...]) -> bool:
    try:
        return any(ip_address(address) in ip_network(net, strict=False) for net in trusted)
    except ValueError:
        return False


def _network(address: str) -> str:
    """Return the address counters use: IPv6 customers own a /64 each (COD-10)."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        # An IPv4 customer at a socket for both: one /64 would hold the whole of IPv4.
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found) >> 64 << 64, 64)))
