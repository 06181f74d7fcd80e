"""What a demo needs beside an installation: customers with known passwords, and announcements."""

import io
from contextlib import suppress
from importlib.resources import files

from cinnabar.announcements.actions import publish
from cinnabar.announcements.faults import NoticeFileError
from cinnabar.announcements.queries import every
from cinnabar.announcements.reading import read_notice
from cinnabar.centre.reset_invite import invite
from cinnabar.config.compose import compose
from cinnabar.config.demo_people import demo_customers
from cinnabar.config.options import Options
from cinnabar.customers import queries as customers
from cinnabar.customers.actions import import_file
from cinnabar.customers.sample import sample_csv
from cinnabar.customers.vocabulary import BusinessLine
from cinnabar.env import Env
from cinnabar.faces.web.request import DemoCustomer
from cinnabar.journal.customers import journalled
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.actions import has_password, set_password
from cinnabar.passwords.kinds import PasswordKind


def prepare(options: Options) -> None:
    """Import the demo customers, set their passwords, announce; harmless to repeat."""
    env = compose(options)
    import_file(
        env,
        io.BytesIO(sample_csv(env.firm)),
        tell=journalled(env, by="demo"),
        refuse=_refuse,
    )
    for row in demo_customers(env.firm):
        _give_passwords(env, row)
        _invite(env, row)
    _announce(env)


def _give_passwords(env: Env, row: DemoCustomer) -> None:
    """Give a customer his passwords: one for all, or one for each account (P105)."""
    customer = customers.find(env, env.firm.login.identifier(row.identifier))
    if customer is None or not row.password or has_password(customer.id):
        return
    accounts = customers.accounts(customer.id)
    lines = env.firm.password.withdrawal_lines
    every = [None] if customer.consolidated else [one.id for one in accounts]
    withdrawing = [one.id for one in accounts if one.line.value in lines]
    set_password(env, customer.id, Password(row.password), accounts=every)
    if row.futures:
        futures = [one.id for one in accounts if one.line is BusinessLine.FUTURES]
        set_password(env, customer.id, Password(row.futures), accounts=futures)
    if row.withdrawal and withdrawing:
        set_password(
            env,
            customer.id,
            Password(row.withdrawal),
            kind=PasswordKind.WITHDRAWAL,
            accounts=[None] if customer.consolidated else withdrawing,
        )


def _invite(env: Env, row: DemoCustomer) -> None:
    """Have the mail leave by which a new customer sets his first password (P247)."""
    customer = customers.find(env, env.firm.login.identifier(row.identifier))
    if customer is not None and not row.password and "new-account" in env.firm.reset.starts:
        invite(env, customer.id)


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
