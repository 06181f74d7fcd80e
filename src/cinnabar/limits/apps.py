"""The Django application of this noun."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.limits"
    label = "limits"
