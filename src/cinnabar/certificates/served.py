"""Is what was published also what relying parties get? The worker fetches it back and looks."""

from collections.abc import Callable
from datetime import timedelta

from cinnabar.certificates.models import PublishedCrl
from cinnabar.env import Env
from cinnabar.pki.crl import read_crl
from cinnabar.pki.der import DerError

_ON_ITS_WAY = timedelta(minutes=2)
"""How long after its signature a list may take to be served; caches keep the one before."""


class NotServed(Exception):  # noqa: N818 - a state
    """A list is not served as it was published; the sentence says which and what came."""


def look_back(env: Env, fetch: Callable[[str], bytes]) -> int:
    """Fetch every list not seen yet by its address; return how many were found right.

    `fetch` returns what lies at an address and raises `OSError`. Raises `NotServed` after all
    have been tried, naming the first that is served wrongly or two minutes late.
    """
    unseen = PublishedCrl.objects.filter(der__isnull=False, seen_at__isnull=True)
    found, wrong = 0, []
    for row in unseen.order_by("this_update")[:50]:
        problem = _problem(row, f"{env.base_url}/crl/{row.name}.crl", fetch)
        if problem is None:
            PublishedCrl.objects.filter(pk=row.pk).update(seen_at=env.clock.now())
            found += 1
        elif env.clock.now() - row.this_update > _ON_ITS_WAY:
            wrong.append(problem)
    if wrong:
        raise NotServed(wrong[0])
    return found


def _problem(row: PublishedCrl, url: str, fetch: Callable[[str], bytes]) -> str | None:
    try:
        came = fetch(url)
        if row.der is not None and came == bytes(row.der):
            return None
        return f"{url} serves list {read_crl(came).facts.number}, published is {row.number}"
    except OSError as problem:
        return f"{url} cannot be fetched: {problem}"
    except DerError:
        return f"{url} serves something that is no list"
