"""The soft tokens of a device whose cookie somebody copied (docs/flows/devices.md).

Who copies a cookie has copied the browser's files, and with them the token's key: it is on two
machines, and nobody can say which of them is the customer's. So it opens nothing any more; unlike
a lost one it is not lifted either, but bound anew.
"""

from collections.abc import Collection

from django.db.models import QuerySet

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.login import sessions
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, rows


def owners(root: str, customers_of_it: Collection[int]) -> frozenset[int]:
    """Return which of the customers who ever signed in on the device have a token there.

    `root` is the name that keys on the device are bound to.
    """
    return frozenset(_on(root, customers_of_it).values_list("customer_id", flat=True))


def stop(env: Env, root: str, whose: Collection[int]) -> frozenset[int]:
    """Suspend these customers' tokens of the device; give up those that wait to be bound there.

    In the transaction that ends the device, under the locks of all of them. Sessions that the
    tokens helped to open elsewhere end as well. Returns of whom a factor was suspended: what they
    are told says so.
    """
    told = set()
    for one in list(_on(root, whose)):
        if rows.give_up(env, one.id) or not actions.stop(env, one.id):
            continue
        _note(env, one)
        if one.factor:
            told.add(one.customer_id)
            for factor in (assurance.TOKEN, assurance.OTP):
                sessions.end_by_factor(env, one.customer_id, factor, but="")
    return frozenset(told)


def _on(root: str, whose: Collection[int]) -> QuerySet[SoftToken]:
    # By customer: that is what tokens are found by, a device has no index.
    alive = (SoftToken.PENDING, SoftToken.ACTIVE, SoftToken.SUSPENDED)
    found = SoftToken.objects.filter(customer_id__in=whose, state__in=alive, device=root)
    return found.order_by("customer_id", "id")


def _note(env: Env, one: SoftToken) -> None:
    record(
        env,
        Event.TOKEN_SUSPENDED,
        subject=customers.reach(env, one.customer_id).subject,
        by="visitor",
        channel="web",
        details={"token": one.id, "why": actions.COPIED},
    )
