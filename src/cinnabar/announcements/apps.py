"""The Django application of this noun."""

from django.apps import AppConfig


class AnnouncementsConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.announcements"
    label = "announcements"
