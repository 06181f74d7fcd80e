"""A durable code check against a bare indexed UPDATE on the same database (goal 0.25).

Ours counts the try, compares, consumes the code, stores the proof and journals: two durable
transactions. The yardstick is one durable transaction with one UPDATE by primary key.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.db import connection, transaction

from bench.world import Cost, at_device, build, cost, customer, micros, ratios
from cinnabar.codes.models import Code
from cinnabar.env import Env
from cinnabar.flows.actions.code import ask_code, try_code
from cinnabar.kernel.dice import LoadedDice

ROUNDS, EACH = 9, 20
_CODE = "5523"


def run(rounds: int = ROUNDS, each: int = EACH) -> dict[str, float]:
    """Return the ratio and both costs in microseconds."""
    env = build()
    bare: list[Cost] = []
    ours: list[Cost] = []
    for turn in range(rounds + 1):
        acts = [act(env, turn * each + number) for number in range(each)]
        names = list(Code.objects.values_list("id", flat=True)[:each])
        yardstick = cost([partial(_bare, name) for name in names])
        measured = cost(acts)
        if turn:  # the first round warms up
            bare.append(yardstick)
            ours.append(measured)
    return {
        **ratios("code_vs_update", bare, ours),
        "update_us": micros(bare, each),
        "code_us": micros(ours, each),
    }


def act(env: Env, number: int) -> Callable[[], object]:
    """Return the try of a right code by the `number`th customer, asked for already."""
    # Loaded dice ask, so that the code is known; the try itself draws nothing of consequence.
    known = replace(env, dice=LoadedDice(number, texts=[_CODE]))
    person = at_device(env, customer(env, number))
    flow = person.open()
    person.present(flow)
    ask_code(known, person.visitor, flow)
    return lambda: try_code(env, person.visitor, flow, _CODE)


def _bare(name: str) -> None:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("UPDATE codes_code SET tries = tries + 1 WHERE id = %s", [name])
