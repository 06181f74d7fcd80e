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


class State(StrEnum):
    """Where a message is. `SENT` means that the relay or gateway took it over."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    DEAD = "dead"


CHANNELS = ("sms", "email")
"""The ways to a customer."""

FACTS: Mapping[Kind, frozenset[str]] = {
    Kind.CODE: frozenset({"code", "purpose", "asked_at"}),
    Kind.CODE_NOTICE: frozenset({"purpose", "asked_at"}),
    Kind.CERTIFICATE_CHANGED: frozenset({"event", "at", "serial"}),
}
"""The facts each kind carries: no more and no fewer."""

EVENTS = frozenset({"apply", "renew", "revoke", "export", "import"})
"""What `purpose` and `event` may say (P197)."""

Facts = Mapping[str, str | Secret]
"""What a message tells, by name. Instants are aware ISO 8601 texts."""


def check_facts(kind: Kind, facts: Facts) -> None:
    """Raise `ValueError` or `TypeError` if `facts` are not those of `kind`.

    This is the programmer's guard: what customers type was judged long before.
    """
    if facts.keys() != FACTS[kind]:
        msg = f"a {kind} message tells {sorted(FACTS[kind])}, not {sorted(facts)}"
        raise ValueError(msg)
    if kind is Kind.CODE and not isinstance(facts["code"], Secret):
        msg = "a code is handed over as a Secret, so that nothing prints it on the way"
        raise TypeError(msg)
    if facts.get("purpose", facts.get("event")) not in EVENTS:
        msg = f"a {kind} message is about one of {sorted(EVENTS)}"
        raise ValueError(msg)
