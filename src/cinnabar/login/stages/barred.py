"""What may not prove a customer at his next sign-in (CONFLICT-2, RST-06).

A password that was set by mail and a code that comes by mail are one factor: whoever reads the
mailbox has both. The first sign-in with the new password that succeeds afterwards lifts the bar:
one without it shows nothing of who set it.
"""

from cinnabar.env import Env
from cinnabar.login.models import MailBar
from cinnabar.statements import one

_BARRED = """
SELECT 1 FROM login_mailbar b WHERE b.customer_id = %s AND NOT EXISTS (
  SELECT 1 FROM login_session s WHERE s.customer_id = b.customer_id
  AND s.password IS NOT NULL AND s.started_at >= b.since
  AND (s.ended_at IS NULL OR s.ended_at > b.since)
)
"""


def bar_mail(env: Env, customer_id: int) -> None:
    """Bar e-mail from the customer's next sign-in, in the transaction of a reset by mail.

    His sessions end in the same transaction: one that goes on would count as that sign-in.
    """
    MailBar.objects.update_or_create(customer_id=customer_id, defaults={"since": env.clock.now()})


def mail_barred(customer_id: int) -> bool:
    """Tell whether e-mail is no second factor for the customer until he has signed in."""
    return one(_BARRED, customer_id) is not None
