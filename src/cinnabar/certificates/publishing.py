"""Publishing revocation lists: full and delta, per issuing CA and shard (REV-01, REV-02).

The worker calls `publish` each second. A list is signed by timer and by event. Relying parties
never depend on a list being new: OCSP reads the database for whatever changed (faces/machine).
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from cinnabar.certificates import schedule
from cinnabar.certificates.models import Certificate, PublishedCrl
from cinnabar.certificates.schedule import LATE, Due, Newest, Series
from cinnabar.certificates.states import EndReason
from cinnabar.certificates.status import REASONS
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.pki.assemble import assemble_crl
from cinnabar.pki.authority import Addresses, Authority, addresses
from cinnabar.pki.crl import RevokedEntry, crl_tbs, read_crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.signer.protocol import SignerRefused

log = logging.getLogger(__name__)

_CHUNK = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Office:
    """Where the lists of one shard are made; `sharded` says that the issuer has more than one."""

    env: Env
    authority: Authority
    shard: str
    sharded: bool
    now: datetime

    @property
    def full(self) -> Series:
        """The full lists."""
        return Series(authority=self.authority, shard=self.shard, delta=False)

    @property
    def delta(self) -> Series:
        """The deltas to them."""
        return Series(authority=self.authority, shard=self.shard, delta=True)

    @property
    def where(self) -> Addresses:
        """Where both are fetched."""
        return addresses(self.env.base_url, self.authority.issuing_key_id, self.shard)


def publish(env: Env) -> int:
    """Sign every list that is due; return how many were published."""
    now = env.clock.now().replace(microsecond=0)
    newest = schedule.newest_lists()
    published = 0
    for authority in env.signer.authorities():
        shards = schedule.shards(env, authority, newest, now)
        for shard in shards:
            office = _Office(
                env=env, authority=authority, shard=shard, sharded=any(shards), now=now
            )
            published += _publish(office, newest)
    return published


def _publish(office: _Office, newest: Newest) -> int:
    """Publish the full list of a shard and the delta to it, if they are due."""
    last, added = newest.get(office.full.key), newest.get(office.delta.key)
    changed = schedule.changed(office.full)
    why = schedule.due(office.env, office.full, last, office.now, changed)
    if why and office.shard and schedule.is_over(office.full, last, office.now):
        _withdraw(office)
        return 0
    made = _publish_full(office, why, last, added) if why else None
    last = made or last
    why = schedule.due(office.env, office.delta, added, office.now, changed)
    more = _publish_delta(office, why, last, added) if why and last else None
    return sum(one is not None for one in (made, more))


def _publish_full(
    office: _Office, why: Due, last: PublishedCrl | None, added: PublishedCrl | None
) -> PublishedCrl | None:
    # What has expired leaves the list after one by the timer has shown it past its end (3.3).
    horizon = last.scheduled_at if last else office.now
    marks = Marks(
        number=_number(office, last, added),
        point=office.where.crl if office.sharded else "",
        freshest=office.where.delta,
    )
    scheduled_at = office.now if why is Due.TIMER or last is None else last.scheduled_at
    return _sign(office, office.full, marks, scheduled_at, _entries(office, horizon))


def _publish_delta(
    office: _Office, why: Due, last: PublishedCrl, added: PublishedCrl | None
) -> PublishedCrl | None:
    # The oldest list in force, so that whoever holds any may add the delta to it (5.2.4).
    bases = PublishedCrl.objects.filter(
        name=office.full.name, scheduled_at=F("this_update"), next_update__gt=office.now
    )
    base = bases.order_by("number").defer("der").first()
    if base is None:
        return None
    marks = Marks(
        number=_number(office, last, added),
        point=office.where.crl if office.sharded else "",
        base=base.number,
    )
    scheduled_at = office.now if why is Due.TIMER or added is None else added.scheduled_at
    entries = _entries(office, last.scheduled_at, since=base.this_update - LATE)
    return _sign(office, office.delta, marks, scheduled_at, entries)


def _number(office: _Office, *before: PublishedCrl | None) -> int:
    """Return the next number of the shard; full lists and deltas share them (5.2.3).

    Numbers follow the clock, so that one that was signed and then lost is not used again.
    """
    used = max((row.number for row in before if row), default=0)
    return max(used + 1, int(office.now.timestamp()))


def _sign(
    office: _Office,
    series: Series,
    marks: Marks,
    scheduled_at: datetime,
    entries: Iterator[RevokedEntry],
) -> PublishedCrl | None:
    env = office.env
    next_update = office.now + schedule.validity(env, series)
    tbs = crl_tbs(
        office.authority, marks, this_update=office.now, next_update=next_update, entries=entries
    )
    row = PublishedCrl(
        generation=series.generation,
        shard=series.shard,
        delta=series.delta,
        name=series.name,
        number=marks.number,
        scheduled_at=scheduled_at,
        entries=read_crl_tbs(tbs).entries,
        this_update=office.now,
        next_update=next_update,
    )
    try:
        row.der = assemble_crl(tbs, env.signer.sign_crl(tbs))
        _keep(env, row)
    except (IntegrityError, SignerRefused) as problem:
        # Usually another worker published this number a moment ago.
        log.warning("the list %s number %d is not published: %s", row.name, row.number, problem)
        return None
    return row


def _keep(env: Env, row: PublishedCrl) -> None:
    """Put a list in the place of the one before; `IntegrityError` if a newer one is there."""
    with transaction.atomic(durable=True):
        before = PublishedCrl.objects.filter(name=row.name, number__lt=row.number)
        before.filter(der__isnull=False).update(der=None)
        before.filter(
            ~Q(scheduled_at=F("this_update")) | Q(next_update__lt=row.this_update)
        ).delete()
        row.save(force_insert=True)
        record(
            env,
            Event.CRL_PUBLISHED,
            subject=None,
            by="worker",
            channel="worker",
            details={
                "list": row.name,
                "number": row.number,
                "entries": row.entries,
                "until": row.next_update.isoformat(),
            },
        )


def _withdraw(office: _Office) -> None:
    """Take the last lists of a shard that is over away once they hold no more."""
    last = PublishedCrl.objects.filter(generation=office.authority.generation, shard=office.shard)
    last.filter(next_update__lt=office.now).delete()


def _entries(
    office: _Office, horizon: datetime, *, since: datetime | None = None
) -> Iterator[RevokedEntry]:
    """Yield what ended `since` then and had not expired at the `horizon`, in chunks."""
    rows = Certificate.objects.filter(
        generation=office.authority.generation,
        shard=office.shard,
        revoked_at__isnull=False,
        not_after__gte=horizon,
    )
    if since is not None:
        rows = rows.filter(revoked_at__gte=since)
    listed = rows.order_by("revoked_at").values_list("serial", "revoked_at", "reason")
    for serial, revoked_at, reason in listed.iterator(chunk_size=_CHUNK):
        if revoked_at is not None:
            yield RevokedEntry(
                serial=int(serial, 16), revoked_at=revoked_at, reason=REASONS[EndReason(reason)]
            )
