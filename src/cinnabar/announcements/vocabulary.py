"""The words this noun speaks in."""

from enum import StrEnum


class Audience(StrEnum):
    """Who an announcement is for."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed-in"
    PERSONS = "persons"
    COMPANIES = "companies"
    HOLDERS = "holders"
    """Customers with a valid certificate."""


class Importance(StrEnum):
    """How loudly it is said: an important one stands on the pages people go to anyway."""

    ORDINARY = "ordinary"
    IMPORTANT = "important"
