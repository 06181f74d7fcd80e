"""`cinnabar passwords`: what staff may do to a customer's passwords without learning one."""

from typing import TYPE_CHECKING

import click

from cinnabar.cli import refuse, world

if TYPE_CHECKING:
    from cinnabar.customers.queries import CustomerView
    from cinnabar.env import Env

_INVITED = {
    "invited": "a mail is on its way",
    "waiting": "has a mail that still counts",
    "has-password": "has a password already",
    "no-way": "cannot be invited: the contacts on file do not allow it",
}
"""What became of an invitation, by its name."""


@click.group("passwords", short_help="A new customer's first password; one for each account again.")
def command() -> None:
    """Carry out what was decided at the counter for a customer who was identified there.

    Nobody learns or chooses a secret by any of these.
    """


@command.command("unconsolidate")
@click.argument("identifier")
@click.option(
    "--case",
    required=True,
    help="Number under which the branch keeps the record; it goes into the journal.",
)
def unconsolidate(identifier: str, case: str) -> None:
    """Give each account of a customer a password of its own again (undo 密碼歸戶).

    Every account then has the password that all had; the customer changes each by himself.
    """
    env = world()
    from cinnabar.centre.consolidate import unconsolidate as act
    from cinnabar.kernel.refusal import Refused

    customer = _customer(env, identifier)
    try:
        done = act(env, customer, case=case)
    except Refused:
        refuse("the customer has no account that could have a password of its own")
    said = "done" if done else "has a password for each account already"
    click.echo(f"{customer.masked_identifier}: {said}")


def _customer(env: "Env", identifier: str) -> "CustomerView":
    from cinnabar.customers import queries as customers
    from cinnabar.kernel.refusal import Refused

    try:
        customer = customers.find(env, env.firm.login.identifier(identifier))
    except Refused:
        refuse("that is no identifier: a letter or digit is wrong")
    if customer is None:
        refuse("there is no customer with that identifier")
    return customer


@command.command("invite")
@click.argument("identifier", required=False)
@click.option("--all", "everybody", is_flag=True, help="Everybody who has no password yet.")
def invite(*, identifier: str | None, everybody: bool) -> None:
    """Mail a new customer, or all of them, what the first password is set with.

    Whoever has a password or a mail that still counts is passed over, so a run that was
    interrupted is simply repeated. How long a mail counts is `link.reset_hours` of the firm file,
    from when it leaves.
    """
    if everybody == (identifier is not None):
        refuse("give one identifier, or --all for everybody without a password")
    env = world()
    from cinnabar.centre.reset_mail import NEW_ACCOUNT

    if NEW_ACCOUNT not in env.firm.reset.starts:
        refuse("the firm file does not mail new accounts: reset.starts lacks 'new-account'")
    if identifier is not None:
        _invite_one(env, identifier)
    else:
        _invite_all(env)


def _invite_one(env: "Env", identifier: str) -> None:
    from cinnabar.centre.reset_invite import invite as act

    customer = _customer(env, identifier)
    click.echo(f"{customer.masked_identifier}: {_INVITED[act(env, customer.id)]}")


def _invite_all(env: "Env") -> None:
    """Invite a customer at a time, each in his own transaction, and say how many at the end."""
    from collections import Counter

    from cinnabar.centre.reset_invite import invite as act
    from cinnabar.centre.reset_invite import without_password

    done = Counter(act(env, customer_id) for customer_id in without_password())
    for what, count in sorted(done.items()):
        click.echo(f"{_INVITED[what]}: {count}")
    if not done:
        click.echo("every customer has a password")
