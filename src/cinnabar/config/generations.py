"""The next generation of the issuing CA of an installation, told to the journal step by step."""

from django.db import transaction

from cinnabar.config.options import Options
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.canonical import JsonValue
from cinnabar.signer.hsm import TokenAddress
from cinnabar.signer.requests import Answer
from cinnabar.signer.rollover import Adopted, Requested, adopt_generation, request_generation


def request(options: Options, env: Env, token: TokenAddress | None) -> Requested:
    """Make the request of the next generation. Raises what `request_generation` raises."""
    made = request_generation(
        options.data, env.firm, env.dice, base_url=options.base_url, token=token
    )
    _tell(env, Event.CA_REQUESTED, {"generation": made.generation, "key": made.key})
    return made


def adopt(options: Options, env: Env, answer: Answer) -> Adopted:
    """Put the next generation in place. Raises what `adopt_generation` raises.

    Files are no part of a transaction: what a crash kept out of the journal is told when the
    step is done again.
    """
    made = adopt_generation(
        options.data, env.firm, env.dice, answer, base_url=options.base_url, now=env.clock.now()
    )
    told = Entry.objects.filter(event=Event.CA_ADOPTED.value, payload__contains=made.issuing)
    if not told.exists():
        fingerprints = {"issuing": made.issuing, "root": made.root}
        _tell(env, Event.CA_ADOPTED, {"generation": made.generation, **fingerprints})
    return made


def _tell(env: Env, event: Event, details: dict[str, JsonValue]) -> None:
    with transaction.atomic():
        record(env, event, subject=None, by="operator", channel="cli", details=details)
