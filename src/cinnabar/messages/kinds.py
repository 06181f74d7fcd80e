"""The words this part is told in: kinds of messages, their facts, channels and states."""

from collections.abc import Mapping
from enum import StrEnum

from cinnabar.kernel.secrets import Secret


class Kind(StrEnum):
    """What a message tells its reader."""

    CODE = "code"
    """A one-time code (P29 to P51)."""
    CODE_NOTICE = "code-notice"
    """A code was sent by another channel; the code itself is not in here (CONFLICT-15)."""
    CERTIFICATE_CHANGED = "certificate-changed"
    """Something was done to or with a certificate, one of `EVENTS` (P195 to P197, MSG-02)."""
    PASS_CODE = "pass-code"  # noqa: S105 - a name
    """The temporary pass code of a reissue (暫時通行碼, P201, M-RE-SMS)."""
    SIGN_IN_CODE = "sign-in-code"
    """The code of a second factor, to sign in or for an act that asks it (P66 to P68)."""
    REISSUE_LINK = "reissue-link"
    """The mailed secret of a reissue without a certificate (P202, M-RE-MAIL, G19)."""
    REISSUE_IMPOSSIBLE = "reissue-impossible"
    """A reissue was asked for rightly, but what is on file does not allow it (RST-05, COD-17)."""
    RESET_LINK = "reset-link"
    """The mailed secret that a password is set with (P73, P203, M-HK-RESET, G20)."""
    RESET_IMPOSSIBLE = "reset-impossible"
    """A reset was asked for rightly, but what is on file does not allow it (RST-05)."""
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a name
    """Something was done to a password, one of `PASSWORD_EVENTS` (P208, MSG-03, RST-08)."""
    ACCOUNT_NOTICE = "account-notice"
    """Something happened around the sign-in, one of `ACCOUNT_EVENTS` (MSG-03, SES-05)."""
    PASSWORD_ENDS = "password-ends"  # noqa: S105 - a name
    """A password has its time soon (P87)."""
    TOKEN_REGISTRATION = "token-registration"  # noqa: S105 - a name
    """The registration code of a soft token, to be scanned or typed (P204, P215, M-HK-TOK)."""
    APPROVAL_WAITING = "approval-waiting"
    """Something waits in the app to be approved: it wakes the app and carries nothing (MSG-07)."""
    STAFF_ALERT = "staff-alert"
    """To the firm's own people: somebody has to look at this, one of `ALERTS`."""


class State(StrEnum):
    """Where a message is. `SENT` means that the relay or gateway took it over."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    DEAD = "dead"


CHANNELS = ("sms", "email", "push")
"""The ways to a customer."""

ONLY_BY_MAIL = frozenset(
    {
        Kind.REISSUE_LINK,
        Kind.RESET_LINK,
        Kind.PASSWORD_ENDS,
        Kind.TOKEN_REGISTRATION,
        Kind.STAFF_ALERT,
    }
)
"""Kinds no SMS carries: it holds no link (COD-16), a reminder is not worth one, staff have a
mailbox."""

CODES = frozenset({Kind.CODE, Kind.PASS_CODE, Kind.SIGN_IN_CODE})
"""What somebody sits and waits for: it goes first."""

FACTS: Mapping[Kind, frozenset[str]] = {
    Kind.CODE: frozenset({"code", "purpose", "asked_at"}),
    Kind.CODE_NOTICE: frozenset({"purpose", "asked_at"}),
    Kind.CERTIFICATE_CHANGED: frozenset({"event", "at", "serial"}),
    Kind.PASS_CODE: frozenset({"code", "asked_at"}),
    Kind.SIGN_IN_CODE: frozenset({"code", "purpose", "asked_at"}),
    Kind.REISSUE_LINK: frozenset({"token", "asked_at"}),
    Kind.REISSUE_IMPOSSIBLE: frozenset({"asked_at"}),
    Kind.RESET_LINK: frozenset({"token", "asked_at", "account", "why"}),
    Kind.RESET_IMPOSSIBLE: frozenset({"asked_at"}),
    Kind.PASSWORD_CHANGED: frozenset({"event", "at", "undo"}),
    Kind.ACCOUNT_NOTICE: frozenset({"event", "at", "undo", "browser", "system", "address"}),
    Kind.PASSWORD_ENDS: frozenset({"at"}),
    Kind.TOKEN_REGISTRATION: frozenset({"code", "asked_at", "account"}),
    Kind.APPROVAL_WAITING: frozenset({"asked_at"}),
    Kind.STAFF_ALERT: frozenset({"event", "at", "subject"}),
}
"""The facts each kind carries: no more and no fewer."""

SECRETS: Mapping[Kind, str] = {
    Kind.CODE: "code",
    Kind.PASS_CODE: "code",
    Kind.SIGN_IN_CODE: "code",
    Kind.REISSUE_LINK: "token",
    Kind.RESET_LINK: "token",
    Kind.PASSWORD_CHANGED: "undo",
    Kind.ACCOUNT_NOTICE: "undo",
    Kind.TOKEN_REGISTRATION: "code",
}
"""Which fact is a `Secret`."""

EXPIRING = frozenset(
    {
        Kind.CODE,
        Kind.PASS_CODE,
        Kind.SIGN_IN_CODE,
        Kind.REISSUE_LINK,
        Kind.RESET_LINK,
        Kind.TOKEN_REGISTRATION,
        Kind.APPROVAL_WAITING,
    }
)
"""Kinds that are of no use after their secret's end, and are not sent then."""

EVENTS = frozenset({"apply", "renew", "revoke", "export", "import"})
"""What `purpose` and `event` of a certificate may say (P197)."""

PASSWORD_EVENTS = frozenset(
    {
        "login",
        "withdrawal",
        "login-and-withdrawal",
        "voice",
        "consolidate",
        "unconsolidate",
        "reissue",
        "reset",
        "unlock",
    }
)
"""What the `event` of a password may say: which was changed, or what was done with them."""

FACTORS = frozenset({"sign-in", "step-up", "bind"})
"""What a second factor's code is asked for; "bind": to activate a soft token."""

ACCOUNT_EVENTS = frozenset(
    {
        "signed-in",
        "new-device",
        "device-stolen",
        "codes-failed",
        "passkey-added",
        "passkey-removed",
        "passkey-copied",
        "token-added",
        "token-removed",
        "token-locked",
        "token-lost",
        "token-copied",
        "pin-changed",
        "approval-denied",
        "biometrics-on",
        "biometrics-suspended",
    }
)
"""What the `event` of an account's notice may say; what is not known of it is told as ""."""

ALERTS = frozenset({"not-me", "passkey-copied", "approval-denied"})
"""What the `event` of an alert may say: a customer answered a notice with "this was not me"."""

_ABOUT: Mapping[Kind, frozenset[str]] = {
    Kind.CODE: EVENTS,
    Kind.CODE_NOTICE: EVENTS,
    Kind.CERTIFICATE_CHANGED: EVENTS,
    Kind.PASSWORD_CHANGED: PASSWORD_EVENTS,
    Kind.SIGN_IN_CODE: FACTORS,
    Kind.ACCOUNT_NOTICE: ACCOUNT_EVENTS,
    Kind.STAFF_ALERT: ALERTS,
}

Facts = Mapping[str, str | Secret]
"""What a message tells, by name. Instants are aware ISO 8601 texts."""


def check_facts(kind: Kind, facts: Facts) -> None:
    """Raise `ValueError` or `TypeError` if `facts` are not those of `kind`.

    This is the programmer's guard: what customers type was judged long before.
    """
    if facts.keys() != FACTS[kind]:
        msg = f"a {kind} message tells {sorted(FACTS[kind])}, not {sorted(facts)}"
        raise ValueError(msg)
    if kind in SECRETS and not isinstance(facts[SECRETS[kind]], Secret):
        msg = f"the {SECRETS[kind]} is handed over as a Secret, so that nothing prints it"
        raise TypeError(msg)
    about = _ABOUT.get(kind)
    if about is not None and facts.get("purpose", facts.get("event")) not in about:
        msg = f"a {kind} message is about one of {sorted(about)}"
        raise ValueError(msg)
