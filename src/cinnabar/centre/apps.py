"""The Django application of this part."""

from django.apps import AppConfig


class CentreConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.centre"
    label = "centre"
