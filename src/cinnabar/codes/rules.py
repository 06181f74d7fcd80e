"""Decisions about codes, with time and policy as arguments."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from cinnabar.firm.code import CodePolicy
from cinnabar.firm.model import Firm
from cinnabar.firm.recovery import PassCodePolicy, SignInCodePolicy
from cinnabar.kernel.secrets import Digits

ASKED, WRONG, ADDRESS_WRONG, NETWORK_WRONG, SAME_WRONG, DESTINATION = (
    "code-asked",
    "code-wrong",
    "code-wrong-address",
    "code-wrong-network",
    "code-same-wrong",
    "code-destination",
)
"""What is counted per day: codes asked and wrong tries of a customer, wrong tries from an
address and its network, tries of one wrong code, codes sent to a destination; WRONG of nobody is
the firm's."""


HALVES = "sign-in-half-lost"
"""What is counted of the firm: sign-ins with a right password and wrong codes to the end."""

REISSUE = "reissue"
"""The purpose of a pass code (暫時通行碼)."""

RESET = "reset"
"""The purpose of a pass code asked beside the mail of a reset (P76)."""

PASS_CODES = frozenset({REISSUE, RESET})

SIGN_IN, STEP_UP = "sign-in", "step-up"
"""The purposes of a second factor's code."""

BIND = "bind"
"""The purpose of the code that activates a soft token."""

FACTORS = frozenset({SIGN_IN, STEP_UP, BIND})

Making: TypeAlias = CodePolicy | PassCodePolicy | SignInCodePolicy
"""How a code is made and how long it lives; the budgets are those of `CodePolicy` for all."""


class Verdict(StrEnum):
    """What became of a try.

    LIMIT: a day's allowance of wrong tries is used up. MALFORMED: it could not be a code,
    so it was no guess.
    """

    ACCEPTED = "accepted"
    WRONG = "wrong"
    CLOSED = "closed"
    LIMIT = "limit"
    MALFORMED = "malformed"


def making(firm: Firm, purpose: str) -> Making:
    """Return how codes for `purpose` are made (P29 to P35, P52 to P60, P66 to P68)."""
    if purpose == BIND:
        return firm.activation_code
    if purpose in FACTORS:
        return firm.sign_in_code
    return firm.pass_code if purpose in PASS_CODES else firm.code


def asked(purpose: str) -> str:
    """Return what codes asked for `purpose` are counted as.

    Certificate codes do not use up the day's of a reissue, nor a sign-in's those of either.
    """
    if purpose == BIND:
        return f"{BIND}-{ASKED}"
    if purpose in FACTORS:
        return f"{SIGN_IN}-{ASKED}"
    return f"{REISSUE}-{ASKED}" if purpose in PASS_CODES else ASKED


def well_formed(policy: Making, typed: Digits) -> bool:
    """Tell whether `typed` could be a code at all, at either length the policy may use.

    Only the alphabet's own characters count: no full-width digits, no blanks (incident 8).
    """
    lengths = {policy.length, policy.tightened_length}
    text = typed.reveal()
    return len(text) in lengths and all(letter in policy.alphabet for letter in text)


def tidied(policy: Making, text: str) -> Digits:
    """Return what a person typed as a code: blanks out, letters upper-case where letters count."""
    bare = re.sub(r"[\s-]", "", text)
    return Digits(bare.upper() if not policy.alphabet.isdigit() else bare)


def resend_wait(policy: Making, asked_at: datetime, now: datetime) -> int:
    """Return the whole seconds until a new code may be asked, 0 if now (P34, COD-09)."""
    left = asked_at + policy.resend_after - now
    return max(0, -(-left // timedelta(seconds=1)))


def length_today(policy: Making, firm_wrong: int, *, tighten_at: int) -> int:
    """Return how long codes are now: longer once the firm's budget is spent (1.A, COD-10)."""
    return policy.tightened_length if firm_wrong >= tighten_at else policy.length
