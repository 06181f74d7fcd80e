"""The Django application of this noun."""

from django.apps import AppConfig


class TokensConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.tokens"
    label = "tokens"
