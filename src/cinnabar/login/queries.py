"""What faces may know of sessions."""

from datetime import datetime

from cinnabar.login.models import Session


def signed_in_before(session: str) -> datetime | None:
    """Return when the customer of `session` had signed in before that, if ever."""
    return Session.objects.filter(pk=session).values_list("before_at", flat=True).first()
