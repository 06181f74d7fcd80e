"""The demo's channel: a letter box on a page instead of a phone and a mailbox."""

from django.db import transaction

from cinnabar.env import Env
from cinnabar.messages.channel import Receipt, Rendered
from cinnabar.messages.models import Tray


class TrayChannel:
    """Puts messages where anybody can read them, which is why it exists in the demo only."""

    def __init__(self, *, demo: bool) -> None:
        """Refuse with `ValueError` to be anything but a demo's channel."""
        if not demo:
            msg = "the tray shows codes to everybody; it is a channel of the demo only"
            raise ValueError(msg)

    def send(self, env: Env, rendered: Rendered) -> Receipt:
        """Lay the message into the tray; a repeated one is recognised by its id and left out."""
        with transaction.atomic():
            Tray.objects.get_or_create(
                message_id=rendered.id,
                defaults={
                    "channel": rendered.channel,
                    "to": rendered.to,
                    "subject": rendered.subject,
                    "text": rendered.text,
                    "picture": rendered.picture or None,
                    "sent_at": env.clock.now(),
                },
            )
        return Receipt(delivered=True)

    def close(self) -> None:
        """Nothing to let go of."""
