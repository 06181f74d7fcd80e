"""What faces may know of certificates: frozen read models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cinnabar.certificates import rules
from cinnabar.certificates.models import Certificate, Hold, KeyShare
from cinnabar.certificates.rules import Act, HostState, Window
from cinnabar.certificates.states import State
from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor

_SHOWN = [State.LIVE, State.SUPERSEDED, State.REVOKED]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRow:
    """The host's live certificate, as the table 本公司主機端 shows it (P175)."""

    serial: str
    serial_full: str
    not_before: datetime
    not_after: datetime
    window: Window
    state: HostState
    act: Act
    needs_code: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFact:
    """What the host says of one serial, for judging a device's copies of it."""

    state: State
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """Everything a device needs to judge its own certificates; nothing here is secret.

    `live_generation` is that of the live certificate's CA, 0 without one.
    """

    live: str | None
    live_der: bytes | None
    live_generation: int
    serials: Mapping[str, HostFact]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFact:
    """What the host has of a key share: can it be handed out, and what became of its key.

    `state` is that of the certificate for the key, None if none was ever intended; `der` is the
    certificate while it is live, which a device that lost the answer can take; `generation` is
    that of its issuer.
    """

    usable: bool
    state: State | None
    der: bytes | None
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A certificate found by its serial: whose it is and where it stands."""

    customer_id: int
    channel: str
    serial: str
    key_id: str
    der: bytes | None
    state: State
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None
    reason: str


def host_row(env: Env, visitor: Visitor) -> HostRow | None:
    """Return the visitor's live certificate on his channel, None if there is none."""
    live = Certificate.objects.filter(
        customer_id=visitor.customer_id, channel=visitor.channel, state=State.LIVE
    ).first()
    if live is None:
        return None
    policy, zone, now = env.firm.certificate, env.firm.identity.timezone, env.clock.now()
    state = rules.host_state(policy, zone, live.not_after, now)
    return HostRow(
        serial=rules.displayed_serial(live.serial),
        serial_full=live.serial,
        not_before=live.not_before,
        not_after=live.not_after,
        window=rules.renewal_window(policy, zone, live.not_after),
        state=state,
        act=rules.next_act(state),
        needs_code=live.not_after < now,
    )


def has_live(customer_id: int, channel: str) -> bool:
    """Tell whether the customer has a certificate that is valid now or may be renewed."""
    mine = Certificate.objects.filter(customer_id=customer_id, channel=channel)
    return mine.filter(state=State.LIVE).exists()


def host_facts(visitor: Visitor) -> HostFacts:
    """Return the host's view of every certificate the visitor ever had on his channel."""
    rows = Certificate.objects.filter(
        customer_id=visitor.customer_id, channel=visitor.channel, state__in=_SHOWN
    ).order_by("-intended_at")[:100]
    live = next((row for row in rows if row.state == State.LIVE), None)
    return HostFacts(
        live=live.serial if live else None,
        live_der=bytes(live.der) if live and live.der else None,
        live_generation=live.generation if live else 0,
        serials={
            row.serial: HostFact(
                state=State(row.state), not_before=row.not_before, not_after=row.not_after
            )
            for row in rows
        },
    )


def share_facts(visitor: Visitor, shares: Sequence[str]) -> dict[str, ShareFact]:
    """Return what the host has of `shares`; it has nothing of those of other devices."""
    mine = KeyShare.objects.filter(
        pk__in=shares, customer_id=visitor.customer_id, device=visitor.device
    ).select_related("certificate")
    usable = {row.id for row in mine if row.erased_at is None}
    made = Certificate.objects.filter(share__in=[row.id for row in mine])
    by_share = {row.id: row.certificate for row in mine} | {row.share_id: row for row in made}
    return {share: _share_fact(by_share.get(share), usable=share in usable) for share in shares}


def _share_fact(row: Certificate | None, *, usable: bool) -> ShareFact:
    live = row is not None and row.state == State.LIVE and row.der is not None
    return ShareFact(
        usable=usable,
        state=State(row.state) if row else None,
        der=bytes(row.der) if live and row and row.der else None,
        generation=row.generation if row else 1,
    )


def on_hold(visitor: Visitor) -> bool:
    """Tell whether a reported loss keeps the visitor from applying again."""
    return Hold.objects.filter(pk=visitor.customer_id).exists()


def by_serial(serial: str) -> Known | None:
    """Return the certificate with this serial, 32 lower-case hex digits."""
    row = Certificate.objects.filter(serial=serial).first()
    if row is None:
        return None
    return Known(
        customer_id=row.customer_id,
        channel=row.channel,
        serial=row.serial,
        key_id=row.key_id,
        der=bytes(row.der) if row.der else None,
        state=State(row.state),
        not_before=row.not_before,
        not_after=row.not_after,
        revoked_at=row.revoked_at,
        reason=row.reason,
    )
