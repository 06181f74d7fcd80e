"""The clauses on the certificate code, measured by the arithmetic of the checklist's 1.A."""

from datetime import timedelta

from cinnabar.firm.clause import FACES, Clause
from cinnabar.firm.model import Firm
from cinnabar.firm.risk import equal_risk_tries, guessing_risk

_BITS = 19.9  # six decimal digits, which NIST and ASVS count as twenty bits
_HITS_A_DAY = 0.1  # what 1.A leaves to a whole firm


def _safe_tries(firm: Firm) -> int:
    return equal_risk_tries(guessing_risk(firm.code).codes)


CODES = (
    Clause(
        key="code.length",
        ids="COD-02, NIST SP 800-63B-4 3.1.3.2, ASVS 6.5.4",
        wanted="6 digits, or 4 characters of Crockford's base 32 (20 bits)",
        short=lambda firm: guessing_risk(firm.code).bits < _BITS,
        conflict="CONFLICT-1",
    ),
    Clause(
        key="code.ttl_seconds",
        ids="COD-04, NIST SP 800-63B-4 3.1.3.2, ASVS 6.5.5",
        wanted="600 or fewer",
        short=lambda firm: firm.code.ttl > timedelta(minutes=10),
    ),
    Clause(
        key="code.resend_after_seconds",
        ids="COD-09",
        wanted="60 or more",
        short=lambda firm: firm.code.resend_after < timedelta(seconds=60),
    ),
    Clause(
        key="code.max_wrong_per_day",
        ids="COD-10, NIST SP 800-63B-4 3.2.2, ASVS 6.6.3",
        wanted="no more tries than leave a chance of 1 in 10,000, or longer codes",
        short=lambda firm: guessing_risk(firm.code).tries_a_day > _safe_tries(firm),
        conflict="CONFLICT-1",
    ),
    Clause(
        key="code.max_wrong_in_a_row",
        ids="COD-08, NIST SP 800-63B-4 3.2.2",
        wanted="no more tries than leave a chance of 1 in 10,000, or longer codes",
        short=lambda firm: firm.code.max_wrong_in_a_row > _safe_tries(firm),
        conflict="CONFLICT-1",
    ),
    Clause(
        key="code.address_wrong_per_day",
        ids="COD-10, ASVS 2.4.1",
        wanted="10 or fewer",
        short=lambda firm: firm.code.address_wrong_per_day > 10,  # noqa: PLR2004 - from 1.A
    ),
    Clause(
        key="code.firm_tighten_at",
        ids="COD-10, ASVS 6.1.1",
        wanted="a budget that leaves at most 0.1 expected hits a day to the whole firm",
        short=lambda firm: guessing_risk(firm.code).firm_day > _HITS_A_DAY,
        conflict="CONFLICT-1",
    ),
    Clause(
        key="code.tightened_length",
        ids="COD-02, COD-10, ASVS 6.5.4",
        wanted="20 bits: 6 digits, or 4 characters of Crockford's base 32",
        short=lambda firm: guessing_risk(firm.code).tightened_bits < _BITS,
        conflict="CONFLICT-1",
    ),
    Clause(
        key="code.email_carries_code",
        ids="COD-15, NIST SP 800-63B-4 3.1.3.1, ASVS 6.3.6",
        wanted="false: the mail says that a code was asked for and does not hold it",
        short=lambda firm: firm.code.email_carries_code,
        conflict="CONFLICT-2, CONFLICT-15",
    ),
    Clause(
        key="code.required_for_apply",
        ids="CRT-10, TWSE-D 2(1)",
        wanted="web, helper and mobile",
        short=lambda firm: not firm.code.required_for_apply >= FACES,
    ),
    Clause(
        key="code.required_for_revoke",
        ids="SES-06, ASVS 7.5.3",
        wanted="web, helper and mobile",
        short=lambda firm: not firm.code.required_for_revoke >= FACES,
    ),
    Clause(
        key="code.mobile_delete",
        ids="SES-06, ASVS 7.5.3",
        wanted="'key-signature': the key that is deleted signs for it",
        short=lambda firm: firm.code.mobile_delete == "no-proof",
    ),
)
