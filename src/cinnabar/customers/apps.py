"""The Django application of this noun."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.customers"
    label = "customers"
