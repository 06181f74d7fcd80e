"""The Django application of this noun."""

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.flows"
    label = "flows"
