"""What a demo needs beside an installation: customers with known passwords, and announcements."""

import io
from contextlib import suppress
from importlib.resources import files

from cinnabar.announcements.actions import publish
from cinnabar.announcements.faults import NoticeFileError
from cinnabar.announcements.queries import every
from cinnabar.announcements.reading import read_notice
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
    """Import the demo customers, set their passwords, announce; harmless to repeat."""
    env = compose(options)
    import_file(
        env,
        io.BytesIO(sample_csv()),
        tell=journalled(env, by="demo"),
        refuse=_refuse,
    )
    for row in demo_customers():
        _give_password(env, row.identifier)
    _announce(env)


def _give_password(env: Env, identifier: str) -> None:
    customer = customers.find(env, read_identifier(identifier))
    if customer is not None and not has_password(customer.id):
        set_password(env, customer.id, Password(DEMO_PASSWORD))


def _refuse(fault: object) -> None:
    msg = f"the demo's own customers are refused: {fault}"
    raise ValueError(msg)


def _announce(env: Env) -> None:
    """Publish what the demo's firm has to say, if it never said anything."""
    if next(every(env, env.firm.identity.locale), None) is not None:
        return
    here = files("cinnabar.config").joinpath("demo_notices", env.firm.identity.code)
    documents = sorted(here.iterdir(), key=lambda file: file.name) if here.is_dir() else []
    identity = env.firm.identity
    for document in documents:
        with suppress(NoticeFileError):  # a firm that speaks other languages says nothing
            notice = read_notice(
                document.read_bytes(), languages=identity.languages, zone=identity.timezone
            )
            publish(env, notice, by="demo")
