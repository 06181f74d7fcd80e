"""The Django application of this noun."""

from django.apps import AppConfig


class CodesConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.codes"
    label = "codes"
