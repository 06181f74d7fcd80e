"""What may be decided about passkeys without asking anybody. Pure."""

import unicodedata
from ipaddress import ip_address
from urllib.parse import urlsplit

from cinnabar.firm.model import Firm
from cinnabar.kernel.refusal import Refusal, Refused

LONGEST_NAME = 40

_METHOD = "passkey"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def rp_id(base_url: str) -> str | None:
    """Return the domain that passkeys belong to, None where there is none (WebAuthn L3 §5.1.2).

    It is the host of the configured address, never of a request (law 10).
    """
    host = urlsplit(base_url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host or None
    return None


def origin(base_url: str) -> str:
    """Return the one origin that a passkey may be used at, as browsers spell it (RFC 6454)."""
    parts = urlsplit(base_url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def wanted(firm: Firm) -> bool:
    """Tell whether the firm wants its customers to have passkeys."""
    return _METHOD in firm.login.second_factor.methods


def offered(firm: Firm, base_url: str) -> bool:
    """Tell whether customers may have passkeys: the firm wants it, and there is a domain."""
    return wanted(firm) and rp_id(base_url) is not None


def alone(firm: Firm, base_url: str) -> bool:
    """Tell whether a passkey may stand instead of the password."""
    return offered(firm, base_url) and firm.login.second_factor.passkey_alone


def tidied_name(typed: str) -> str:
    """Return a customer's name for a passkey, without what nobody sees; raise `Refused`.

    PASSKEY_NAME for one that says nothing or has more than `LONGEST_NAME` characters.
    """
    seen = "".join(c for c in unicodedata.normalize("NFC", typed) if _is_seen(c))
    name = " ".join(seen.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(Refusal.PASSKEY_NAME, longest=LONGEST_NAME)
    return name


def _is_seen(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in _UNSEEN
