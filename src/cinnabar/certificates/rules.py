"""Validity, windows and states of a certificate. Pure; times in, facts out."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cinnabar.firm.certificate import CertificatePolicy

_END_OF_DAY = time(23, 59, 59)


class HostState(StrEnum):
    """What the host says of a customer's certificate (P160); faces have the words."""

    NONE = "none"
    NORMAL = "normal"
    NEEDS_RENEWAL = "needs-renewal"
    EXPIRED = "expired"


class Act(StrEnum):
    """What the customer may do next (P162)."""

    APPLY = "apply"
    RENEW = "renew"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The instants between which a certificate may be renewed, both included (CRT-06)."""

    opens: datetime
    closes: datetime

    def holds(self, now: datetime) -> bool:
        """Tell whether `now` lies in the window."""
        return self.opens <= now <= self.closes


def not_after(
    policy: CertificatePolicy, zone: ZoneInfo, issued: datetime, *, renews: datetime | None = None
) -> datetime:
    """Return the end of validity: 23:59:59 in `zone`, `validity_days` on (P136, P138).

    A renewal counts from the end of the certificate it `renews`, so that days left are kept
    (P141, G7); one that had already ended has none left and counts from the issue.
    """
    base = issued
    if renews is not None and policy.keep_days_left and renews > issued:
        base = renews
    day = base.astimezone(zone).date() + timedelta(days=policy.validity_days)
    return datetime.combine(day, _END_OF_DAY, tzinfo=zone)


def renewal_window(policy: CertificatePolicy, zone: ZoneInfo, ends: datetime) -> Window:
    """Return the renewal window of a certificate that `ends` then (P139, P140, G1-G4)."""
    local = ends.astimezone(zone)
    return Window(
        opens=local - timedelta(days=policy.renew_days_before),
        closes=local + timedelta(days=policy.renew_days_after),
    )


def host_state(
    policy: CertificatePolicy, zone: ZoneInfo, ends: datetime | None, now: datetime
) -> HostState:
    """Return the state of the host's certificate that `ends` then; None: there is none."""
    if ends is None:
        return HostState.NONE
    if renewal_window(policy, zone, ends).holds(now):
        return HostState.NEEDS_RENEWAL
    return HostState.EXPIRED if now > ends else HostState.NORMAL


def next_act(state: HostState) -> Act:
    """Return what the host's table offers in `state` (P162)."""
    return {
        HostState.NONE: Act.APPLY,
        HostState.EXPIRED: Act.APPLY,
        HostState.NEEDS_RENEWAL: Act.RENEW,
        HostState.NORMAL: Act.NOTHING,
    }[state]


def displayed_serial(serial: str) -> str:
    """Return the last eight hex digits, upper-case, which people read out (P158)."""
    return serial[-8:].upper()
