"""What a demo needs beside an installation: customers with known passwords."""

import io

from cinnabar.config.compose import DEMO_PASSWORD, compose, demo_customers
from cinnabar.config.options import Options
from cinnabar.customers import queries as customers
from cinnabar.customers.actions import import_file
from cinnabar.customers.sample import sample_csv
from cinnabar.env import Env
from cinnabar.journal.customers import journalled
from cinnabar.kernel.identifiers import read_identifier
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.actions import has_password, set_password


def prepare(options: Options) -> None:
    """Import the demo customers and set their passwords; harmless to repeat."""
    env = compose(options)
    import_file(
        env,
        io.BytesIO(sample_csv()),
        tell=journalled(env, by="demo"),
        refuse=_refuse,
    )
    for row in demo_customers():
        _give_password(env, row.identifier)


def _give_password(env: Env, identifier: str) -> None:
    customer = customers.find(env, read_identifier(identifier))
    if customer is not None and not has_password(customer.id):
        set_password(env, customer.id, Password(DEMO_PASSWORD))


def _refuse(fault: object) -> None:
    msg = f"the demo's own customers are refused: {fault}"
    raise ValueError(msg)
