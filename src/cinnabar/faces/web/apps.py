"""The Django application of the web face."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the template tags."""

    name = "cinnabar.faces.web"
    label = "web"
