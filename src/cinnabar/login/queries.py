"""What faces may know of sessions."""

from dataclasses import dataclass
from datetime import datetime

from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.models import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """When the session's customer had signed in before it, if ever, and when it ends at last."""

    before_at: datetime | None
    ends_at: datetime


def standing(env: Env, session: str) -> Standing:
    """Return how the session of that name stands; raise `Refused(SIGNED_OUT)` for an unknown."""
    row = Session.objects.filter(pk=session).values_list("before_at", "started_at").first()
    if row is None:
        raise Refused(Refusal.SIGNED_OUT)
    before, began = row
    return Standing(before_at=before, ends_at=began + env.firm.login.absolute)
