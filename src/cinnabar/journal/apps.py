"""The Django application of this noun."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.journal"
    label = "journal"
