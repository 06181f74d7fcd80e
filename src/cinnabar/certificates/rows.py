"""The statements of issuing, at the cursor: few and short, for this is the hot path."""

from dataclasses import dataclass, replace
from datetime import datetime

from cinnabar.certificates.states import EndReason, State
from cinnabar.statements import instant, one, run


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A customer's live certificate on one channel."""

    id: int
    serial: str
    not_after: datetime
    share: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intention:
    """A certificate that is written down and not yet in force, or what became of it.

    `generation` is that of the CA whose name is in it, `shard` the part of the CA's revocation
    list it points to. `replaces` is the row of the certificate that ends when this one starts;
    `der` is there once it is signed.
    """

    id: int
    customer_id: int
    subject: str
    channel: str
    serial: str
    act: str
    state: State
    generation: int
    shard: str
    tbs: bytes
    der: bytes | None
    not_before: datetime
    not_after: datetime
    flow: str
    share: str | None
    replaces: Live | None


_LIVE = """
SELECT id, serial, not_after, share_id FROM certificates_certificate
WHERE customer_id = %s AND channel = %s AND state = 'live'
"""

_ON_HOLD = "SELECT 1 FROM certificates_hold WHERE customer_id = %s"

_INTEND = """
INSERT INTO certificates_certificate
  (customer_id, channel, serial, key_id, act, state, generation, shard, tbs, der, not_before,
   not_after, flow, replaces_id, share_id, intended_at, changed_at, revoked_at, reason)
VALUES (%s, %s, %s, %s, %s, 'issuing', %s, %s, %s, NULL, %s, %s, %s, %s, %s, %s, %s, NULL, '')
RETURNING id
"""

_READ = """
SELECT c.id, c.customer_id, k.subject, c.channel, c.serial, c.act, c.state, c.generation, c.shard,
       c.tbs, c.der, c.not_before, c.not_after, c.flow, c.share_id,
       o.id, o.serial, o.not_after, o.share_id
FROM certificates_certificate c JOIN customers_customer k ON k.id = c.customer_id
LEFT JOIN certificates_certificate o ON o.id = c.replaces_id
WHERE c.flow = %s
"""

_OPEN_FLOW = """
SELECT flow FROM certificates_certificate
WHERE customer_id = %s AND channel = %s AND state = 'issuing'
"""

_ENFORCE = """
UPDATE certificates_certificate SET state = 'live', der = %s, changed_at = %s
WHERE id = %s AND state = 'issuing'
"""

_CLOSE = """
UPDATE certificates_certificate
SET state = 'closed', reason = %s, revoked_at = %s, changed_at = %s
WHERE id = %s AND state = 'issuing'
"""

_END = """
UPDATE certificates_certificate
SET state = %s, reason = %s, revoked_at = %s, changed_at = %s
WHERE id = %s AND state = 'live'
"""

_CONSENT = """
INSERT INTO certificates_consent (customer_id, flow, version, sha256, language, channel, at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def live(customer_id: int, channel: str) -> Live | None:
    """Return the customer's live certificate on `channel`."""
    row = one(_LIVE, customer_id, channel)
    return _live(*row) if row else None


def signed(certificate: Live) -> bytes:
    """Return the live certificate itself, DER."""
    row = one("SELECT der FROM certificates_certificate WHERE id = %s", certificate.id)
    return bytes(row[0]) if row else b""


def on_hold(customer_id: int) -> bool:
    """Tell whether a reported loss keeps the customer from applying."""
    return one(_ON_HOLD, customer_id) is not None


def intend(intention: Intention, *, key_id: str, at: datetime) -> Intention:
    """Write an intention down; raise `IntegrityError` when a constraint says no."""
    row = one(
        _INTEND,
        intention.customer_id,
        intention.channel,
        intention.serial,
        key_id,
        intention.act,
        intention.generation,
        intention.shard,
        intention.tbs,
        intention.not_before,
        intention.not_after,
        intention.flow,
        intention.replaces.id if intention.replaces else None,
        intention.share,
        at,
        at,
    )
    assert row is not None  # noqa: S101 - an INSERT without conflict clause returns its row
    return replace(intention, id=row[0])


def of_flow(flow_id: str) -> Intention | None:
    """Return what the flow led to, as it stands now."""
    row = one(_READ, flow_id)
    if row is None:
        return None
    return Intention(
        id=row[0],
        customer_id=row[1],
        subject=row[2],
        channel=row[3],
        serial=row[4],
        act=row[5],
        state=State(row[6]),
        generation=row[7],
        shard=row[8],
        tbs=bytes(row[9]),
        der=bytes(row[10]) if row[10] is not None else None,
        not_before=instant(row[11]),
        not_after=instant(row[12]),
        flow=row[13],
        share=row[14],
        replaces=_live(*row[15:19]) if row[15] is not None else None,
    )


def being_issued(customer_id: int, channel: str) -> Intention | None:
    """Return what is being issued to the customer on `channel`."""
    row = one(_OPEN_FLOW, customer_id, channel)
    return of_flow(row[0]) if row else None


def put_in_force(certificate: Intention, der: bytes, at: datetime) -> bool:
    """Make an intention live; False if it is not open any more."""
    return run(_ENFORCE, der, at, certificate.id) == 1


def close(certificate: Intention, reason: EndReason, at: datetime) -> bool:
    """Close an open intention: its signature, if one was made, counts as revoked."""
    return run(_CLOSE, reason.value, at, at, certificate.id) == 1


def end(certificate: Live, state: State, reason: EndReason, at: datetime) -> bool:
    """End a live certificate; False if it is not live any more."""
    return run(_END, state.value, reason.value, at, at, certificate.id) == 1


def consent(values: tuple[object, ...]) -> None:
    """Keep a consent: customer, flow, version, SHA-256, language, channel, instant."""
    run(_CONSENT, *values)


def _live(identity: int, serial: str, not_after: str | datetime, share: str | None) -> Live:
    return Live(id=identity, serial=serial, not_after=instant(not_after), share=share)
