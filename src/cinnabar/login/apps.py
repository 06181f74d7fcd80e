"""The Django application of this noun."""

from django.apps import AppConfig


class LoginConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.login"
    label = "login"
