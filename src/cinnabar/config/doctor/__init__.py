"""`cinnabar doctor`: is everything well, what will end when, and what to do about it.

Each noun says its own facts (`health.py` beside its models); here they are judged.
"""

from collections.abc import Callable, Iterator

from django.db import DatabaseError

from cinnabar.config.doctor import callers, dates, machine, work
from cinnabar.config.doctor.check import Check, Level
from cinnabar.config.options import Options
from cinnabar.env import Env
from cinnabar.signer.keys import KeyUnusable

Look = Callable[[Options, Env], Iterator[Check]]

_LOOKS: tuple[tuple[str, Look], ...] = (
    ("worker", machine.worker),
    ("signer", work.signer),
    ("ledger", machine.ledger),
    ("database", work.database),
    ("certificates of the CA", dates.authority),
    ("lists", dates.lists),
    ("answers", dates.answers),
    ("journal", work.journal),
    ("intentions", work.intentions),
    ("outbox", work.outbox),
    ("push", work.push),
    ("guard", work.guarded),
    ("clock", work.clock),
    ("disk", machine.disk),
    ("secrets", machine.secrets),
    ("leaked passwords", machine.leaked),
    ("callers", callers.callers),
)


def examine(options: Options, env: Env) -> tuple[Check, ...]:
    """Look at everything; what cannot be looked at is bad as well."""
    return tuple(check for name, look in _LOOKS for check in _safely(name, look, options, env))


def _safely(name: str, look: Look, options: Options, env: Env) -> Iterator[Check]:
    try:
        yield from look(options, env)
    except DatabaseError as problem:
        said = f"the database cannot tell: {str(problem).splitlines()[0]}"
        yield Check(name, Level.BAD, said, "Start the database; then `cinnabar prepare`.")
    except (KeyUnusable, OSError) as problem:
        yield Check(name, Level.BAD, str(problem), "Put the file back from the backup.")
