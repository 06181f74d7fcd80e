"""Django's settings, from the environment. One module for every process."""

import os
from pathlib import Path

from cinnabar.config.database import database
from cinnabar.config.options import Options

OPTIONS = Options.read(os.environ)
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = OPTIONS.django_secret()
# Addresses are never built from the Host header (law 10), so any host may be answered; which
# ones reach the product is the proxy's business.
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "cinnabar.config.urls"
INSTALLED_APPS = [
    "cinnabar.limits",
    "cinnabar.robots",
    "cinnabar.customers",
    "cinnabar.journal",
    "cinnabar.messages",
    "cinnabar.codes",
    "cinnabar.flows",
    "cinnabar.passwords",
    "cinnabar.certificates",
    "cinnabar.announcements",
    "cinnabar.tokens",
    "cinnabar.login",
    "cinnabar.centre",
    "cinnabar.faces.web",
]
MIDDLEWARE = [
    "cinnabar.faces.web.packed.PackedPagesMiddleware",
    "cinnabar.config.middleware.WorldMiddleware",
    "cinnabar.faces.web.guards.HeadersMiddleware",
    "cinnabar.faces.web.guards.RefusalMiddleware",
    "cinnabar.faces.web.guards.SameSiteMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "cinnabar.faces.web.visitor.VisitorMiddleware",
    "cinnabar.faces.web.guards.OfferedMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "faces" / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "libraries": {
                "cinnabar_words": "cinnabar.faces.web.templatetags.cinnabar_words",
            },
            "string_if_invalid": "",
        },
    }
]
DATABASES = {"default": database(OPTIONS.database_url, OPTIONS.data)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
USE_I18N = False
TIME_ZONE = "UTC"
ATOMIC_REQUESTS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "cinnabar.faces.web.guards.csrf_failure"
CSRF_TRUSTED_ORIGINS = [OPTIONS.base_url]
LOGGING_CONFIG = None
