"""What of an identifier, number or address may be shown (P189 to P194, PRV-01).

Every function is total: whatever it is given, it returns a text and never more of the value
than its arguments allow. A value of an unexpected shape shows nothing of itself.
"""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network

_STARS = "****"
_NATIONAL_ID = 10
_UNIFORM_NO = 8
_ACCOUNT_NO = 4


def mask_identifier(
    value: str, *, keep: int = 6, keep_company: int = 4, keep_account: int = 4
) -> str:
    """Return `A12345****` for a national id, `2209****` for a company number (P189, G12).

    `****-9990` for an account number that is a name (P194).
    """
    if re.fullmatch(r"[0-9]{4}-[0-9]{4}", value):
        shown = min(keep_account, _ACCOUNT_NO)
        return f"{_STARS}-{'*' * (_ACCOUNT_NO - shown)}{value[len(value) - shown :]}"
    if re.fullmatch(r"[A-Z][A-Z0-9][0-9]{8}", value):
        return value[: min(keep, _NATIONAL_ID - len(_STARS))] + _STARS
    if re.fullmatch(r"[0-9]{8}", value):
        return value[: min(keep_company, _UNIFORM_NO - len(_STARS))] + _STARS
    return _STARS


def mask_mobile(value: str, *, keep_first: int = 4, keep_last: int = 2) -> str:
    """Return `0958****74` (P190, G12); at least four digits are hidden."""
    return _ends(value, keep_first, keep_last) if re.fullmatch(r"\+?[0-9]{8,15}", value) else _STARS


def mask_email(value: str, *, stars: int = 5) -> str:
    """Return `f*****c@example.com`: the number of stars tells nothing (P191, G12).

    A local part of one or two characters is hidden whole.
    """
    local, at, domain = value.rpartition("@")
    if not (local and at and domain) or "@" in local:
        return "*" * stars
    if len(local) <= 2:  # noqa: PLR2004 - its first and last character would be all of it
        return "*" * stars + at + domain
    return local[0] + "*" * stars + local[-1] + at + domain


def mask_name(value: str) -> str:
    """Return `陳**`, `C*** T*****`: the first sign of each word, and a star for each after it."""
    return " ".join(word[:1] + "*" * (len(word) - 1) for word in value.split())


def mask_account(value: str, *, keep_last: int = 3) -> str:
    """Return the last `keep_last` digits behind four stars (P194); at least four are hidden."""
    return _ends(value, 0, keep_last)


def mask_cn(value: str, *, keep: int = 6, keep_company: int = 4) -> str:
    """Return a common name with every identifier in it masked (P192, G13).

    `I10026****-00-QR01::IS0015` from a name that begins with a national id; a pseudonymous
    subject stays as it is.
    """

    def masked(found: re.Match[str]) -> str:
        return mask_identifier(found[0], keep=keep, keep_company=keep_company)

    return re.sub(r"(?<![A-Z0-9])(?:[A-Z][A-Z0-9][0-9]{8}|[0-9]{8})(?![A-Z0-9])", masked, value)


def mask_address(value: str) -> str:
    """Return `203.0.113.*`, or the first 48 bits of an IPv6 address: the network, not the line."""
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return _STARS
    if isinstance(network, IPv4Network):
        return str(network.network_address).rpartition(".")[0] + ".*"
    whole = int(network.network_address) >> 80 << 80
    return str(IPv6Network((whole, 48)).network_address) + "*"


def _ends(value: str, first: int, last: int) -> str:
    hidden = len(value) - first - last
    if hidden < len(_STARS):
        return _STARS
    return value[:first] + _STARS + (value[-last:] if last else "")
