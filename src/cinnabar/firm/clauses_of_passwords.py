"""The clauses on passwords, and on how a forgotten one is got again."""

from typing import get_args

from cinnabar.firm.clause import Clause
from cinnabar.firm.model import Firm
from cinnabar.firm.password import Blocked, PasswordRules

_ALONE = 15
_WITH_ANOTHER = 8
_LONGEST = 64


def _least(firm: Firm) -> int:
    """Return how long a password must be: less where it never opens anything by itself."""
    return _WITH_ANOTHER if firm.login.second_factor.when == "every-sign-in" else _ALONE


def _unlisted(rules: PasswordRules) -> bool:
    return not rules.blocklist >= {*get_args(Blocked)}


PASSWORDS = (
    Clause(
        key="password.login.min",
        ids="PWD-01, NIST SP 800-63B-4 3.1.1.2(1), ASVS 6.2.1",
        wanted="15 or more; 8 where every sign-in asks a second factor",
        short=lambda firm: firm.password.login.min < _least(firm),
        conflict="CONFLICT-3",
    ),
    Clause(
        key="password.login.max",
        ids="PWD-02, NIST SP 800-63B-4 3.1.1.2(2), ASVS 6.2.9",
        wanted="64 or more",
        short=lambda firm: firm.password.login.max < _LONGEST,
        conflict="CONFLICT-3",
    ),
    Clause(
        key="password.login.charset",
        ids="PWD-03, NIST SP 800-63B-4 3.1.1.2(3), (4), ASVS 6.2.5",
        wanted="'any'",
        short=lambda firm: firm.password.login.charset != "any",
        conflict="CONFLICT-3",
    ),
    Clause(
        key="password.login.min_letters",
        ids="PWD-03, NIST SP 800-63B-4 3.1.1.2(5), ASVS 6.2.5",
        wanted="0, and min_digits 0",
        short=lambda firm: bool(firm.password.login.min_letters + firm.password.login.min_digits),
        conflict="CONFLICT-3",
    ),
    Clause(
        key="password.login.max_age_days",
        ids="PWD-04, NIST SP 800-63B-4 3.1.1.2(6), ASVS 6.2.10",
        wanted="0: a date makes nobody choose a better one",
        short=lambda firm: bool(firm.password.login.max_age),
        conflict="CONFLICT-4",
    ),
    Clause(
        key="password.login.blocklist",
        ids="PWD-05, NIST SP 800-63B-4 3.1.1.2, ASVS 6.2.4, 6.2.11, 6.2.12",
        wanted=f"all of {', '.join(get_args(Blocked))}",
        short=lambda firm: _unlisted(firm.password.login),
    ),
    Clause(
        key="password.withdrawal.blocklist",
        ids="PWD-05, ASVS 6.2.4",
        wanted=f"all of {', '.join(get_args(Blocked))}",
        short=lambda firm: _unlisted(firm.password.withdrawal),
    ),
    Clause(
        key="password.voice.derivation",
        ids="PWD-10",
        wanted="'separate', so that a listener at the telephone does not learn the login password",
        short=lambda firm: firm.password.voice.derivation != "separate",
        conflict="CONFLICT-5",
    ),
    Clause(
        key="pass_code.with_certificate",
        ids="COD-15, NIST SP 800-63B-4 3.1.3.1",
        wanted="'sms'",
        short=lambda firm: firm.pass_code.with_certificate != "sms",
        conflict="CONFLICT-2",
    ),
    Clause(
        key="link.delivery",
        ids="RST-10, SFC-25, MAS 2022",
        wanted="'code': no mail leads to a page that asks for something secret",
        short=lambda firm: firm.link.delivery != "code",
        conflict="CONFLICT-8",
    ),
)
