"""What is shown to somebody whom nothing is on file for, so that he does not learn it. Pure.

A decoy is made of a seed that only the holder of the installation's keys can make: the same seed
gives the same decoy for ever, and without the key it cannot be told from real data (RST-05,
CONFLICT-6, incident 16). It is written out in full and goes through the firm's masks like the
real thing, so that both look alike whatever the masks are. Nothing is ever sent to one.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from cinnabar.customers.vocabulary import BusinessLine

ELSEWHERE = "*"
"""Stands among the domains for all the others: a mail address there is shown without its own."""

T = TypeVar("T")

# First and last letters of mail names, each about as often as it is met; the last may be a digit.
_FIRST = "aaaabbcccccddeeffgghhiijjjjkkkklllllmmmmnnppqrrssssstttuvwwwxyyyz"
_LAST = "aaabccdeeeeggghhhiiikllmnnnnnooprrssstuuwxyyz0011112233445566778889999"
_DIGITS = "0123456789"
_ACCOUNT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoy:
    """A phone, a mail address and an account number per business line that nobody has."""

    mobile: str = field(repr=False)
    email: str = field(repr=False)
    accounts: Mapping[BusinessLine, str] = field(repr=False)


def of(
    seed: bytes,
    lines: Sequence[BusinessLine],
    *,
    mobiles: Sequence[str],
    length: int,
    domains: Sequence[str],
) -> Decoy:
    """Return the decoy of `seed`, with one account for each of `lines`.

    `mobiles` are beginnings of phone numbers, which have `length` digits, `domains` those of mail
    addresses or `ELSEWHERE`; what stands there more than once comes up more often. Both hold at
    least one.
    """
    start = _pick(seed, "mobile", mobiles)
    return Decoy(
        mobile=start + _digits(seed, "mobile", length - len(start)),
        email=_email(seed, domains),
        accounts={line: _digits(seed, f"account {line.value}", _ACCOUNT) for line in lines},
    )


def held(seed: bytes, lines: tuple[BusinessLine, ...]) -> tuple[BusinessLine, ...]:
    """Return the lines that nobody would have accounts in: the first, and half of the others."""
    return lines[:1] + tuple(
        line for line in lines[1:] if _pick(seed, f"held {line.value}", (True, False))
    )


def shown_domain(email: str, masked: str, domains: Sequence[str]) -> str:
    """Return the masked address, its domain starred unless `domains` has it.

    A domain that no decoy ever has would say that its owner is a customer.
    """
    name, at, _ = masked.rpartition("@")
    rare = email.rpartition("@")[2] not in set(domains) - {ELSEWHERE}
    return f"{name}{at}*****" if at and rare else masked


def _email(seed: bytes, domains: Sequence[str]) -> str:
    first, last = _pick(seed, "mail first", _FIRST), _pick(seed, "mail last", _LAST)
    return f"{first}--{last}@{_pick(seed, 'mail domain', domains)}"


def _digits(seed: bytes, what: str, count: int) -> str:
    return "".join(_pick(seed, f"{what} {n}", _DIGITS) for n in range(count))


def _pick(seed: bytes, what: str, among: Sequence[T]) -> T:
    """Return one of `among`, evenly (to 2⁻⁵⁰), by a hash that no other `what` shares."""
    octets = hashlib.blake2b(what.encode(), key=seed, digest_size=8).digest()
    return among[int.from_bytes(octets, "big") % len(among)]
