"""The clauses that a firm's choices can fall short of, as a table (checklist, 1).

Each row names a key, the clauses, what would satisfy them, and a small function that says
whether this firm falls short. Order is that of the firm file.
"""

from datetime import timedelta
from typing import get_args

from cinnabar.firm.clause import FACES, Clause
from cinnabar.firm.clauses_of_codes import CODES
from cinnabar.firm.clauses_of_passwords import PASSWORDS
from cinnabar.firm.notify import Signed

SIGN_IN = (
    Clause(
        key="login.max_wrong",
        ids="LCK-04, ASVS 6.1.1",
        wanted="5 or more, so that a stranger does not lock a customer with three tries",
        short=lambda firm: firm.login.max_wrong < 5,  # noqa: PLR2004 - the number of the clause
        conflict="CONFLICT-7",
    ),
    Clause(
        key="login.max_wrong",
        ids="LCK-02, PCI DSS 8.3.4",
        wanted="10 or fewer",
        short=lambda firm: firm.login.max_wrong > 10,  # noqa: PLR2004 - likewise
    ),
    Clause(
        key="login.counter_reset_on_success",
        ids="LCK-07, NIST SP 800-63B-4 3.2.2",
        wanted="true",
        short=lambda firm: not firm.login.counter_reset_on_success,
    ),
    Clause(
        key="login.idle_minutes",
        ids="SES-02, NIST SP 800-63B-4 2.2.3, ASVS 7.3.1",
        wanted="60 or fewer",
        short=lambda firm: firm.login.idle > timedelta(hours=1),
    ),
    Clause(
        key="login.absolute_hours",
        ids="SES-02, NIST SP 800-63B-4 2.2.3, ASVS 7.3.2",
        wanted="24 or fewer",
        short=lambda firm: firm.login.absolute > timedelta(hours=24),
    ),
    Clause(
        key="login.argon2",
        ids="PWD-06, NIST SP 800-63B-4 3.1.1.2, ASVS 11.4.2",
        wanted="'owasp-19' or 'rfc9106-low'",
        short=lambda firm: firm.login.argon2 == "test",
    ),
    Clause(
        key="login.second_factor.when",
        ids="REG-TW-1, PWD-01, NIST SP 800-63B-4 3.1.1.2(1)",
        wanted="'every-sign-in'",
        short=lambda firm: firm.login.second_factor.when != "every-sign-in",
    ),
    Clause(
        key="login.second_factor.methods",
        ids="COD-14, NIST SP 800-63B-4 3.2.9, ASVS 6.6.1",
        wanted="an unrestricted method beside the SMS: 'passkey' or 'soft-token'",
        short=lambda firm: not {"passkey", "soft-token"} & {*firm.login.second_factor.methods},
    ),
    Clause(
        key="login.second_factor.methods",
        ids="FID-01, NIST SP 800-63B-4 2.2.2",
        wanted="a method that resists phishing: 'passkey'",
        short=lambda firm: "passkey" not in firm.login.second_factor.methods,
    ),
    Clause(
        key="login.second_factor.methods",
        ids="COD-15, NIST SP 800-63B-4 3.1.3.1, SFC-20",
        wanted="no 'email': a mailbox is not a second factor",
        short=lambda firm: "email" in firm.login.second_factor.methods,
        conflict="CONFLICT-2",
    ),
)

CERTIFICATES = (
    Clause(
        key="certificate.code_after_expiry",
        ids="CRT-09, TWSE-D 5",
        wanted="true: an expired certificate is applied for anew",
        short=lambda firm: (
            firm.certificate.renew_days_after > 0 and not firm.certificate.code_after_expiry
        ),
        conflict="CONFLICT-11",
    ),
    Clause(
        key="certificate.code_after_certificate_sign_in",
        ids="CRT-10, TWSE-D 2(1), TWSE-I",
        wanted="true: the renewal's factor differs from the sign-in's",
        short=lambda firm: not firm.certificate.code_after_certificate_sign_in,
        conflict="CONFLICT-11",
    ),
    Clause(
        key="certificate.export_code",
        ids="SES-06, ASVS 7.5.3",
        wanted="true while export is offered: a key leaves with a fresh factor",
        short=lambda firm: (
            firm.certificate.export == "offered" and not firm.certificate.export_code
        ),
    ),
    Clause(
        key="certificate.import_without_mac",
        ids="CRT-16, ASVS 5.2.1",
        wanted="'refuse'",
        short=lambda firm: firm.certificate.import_without_mac != "refuse",
    ),
    Clause(
        key="certificate.exportable",
        ids="CRT-16, CRT-18, NIST SP 800-63B-4 3.2.13, ASVS 14.3.3",
        wanted="false for mobile",
        short=lambda firm: firm.certificate.exportable["mobile"],
        conflict="CONFLICT-16",
    ),
    Clause(
        key="certificate.consent_channels",
        ids="CRT-19, TWSE-S 2",
        wanted="web, helper and mobile",
        short=lambda firm: not firm.certificate.consent_channels >= FACES,
    ),
)

MESSAGES = (
    Clause(
        key="notify.cert_change_channels",
        ids="MSG-04, NIST SP 800-63B-4 4.6",
        wanted="two channels: 'email' and 'sms'",
        short=lambda firm: len(firm.notify.cert_change_channels) < 2,  # noqa: PLR2004 - two
    ),
    Clause(
        key="notify.smime_signed",
        ids="MSG-01",
        wanted=f"every kind of mail: {', '.join(get_args(Signed))}",
        short=lambda firm: len(firm.notify.smime_signed) < len(get_args(Signed)),
    ),
    Clause(
        key="notify.password_change_channels",
        ids="MSG-03, NIST SP 800-63B-4 4.6, ASVS 6.3.7, SFC-G 1.3(b)",
        wanted="'email' and 'sms', so that one differs from the sign-in's factor",
        short=lambda firm: len(firm.notify.password_change_channels) < 2,  # noqa: PLR2004 - two
    ),
)

STAFF = (
    Clause(
        key="counter.contact_data",
        ids="STF-02, COD-13, ASVS 2.3.5",
        wanted="'four-eyes'",
        short=lambda firm: firm.counter.contact_data != "four-eyes",
    ),
    Clause(
        key="counter.contact_data_tells_old",
        ids="COD-13, NIST SP 800-63B-4 4.6",
        wanted="true",
        short=lambda firm: not firm.counter.contact_data_tells_old,
    ),
    Clause(
        key="counter.contact_data_cooling_hours",
        ids="COD-13, MAS 2022",
        wanted="12 or more",
        short=lambda firm: firm.counter.contact_data_cooling < timedelta(hours=12),
    ),
    Clause(
        key="counter.revoke_over_limit",
        ids="STF-02, ASVS 2.3.5",
        wanted="'four-eyes'",
        short=lambda firm: firm.counter.revoke_over_limit != "four-eyes",
    ),
    Clause(
        key="counter.unlock_by_phone",
        ids="PWD-12, NIST SP 800-63B-4 3.1.1.2(8)",
        wanted="'scripted-check': what a stranger could know is not enough",
        short=lambda firm: firm.counter.unlock_by_phone != "scripted-check",
    ),
)

CLAUSES = SIGN_IN + CODES + PASSWORDS + CERTIFICATES + MESSAGES + STAFF
