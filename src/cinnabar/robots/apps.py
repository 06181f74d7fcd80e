"""The Django application of this noun."""

from django.apps import AppConfig


class RobotsConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.robots"
    label = "robots"
