"""Let a customer ask for codes again: the branch's decision after identifying him (COD-08)."""

from django.db import transaction

from cinnabar.codes.models import Streak
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event


def allow(env: Env, customer_id: int, subject: str, *, case: str) -> bool:
    """End a run of wrong tries; tell whether it kept the customer from asking."""
    most = env.firm.code.max_wrong_in_a_row
    with transaction.atomic():
        runs = Streak.objects.filter(pk=customer_id, wrong__gte=most)
        if not runs.update(wrong=0):
            return False
        record(
            env,
            Event.CODE_ALLOWED,
            subject=subject,
            by="branch",
            channel="cli",
            details={"case": case},
        )
    return True
