"""The Django application of this noun."""

from django.apps import AppConfig


class PasswordsConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.passwords"
    label = "passwords"
