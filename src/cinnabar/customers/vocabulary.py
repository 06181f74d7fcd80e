"""The words this noun speaks in: kinds, channels, business lines, events.

Their labels are in `words/<language>/customers.toml`.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeAlias

from cinnabar.kernel.canonical import JsonValue


class Kind(StrEnum):
    """Who a customer is."""

    PERSON = "person"
    COMPANY = "company"


class Channel(StrEnum):
    """A way to reach a customer."""

    SMS = "sms"
    EMAIL = "email"


class BusinessLine(StrEnum):
    """What an account trades in, or which service it is for (P106, P112)."""

    SECURITIES = "securities"
    FUTURES = "futures"
    OVERSEAS = "overseas"
    WEALTH = "wealth"
    REGISTRAR = "registrar"


class CustomerEvent(StrEnum):
    """What the journal is told about customers (AUD-01), in the past tense."""

    IMPORTED = "customer:imported"
    CHANGED = "customer:changed"
    IMPORT_FINISHED = "customer:import-finished"
    RESEALED = "customer:resealed"


Tell: TypeAlias = Callable[[CustomerEvent, str | None, Mapping[str, JsonValue]], None]
"""Puts one event down: the word, the customer's subject or none, and details without personal
data. Called in the transaction of the act it tells, so that neither is kept without the other."""
