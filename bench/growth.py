"""Every action at a million customers against a thousand (within 1.2).

The million is one customer's rows copied under new keys by the database itself: what is
measured is what deep tables and indexes cost, not how they came to be (bench/customers_import
measures that). Each copy has contacts, a password, a live certificate, a flow with proofs and a
journal entry, so that every table an action touches is deep.
"""

import statistics
from collections.abc import Callable
from dataclasses import replace

from django.db import connection, transaction

from bench import codes, issue
from bench.world import at_device, build, cost, customer
from cinnabar.certificates import status
from cinnabar.certificates.models import Certificate
from cinnabar.env import Env
from cinnabar.flows.actions.code import ask_code, try_code
from cinnabar.kernel.clock import SystemClock
from cinnabar.kernel.dice import LoadedDice
from tests.support.people import PASSWORD
from tests.support.signing import sign_in

FEW, MANY, ROUNDS, EACH = 1_000, 1_000_000, 7, 20
_STEP = 100_000

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM n WHERE i < %s) ",
    "postgresql": "WITH n(i) AS (SELECT generate_series(%s, %s)) ",
}
_HASH = {"sqlite": "hex(randomblob(32))", "postgresql": "md5(random()::text)||md5(random()::text)"}
_OCTETS = {"sqlite": "randomblob(32)", "postgresql": "decode(md5(random()::text), 'hex')"}


def run(few: int = FEW, many: int = MANY) -> dict[str, float]:
    """Return for each action its cost at `many` customers as a multiple of that at `few`."""
    env = build()
    _model(env)
    _copy(1, few)
    small = _measure(env, first=1)
    for start in range(few + 1, many, _STEP):
        _copy(start, min(start + _STEP - 1, many))
    large = _measure(env, first=1 + ROUNDS * EACH * 4)
    return {f"growth_{name}": large[name] / small[name] for name in small}


def _model(env: Env) -> None:
    """Let one customer go through an application: his rows are the ones copied."""
    known = replace(env, dice=LoadedDice(0, texts=["5523"]))
    person = at_device(env, customer(env, 0))
    flow = person.open()
    person.present(flow)
    ask_code(known, person.visitor, flow)
    try_code(env, person.visitor, flow, "5523")
    person.finish(flow)


def _measure(env: Env, first: int) -> dict[str, float]:
    """Return the median processor seconds of a round of each action."""
    makers: dict[str, Callable[[int], Callable[[], object]]] = {
        "issue": lambda number: issue.act(env, number),
        "code": lambda number: codes.act(env, number),
        "sign_in": lambda number: _sign_in(env, number),
        "status": lambda number: _status(env, number),
    }
    found = {}
    for place, (name, make) in enumerate(makers.items()):
        costs = []
        for turn in range(ROUNDS):
            start = 5_000_000 + first + (place * ROUNDS + turn) * EACH
            acts = [make(number) for number in range(start, start + EACH)]
            costs.append(cost(acts).cpu)
        found[name] = statistics.median(costs[1:])
    return found


def _sign_in(env: Env, number: int) -> Callable[[], object]:
    person = customer(env, number)
    return lambda: sign_in(env, person.identifier, PASSWORD, address="127.0.0.1")


def _status(env: Env, number: int) -> Callable[[], object]:
    del env, number
    serial = Certificate.objects.order_by("?").values_list("serial", flat=True)[0]
    now = SystemClock().now()
    return lambda: status.status_by_serial(int(serial, 16), now)


def _copy(first: int, last: int) -> None:
    """Copy the first customer's rows for the numbers `first` to `last`."""
    vendor = connection.vendor
    with transaction.atomic(), connection.cursor() as cursor:
        for table, fresh in _TABLES.items():
            names = [c.name for c in connection.introspection.get_table_description(cursor, table)]
            columns = [name for name in names if name != "id" or "id" in fresh]
            values = [fresh.get(name, "m." + _quoted(name)) for name in columns]
            texts = ", ".join(values).format(hash=_HASH[vendor], octets=_OCTETS[vendor])
            model = f"(SELECT * FROM {table} ORDER BY 1 LIMIT 1) m"  # noqa: S608 - our own names
            into = f"INSERT INTO {table} ({', '.join(map(_quoted, columns))})"
            select = f"SELECT {texts} FROM n, {model}"  # noqa: S608 - our own names
            cursor.execute(f"{into} {_NUMBERS[vendor]} {select}", [first, last])


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


_TABLES = {
    "customers_customer": {
        "id": "-n.i",
        "subject": "substr({hash}, 1, 16)",
        "id_index": "{octets}",
    },
    "customers_contact": {"customer_id": "-n.i", "value_index": "{octets}"},
    "passwords_storedpassword": {"customer_id": "-n.i"},
    "passwords_lock": {"id": "{hash}"},
    "certificates_certificate": {
        "customer_id": "-n.i",
        "serial": "lower(substr({hash}, 1, 32))",
        "key_id": "{hash}",
        "flow": "'g' || n.i",
        "share_id": "NULL",
    },
    "flows_flow": {"id": "'g' || n.i", "customer_id": "-n.i"},
    "flows_proof": {"flow_id": "'g' || n.i"},
    "codes_code": {"id": "'g' || n.i", "customer_id": "-n.i"},
    "journal_entry": {"leaf_index": "NULL"},
    "messages_outbox": {"id": "substr({hash}, 1, 32)", "key": "'g' || n.i"},
}
