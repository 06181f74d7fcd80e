"""The Django application of this noun."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Registers the models."""

    name = "cinnabar.certificates"
    label = "certificates"
