"""The journal's side of customer imports: `customers` stands below and knows no journal."""

from collections.abc import Callable, Mapping

from cinnabar.customers.vocabulary import CustomerEvent
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue

Tell = Callable[[CustomerEvent, str | None, Mapping[str, JsonValue]], None]


def journalled(env: Env, *, by: str) -> Tell:
    """Return what an import calls to have its acts journalled, done by `by`."""

    def tell(event: CustomerEvent, subject: str | None, details: Mapping[str, JsonValue]) -> None:
        record(env, Event(event.value), subject=subject, by=by, channel="cli", details=details)

    return tell
