"""An installation to measure on: real database, real signer, real parameters.

Import it before anything of Django: it chooses the database by CINNABAR_TEST_DB.
"""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import django

import tests.support.place as place  # noqa: PLR0402 - imported for what it sets up

os.environ["DJANGO_SETTINGS_MODULE"] = "cinnabar.config.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from bench.numbers import identifier  # noqa: E402
from cinnabar.customers import queries  # noqa: E402
from cinnabar.customers.queries import CustomerView  # noqa: E402
from cinnabar.env import Env  # noqa: E402
from cinnabar.flows.actions.steps import prove  # noqa: E402
from cinnabar.flows.kinds import ProofKind  # noqa: E402
from cinnabar.flows.models import Flow  # noqa: E402
from cinnabar.kernel.clock import SystemClock  # noqa: E402
from cinnabar.kernel.dice import SystemDice  # noqa: E402
from cinnabar.kernel.gate import Size  # noqa: E402
from cinnabar.kernel.hashing import Argon2Hasher  # noqa: E402
from cinnabar.kernel.vault import Vault  # noqa: E402
from cinnabar.login.actions import resume  # noqa: E402
from cinnabar.passwords.actions import set_password  # noqa: E402
from tests.support.authority import signer  # noqa: E402
from tests.support.centre import Customer  # noqa: E402
from tests.support.customers import add_customer  # noqa: E402
from tests.support.people import PASSWORD  # noqa: E402
from tests.support.signing import sign_in  # noqa: E402
from tests.support.world import RING, make_env  # noqa: E402

DATABASE = place.DATABASE


def build(argon2: str = "test") -> Env:
    """Return a world on a fresh database, with `argon2` as the password parameters."""
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        with connection._nodb_cursor() as cursor:  # noqa: SLF001 - as Django's own test runner does
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    call_command("migrate", verbosity=0)
    env, clock, dice = make_env(), SystemClock(), SystemDice()
    return replace(
        env,
        clock=clock,
        dice=dice,
        vault=Vault(RING, dice),
        hasher=Argon2Hasher(argon2, RING.pepper, size=Size(places=64, room=64)),
        # Benches ask for as many as there can be, not for as many as a firm allows.
        signer=signer(env.firm, clock, per_minute=1_000_000),
    )


def customer(env: Env, number: int) -> CustomerView:
    """Import the `number`th customer, with phone, mail and password."""
    found = add_customer(
        env,
        identifier=identifier(number),
        name="王小明",
        mobile=f"09{number % 100_000_000:08d}",
        email=f"c{number}@example.com",
    )
    set_password(env, found.id, PASSWORD)
    view = queries.find(env, env.firm.login.identifier(found.identifier))
    assert view is not None
    return view


def at_device(env: Env, view: CustomerView) -> Customer:
    """Sign the customer in."""
    tokens = sign_in(env, view.identifier, PASSWORD, address="127.0.0.1")
    visitor = resume(env, tokens.session, tokens.device, address="127.0.0.1")
    assert visitor is not None
    return Customer(env, visitor)


def prove_code(env: Env, flow: str) -> None:
    """Put the proof of a code in place, for what comes after it is measured."""
    with transaction.atomic():
        prove(env, flow, ProofKind.CODE, target=Flow.objects.get(pk=flow).target)


@dataclass(frozen=True, slots=True)
class Cost:
    """What work took, in seconds: by the clock, waiting for the disk included, and of processor."""

    wall: float
    cpu: float


def cost(works: Sequence[Callable[[], object]]) -> Cost:
    """Return what `works` take one after the other."""
    wall, cpu = time.perf_counter(), time.process_time()
    for work in works:
        work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def ratios(name: str, yardstick: Sequence[Cost], ours: Sequence[Cost]) -> dict[str, float]:
    """Return the medians of the rounds' ratios; 1 is as cheap as the yardstick."""
    return {
        name: ratio([c.wall for c in yardstick], [c.wall for c in ours]),
        f"{name}_cpu": ratio([c.cpu for c in yardstick], [c.cpu for c in ours]),
    }


def ratio(yardstick: Sequence[float], ours: Sequence[float]) -> float:
    """Return the median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(yardstick, ours, strict=True))


def micros(costs: Sequence[Cost], each: int) -> float:
    """Return the median time by the clock of one of `each` in a round, in microseconds."""
    return statistics.median(c.wall for c in costs) * 1e6 / each
