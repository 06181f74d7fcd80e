"""What each attack on a firm may expect of its numbers (checklist 1.A): pure arithmetic.

The attacker is a strong one: he has a million leaked pairs of identifier and password of which
one in a hundred fits, and a thousand networks. Nobody notices him: no alarm is answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from cinnabar.firm.model import Firm
from cinnabar.firm.risk import account_day, space

PAIRS, FITS, NETWORKS = 1_000_000, 0.01, 1_000
"""How many leaked pairs, which share of them fits, how many networks."""

_HOURS = 24


class Codes(Protocol):
    """How a kind of code is made and tried; `CodePolicy` and `SignInCodePolicy` are such."""

    @property
    def length(self) -> int:
        """How many characters."""
        ...

    @property
    def alphabet(self) -> str:
        """What they are drawn from."""
        ...

    @property
    def tightened_length(self) -> int:
        """How many once the firm's budget of wrong entries is spent."""
        ...

    @property
    def max_wrong(self) -> int:
        """Wrong entries that kill a code."""
        ...

    @property
    def max_per_day(self) -> int:
        """Codes of one customer in a day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An attack of one day: who comes, how many tries are compared, what he may expect of them.

    `tries` are guesses that are evaluated, or what is sent for him; `hits` is a mean; `of` says
    what a hit is.
    """

    name: str
    by: str
    tries: int
    hits: float
    of: str


def attacks(firm: Firm) -> tuple[Attack, ...]:
    """Return what attacks on `firm` may expect, in the order of the page on them."""
    found = (_stuffing, _spraying, _sessions, _pumping, _locking)
    return tuple(one for kind in found for one in kind(firm))


def account_tries(firm: Firm, codes: Codes) -> int:
    """Return how many wrong codes of one kind an account takes in a day, over all sessions."""
    return min(codes.max_wrong * codes.max_per_day, firm.code.max_wrong_per_day)


def sprayed(firm: Firm, codes: Codes, tries: int) -> float:
    """Return the hits of `tries` codes at many accounts in a day.

    Past the firm's budget each further one meets the longer codes.
    """
    budget, letters = firm.code.firm_tighten_at, len(codes.alphabet)
    short = min(tries, budget) / space(letters, codes.length)
    return short + max(0, tries - budget) / space(letters, codes.tightened_length)


def _codes(firm: Firm) -> dict[str, Codes]:
    """Return the kinds of codes that the firm sends to whoever has the password."""
    of_certificates = {"certificate code": firm.code} if firm.offers_certificates else {}
    return {"sign-in code": firm.sign_in_code, **of_certificates}


def _opened(firm: Firm, passwords: float, codes_wrong: int) -> float:
    """Return how many sessions right passwords lead to, where a second factor is asked or not.

    `codes_wrong`: how many wrong codes are taken from where he comes.
    """
    if firm.login.second_factor.when != "every-sign-in":
        return passwords
    codes = firm.sign_in_code
    return sprayed(firm, codes, min(round(passwords * account_tries(firm, codes)), codes_wrong))


def _origins(address: int, network: int) -> dict[str, int]:
    """Return what one address, one network and all of his networks are allowed."""
    return {
        "one address": address,
        "one network": network,
        f"{NETWORKS:,} networks": network * NETWORKS,
    }


def _stuffing(firm: Firm) -> Iterator[Attack]:
    second = firm.login.second_factor.when == "every-sign-in"
    of = "sessions, past the second factor" if second else "sessions, with the password alone"
    wrong = _origins(firm.login.per_address_wrong_per_day, firm.guard.network_wrong_per_day)
    codes = _origins(firm.code.address_wrong_per_day, firm.code.network_wrong_per_day)
    for by, most in wrong.items():
        # Right passwords give their place back, so that there may be `most` wrong ones.
        tries = min(PAIRS, round(most / (1 - FITS)))
        hits = _opened(firm, tries * FITS, codes[by])
        yield Attack(name="stuffing", by=by, tries=tries, hits=hits, of=of)


def _spraying(firm: Firm) -> Iterator[Attack]:
    accounts = round(PAIRS * FITS)
    for kind, codes in _codes(firm).items():
        everywhere = accounts * account_tries(firm, codes)
        most = _origins(firm.code.address_wrong_per_day, firm.code.network_wrong_per_day)
        for by, tries in most.items():
            compared = min(tries, everywhere)
            hits = sprayed(firm, codes, compared)
            yield Attack(
                name=f"spraying {kind}s", by=by, tries=compared, hits=hits, of="codes guessed"
            )


def _sessions(firm: Firm) -> Iterator[Attack]:
    for kind, codes in _codes(firm).items():
        among = space(len(codes.alphabet), codes.length)
        name, day = f"many sessions, {kind}", account_tries(firm, codes)
        chance = account_day(1, day, among)
        yield Attack(name=name, by="one account, a day", tries=day, hits=chance, of="codes guessed")
        in_all = firm.code.max_wrong_in_a_row
        chance = account_day(1, in_all, among)
        yield Attack(
            name=name, by="one account, in a row", tries=in_all, hits=chance, of="codes guessed"
        )


def _pumping(firm: Firm) -> Iterator[Attack]:
    by_hour = {
        "one range of numbers": firm.code.sms_per_range_and_hour,
        "any numbers": firm.code.sms_per_hour,
    }
    for by, most in by_hour.items():
        sent = most * _HOURS
        yield Attack(name="SMS pumping", by=by, tries=sent, hits=sent, of="SMS to pay for")


def _locking(firm: Firm) -> Iterator[Attack]:
    wrong = {
        "one address": firm.login.per_address_wrong_per_day,
        "one network": firm.guard.network_wrong_per_day,
    }
    for by, tries in wrong.items():
        locked = tries // firm.login.max_wrong
        yield Attack(name="locking out", by=by, tries=tries, hits=locked, of="accounts locked")
