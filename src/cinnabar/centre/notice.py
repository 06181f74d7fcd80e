"""Tell a customer that something was done to his passwords (P208, MSG-03, MSG-04, RST-08)."""

from cinnabar.codes import notices
from cinnabar.codes.notices import NOTHING_USED, PURPOSE
from cinnabar.env import Env
from cinnabar.messages.kinds import Kind

__all__ = ["NOTHING_USED", "PURPOSE", "tell"]


def tell(
    env: Env, customer_id: int, event: str, *, key: str, used: frozenset[str] = NOTHING_USED
) -> None:
    """Post the notice of `event`, one of `PASSWORD_EVENTS`, in the transaction that did it.

    `key` and `used` as in `codes.notices.tell`. Raises `RuntimeError` outside a transaction.
    """
    kind, facts = Kind.PASSWORD_CHANGED, {"event": event}
    notices.tell(env, customer_id, kind, facts, key=key, used=used)
