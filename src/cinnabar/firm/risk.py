"""How likely codes are guessed (checklist 1.A): pure arithmetic, no policy of its own."""

import math
from dataclasses import dataclass

from cinnabar.firm.code import CodePolicy

NIST_RISK = 1e-4
"""What SP 800-63B-4 accepts per account: 100 tries (3.2.2) at six digits (3.1.3.2)."""

_DAY_SECONDS = 86_400
_YEAR_DAYS = 365


def space(alphabet_size: int, length: int) -> int:
    """Return how many codes there are."""
    return int(alphabet_size**length)


def account_day(tries: int, codes: int, among: int) -> float:
    """Return the chance of a hit with `tries` at each of `codes` codes drawn from `among`."""
    if tries >= among:
        return 1.0
    return -math.expm1(codes * math.log1p(-tries / among))


def expected_hits(accounts: int, chance: float) -> float:
    """Return how many of `accounts` are hit on average when all are attacked."""
    return accounts * chance


def firm_day(budget: int, among: int) -> float:
    """Return the hits to expect of all wrong codes the firm takes in a day."""
    return budget / among


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessingRisk:
    """A firm's risk, for an attacker who has passed the password step.

    `tries_a_day` is what the caps leave of one account's day; `uncapped_codes` and `uncapped`
    are the codes and the chance if only the pause between codes held him back.
    """

    codes: int
    bits: float
    one_code: float
    tries_a_day: int
    account_day: float
    uncapped_codes: int
    uncapped: float
    firm_day: float
    firm_year: float
    tightened_bits: float


def guessing_risk(policy: CodePolicy) -> GuessingRisk:
    """Return the risk of a certificate code under `policy`."""
    among = space(len(policy.alphabet), policy.length)
    tries = min(policy.max_wrong * policy.max_per_day, policy.max_wrong_per_day)
    whole, rest = divmod(tries, policy.max_wrong)
    missed = (1 - account_day(policy.max_wrong, whole, among)) * (1 - account_day(rest, 1, among))
    resends = _DAY_SECONDS // int(policy.resend_after.total_seconds())
    daily = firm_day(policy.firm_tighten_at, among)
    return GuessingRisk(
        codes=among,
        bits=math.log2(among),
        one_code=account_day(policy.max_wrong, 1, among),
        tries_a_day=tries,
        account_day=1 - missed,
        uncapped_codes=resends,
        uncapped=account_day(policy.max_wrong, resends, among),
        firm_day=daily,
        firm_year=daily * _YEAR_DAYS,
        tightened_bits=policy.tightened_length * math.log2(len(policy.alphabet)),
    )


def equal_risk_tries(among: int) -> int:
    """Return how many wrong tries in a row NIST's accepted risk leaves at this many codes."""
    return int(NIST_RISK * among + 1e-9)
