"""Let a customer apply again after a reported loss: the branch's decision (CONFLICT-13)."""

from django.db import transaction

from cinnabar.certificates.models import Hold
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event


def lift(env: Env, customer_id: int, subject: str, *, case: str) -> bool:
    """Lift the hold; tell whether there was one. `case` is the branch's own record of it."""
    with transaction.atomic():
        if not Hold.objects.filter(pk=customer_id).delete()[0]:
            return False
        record(
            env,
            Event.CERTIFICATE_HOLD_LIFTED,
            subject=subject,
            by="branch",
            channel="cli",
            details={"case": case},
        )
    return True
