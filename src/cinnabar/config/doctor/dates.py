"""What will end, and when: certificates of the CA, lists, answers."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cinnabar.certificates import health
from cinnabar.certificates.health import ListFact
from cinnabar.config.doctor.check import Check, Level, ends, grade, span
from cinnabar.config.options import Options
from cinnabar.env import Env
from cinnabar.signer.files import Places
from cinnabar.signer.health import Ending, Part, endings

_DAY = timedelta(days=1)
_SEEN_WITHIN = timedelta(minutes=5)
_WORKER = "See that `cinnabar worker` and `cinnabar signer` run; their logs say what fails."
_RENEWS = "It renews by itself: restart `cinnabar signer` and read its log."
_NEXT = {
    Part.ROOT: "Plan the next root with your certificate specialists.",
    Part.ISSUING: "Make the next generation: `cinnabar ca request g.csr`.",
    Part.OCSP: _RENEWS,
    Part.MAIL: _RENEWS,
    Part.ROOT_LIST: "Renew it: `cinnabar ca root-crl --root-key FILE`, here or where the root is.",
}


def authority(options: Options, env: Env) -> Iterator[Check]:
    """Look at the certificates of the CA and the root's list."""
    now = env.clock.now()
    for found in endings(Places(options.data)):
        warn, bad = _bounds(env, found)
        level = grade(found.ends - now, warn=warn, bad=bad)
        step = "" if level is Level.OK else _NEXT[found.part]
        yield Check(found.name, level, ends(found.ends, now), step)


def _bounds(env: Env, found: Ending) -> tuple[timedelta, timedelta]:
    """Return with how much left a warning is due, and with how much it is bad."""
    if not found.newest:
        return timedelta.min, timedelta.min  # it ends as it should: nothing is issued under it
    policy = env.firm.certificate
    longest = (policy.validity_days + policy.renew_days_before) * _DAY
    return {
        Part.ROOT: (3 * longest, 2 * longest),
        Part.ISSUING: (2 * longest, longest),
        Part.OCSP: (100 * _DAY, 14 * _DAY),
        Part.MAIL: (100 * _DAY, 14 * _DAY),
        Part.ROOT_LIST: (60 * _DAY, 14 * _DAY),
    }[found.part]


def lists(_: Options, env: Env) -> Iterator[Check]:
    """Look at the published lists: full, deltas, and whether they are served."""
    found, policy, now = health.list_facts(), env.firm.status, env.clock.now()
    full = [one for one in found if not one.delta]
    added = [one for one in found if one.delta]
    yield _freshness("full lists", full, policy.crl_validity, now)
    yield _freshness("delta lists", added, policy.crl_cadence, now)
    unseen = [one for one in found if one.seen_at is None and now - one.this_update > _SEEN_WITHIN]
    if unseen:
        said = (
            f"{unseen[0].name} was published {span(now - unseen[0].this_update)} ago and not found"
        )
        step = f"Fetch {env.base_url}/crl/{unseen[0].name}.crl from the worker's machine."
        yield Check("lists as served", Level.WARN, said, step)
    else:
        yield Check("lists as served", Level.OK, "what was published is what is fetched")


def _freshness(name: str, found: Sequence[ListFact], validity: timedelta, now: datetime) -> Check:
    if not found:
        return Check(name, Level.BAD, "none was ever published", _WORKER)
    oldest = min(found, key=lambda one: one.next_update)
    level = grade(oldest.next_update - now, warn=validity / 2, bad=validity / 4)
    said = f"{len(found)}, the first to end is {oldest.name}: {ends(oldest.next_update, now)}"
    return Check(name, level, said, "" if level is Level.OK else _WORKER)


def answers(_: Options, env: Env) -> Iterator[Check]:
    """Look at the OCSP answers that are signed beforehand."""
    now, validity = env.clock.now(), env.firm.status.ocsp_validity
    oldest = health.oldest_answer(now)
    if oldest is None:
        yield Check("OCSP answers", Level.OK, "none is kept yet")
        return
    level = grade(oldest - now, warn=validity / 6, bad=timedelta())
    said = f"the oldest {ends(oldest, now)}"
    yield Check("OCSP answers", level, said, "" if level is Level.OK else _WORKER)
