"""Decisions about codes, with time and policy as arguments."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from cinnabar.firm.code import CodePolicy
from cinnabar.kernel.secrets import Digits

ASKED, WRONG, ADDRESS_WRONG, DESTINATION = (
    "code-asked",
    "code-wrong",
    "code-wrong-address",
    "code-destination",
)
"""What is counted per day: codes asked and wrong tries of a customer, wrong tries from an
address, codes sent to a destination; WRONG of nobody is the firm's."""


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


def well_formed(policy: CodePolicy, typed: Digits) -> bool:
    """Tell whether `typed` could be a code at all, at either length the policy may use.

    Only the alphabet's own characters count: no full-width digits, no blanks (incident 8).
    """
    lengths = {policy.length, policy.tightened_length}
    text = typed.reveal()
    return len(text) in lengths and all(letter in policy.alphabet for letter in text)


def tidied(policy: CodePolicy, text: str) -> Digits:
    """Return what a person typed as a code: blanks out, letters upper-case where letters count."""
    bare = re.sub(r"[\s-]", "", text)
    return Digits(bare.upper() if not policy.alphabet.isdigit() else bare)


def resend_wait(policy: CodePolicy, asked_at: datetime, now: datetime) -> int:
    """Return the whole seconds until a new code may be asked, 0 if now (P34, COD-09)."""
    left = asked_at + policy.resend_after - now
    return max(0, -(-left // timedelta(seconds=1)))


def length_today(policy: CodePolicy, firm_wrong: int) -> int:
    """Return how long codes are now: longer once the firm's budget is spent (1.A, COD-10)."""
    return policy.tightened_length if firm_wrong >= policy.firm_tighten_at else policy.length
