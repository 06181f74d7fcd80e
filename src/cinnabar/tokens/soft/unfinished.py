"""What a crash left open: a token whose places are used up, and that nobody has locked."""

from django.db import transaction
from django.db.models import Q

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions
from cinnabar.tokens.soft.held import Held

_AT_ONCE = 100


class UsedUp:
    """Locks tokens that are found used up twice: the last try of one may just be compared."""

    def __init__(self, env: Env) -> None:
        """Look in the world `env`."""
        self._env = env
        self._seen: frozenset[str] = frozenset()

    def tick(self) -> bool:
        """Look once; lock what was used up the last time too. True if there was one."""
        most = self._env.firm.token.pin_max_wrong
        open_ = Q(state__in=[SoftToken.PENDING, SoftToken.ACTIVE], wrong__gte=most)
        found = SoftToken.objects.select_related("customer").filter(open_)[:_AT_ONCE]
        before, self._seen = self._seen, frozenset(row.id for row in found)
        return sum(self._lock(row) for row in found if row.id in before) > 0

    def _lock(self, row: SoftToken) -> bool:
        with transaction.atomic():
            lock_customer(row.customer_id)
            return actions.lock(self._env, Held.of(row), "pin")
