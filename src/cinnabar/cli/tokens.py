"""`cinnabar tokens`: the soft tokens of a customer that a branch has identified."""

from typing import TYPE_CHECKING

import click

from cinnabar.cli import refuse, world

if TYPE_CHECKING:
    from cinnabar.customers.queries import CustomerView
    from cinnabar.env import Env

_CASE = click.option(
    "--case",
    required=True,
    help="Number under which the branch keeps the record; it goes into the journal.",
)
_WHO = click.argument("identifier")


@click.group("tokens", short_help="Soft tokens of a customer: list, suspend, lift.")
def command() -> None:
    """Look after the soft tokens of a customer whom the branch has identified."""


@command.command("list")
@_WHO
def list_command(identifier: str) -> None:
    """Show every token that the customer has or had."""
    _, who = _found(identifier)
    from cinnabar.login.soft import token_staff

    for one in token_staff.listed(who.id):
        used = f"{one.used_at:%Y-%m-%d %H:%M}" if one.used_at else "never"
        named = " ".join(filter(None, (one.browser, one.system))) or "?"
        why = f" ({one.why})" if one.why else ""
        click.echo(f"{one.id}  {one.state}{why}  {named}  used {used} UTC")


@command.command("suspend")
@_WHO
@_CASE
def suspend(identifier: str, case: str) -> None:
    """Suspend every token of the customer at once, because a phone is lost."""
    env, who = _found(identifier)
    from cinnabar.login.soft import token_staff

    done = token_staff.suspend(env, who, case=case)
    click.echo(f"{who.masked_identifier}: {done} suspended")


@command.command("lift")
@_WHO
@_CASE
def lift(identifier: str, case: str) -> None:
    """Let the customer's suspended tokens count again: he has them in his hands."""
    env, who = _found(identifier)
    from cinnabar.login.soft import token_staff

    done = token_staff.lift(env, who, case=case)
    click.echo(f"{who.masked_identifier}: {done} lifted")


def _found(identifier: str) -> "tuple[Env, CustomerView]":
    env = world()
    from cinnabar.customers import queries as customers
    from cinnabar.kernel.refusal import Refused

    try:
        customer = customers.find(env, env.firm.login.identifier(identifier))
    except Refused:
        refuse("that is no identifier: a letter or digit is wrong")
    if customer is None:
        refuse("there is no customer with that identifier")
    return env, customer
