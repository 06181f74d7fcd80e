"""When a revocation list is due, by timer and by event (REV-02)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Max

from cinnabar.certificates.models import Certificate, PublishedCrl
from cinnabar.env import Env
from cinnabar.pki.authority import Authority, list_name, shard_for

LATE = timedelta(seconds=15)
"""How long after its own time a revocation may become visible: its transaction commits later."""
_DELTAS = 4
"""Deltas in one cadence of the full list; each holds for the whole cadence."""
_BY_EVENT_AT_MOST_EVERY = timedelta(seconds=3)
_A_SECOND_MORE_FOR = 10_000
"""Lines of a list, so that a long one is not made all the time; the delta tells what is new."""


class Due(StrEnum):
    """Why a list is to be signed."""

    TIMER = "timer"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The lists of one name: those of one issuing CA and shard, full or delta."""

    authority: Authority
    shard: str
    delta: bool

    @property
    def generation(self) -> int:
        """The generation of the issuing CA."""
        return self.authority.generation

    @property
    def key(self) -> tuple[int, str, bool]:
        """What tells it from the others."""
        return self.generation, self.shard, self.delta

    @property
    def name(self) -> str:
        """Under which its newest list is fetched."""
        return list_name(self.authority.issuing_key_id, self.shard, delta=self.delta)


Newest = dict[tuple[int, str, bool], PublishedCrl]
"""The newest list of each series, without its octets."""


def newest_lists() -> Newest:
    """Return what was published last."""
    held = PublishedCrl.objects.filter(der__isnull=False).defer("der")
    return {(row.generation, row.shard, row.delta): row for row in held}


def shards(env: Env, authority: Authority, newest: Newest, now: datetime) -> list[str]:
    """Return the shards that may want a list: those that have one, and where new ones begin.

    Once a cadence every certificate is looked at, for what was issued while no worker ran.
    """
    generation = authority.generation
    found = {shard for other, shard, _ in newest if other == generation}
    found |= {"", shard_for(now, env.firm.status.crl_shard_days)}
    whole = newest.get((generation, "", False))
    if whole is None or now - whole.scheduled_at >= env.firm.status.crl_cadence:
        issued = Certificate.objects.filter(generation=generation)
        found |= set(issued.order_by().values_list("shard", flat=True).distinct())
    return sorted(found)


def due(
    env: Env,
    series: Series,
    last: PublishedCrl | None,
    now: datetime,
    changed: datetime | None,
) -> Due | None:
    """Return why a list of `series` is due; `changed` is when its last certificate ended."""
    cadence = env.firm.status.crl_cadence / (_DELTAS if series.delta else 1)
    if last is None or now - last.scheduled_at >= cadence:
        return Due.TIMER
    rest = max(_BY_EVENT_AT_MOST_EVERY, timedelta(seconds=last.entries / _A_SECOND_MORE_FOR))
    if changed is None or now - last.this_update < rest:
        return None
    # Once at once, and once more when nothing that ended then can still be on its way.
    settled = changed + LATE
    fresh = changed >= last.this_update or last.this_update < settled <= now
    return Due.EVENT if fresh else None


def validity(env: Env, series: Series) -> timedelta:
    """Return how long a list holds: at least four times its own cadence (REV-02)."""
    return env.firm.status.crl_cadence if series.delta else env.firm.status.crl_validity


def changed(series: Series) -> datetime | None:
    """Return when the last certificate of a list ended."""
    ended = Certificate.objects.filter(
        generation=series.generation, shard=series.shard, revoked_at__isnull=False
    )
    at: datetime | None = ended.aggregate(at=Max("revoked_at"))["at"]
    return at


def is_over(series: Series, last: PublishedCrl | None, now: datetime) -> bool:
    """Tell whether no list of a shard is needed any more.

    Every certificate of it has ended, and a list by the timer has come after that (RFC 5280
    3.3). The last list stays where it is for as long as it holds.
    """
    since = last.scheduled_at if last else now
    of_it = Certificate.objects.filter(generation=series.generation, shard=series.shard)
    return not of_it.filter(not_after__gte=since).exists()
