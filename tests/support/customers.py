"""Customers for tests, imported as the firm's core system would send them."""

import csv
import io
from collections.abc import Mapping, Sequence

from cinnabar.customers import queries
from cinnabar.customers.actions import import_file
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env

COLUMNS = (
    "identifier",
    "name",
    "birth_date",
    "mobile",
    "email",
    "language",
    "consolidated",
    "accounts",
)

_PLAIN = {
    "birth_date": "1990-02-01",
    "mobile": "",
    "email": "",
    "consolidated": "yes",
    "accounts": "",
}


def add_customer(env: Env, **row: str) -> CustomerView:
    """Import one customer; what is not named is left as plain as may be."""
    add_customers(env, [row])
    found = queries.find(env, env.firm.login.identifier(row["identifier"]))
    assert found is not None
    return found


def add_customers(env: Env, named: Sequence[Mapping[str, str]]) -> None:
    """Import many in one file."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    plain = {**_PLAIN, "language": env.firm.identity.locale}
    writer.writerows({**plain, **row} for row in named)
    faults: list[object] = []
    import_file(env, io.BytesIO(file.getvalue().encode()), tell=_tell_nobody, refuse=faults.append)
    assert not faults, faults


def _tell_nobody(event: object, subject: object, details: object) -> None:
    del event, subject, details
