"""Django's name for this part."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """The outbox and the tray."""

    name = "cinnabar.messages"
    label = "messages"
    verbose_name = "messages"
