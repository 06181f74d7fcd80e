"""`cinnabar tokens`: the soft tokens of a customer that a branch has identified."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cinnabar.cli import ready, refuse, world

if TYPE_CHECKING:
    from cinnabar.customers.queries import CustomerView
    from cinnabar.env import Env

_CASE = click.option(
    "--case",
    required=True,
    help="Number under which the branch keeps the record; it goes into the journal.",
)
_WHO = click.argument("identifier")


@click.group("tokens", short_help="Soft tokens of a customer; evidence of approvals.")
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


@command.command("approvals")
@_WHO
def approvals_command(identifier: str) -> None:
    """Show what the customer was asked in the app, the newest first, and what he answered."""
    _, who = _found(identifier)
    from cinnabar.tokens.soft import questions

    for one in questions.told(who.id):
        asked = f"asked {one.asked_at:%Y-%m-%d %H:%M:%S} UTC"
        answered = (
            f"  answered {one.answered_at:%H:%M:%S}  {one.factors}" if one.answered_at else ""
        )
        click.echo(f"{one.id}  {one.act}  {one.state}  {asked}{answered}")


@command.command("evidence")
@click.argument("approval")
def evidence_command(approval: str) -> None:
    """Write what the customer's device signed when he answered an approval, as JSON.

    It holds where and with what the sign-in was asked for; give it to whom it concerns alone.
    """
    world()
    from cinnabar.tokens.soft import evidence

    found = evidence.find(approval)
    if found is None:
        refuse("there is no such approval, or nobody answered it")
    click.echo(found, nl=False)


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def check_command(ctx: click.Context, file: Path) -> None:
    """Check evidence of an approval, without the database and without asking anybody.

    Ends with 0 if the device's key signed what it says the customer saw, else with 1.
    """
    ready()
    from cinnabar.tokens.soft.evidence import EvidenceError, check

    try:
        good = check(file.read_bytes())
    except EvidenceError as problem:
        click.echo(f"The evidence is NOT good: {problem}.")
        ctx.exit(1)
    for name, value in good.seen.items():
        click.echo(f"{name}: {value}")
    opened = f", opened with {good.by}" if good.by else ""
    click.echo(f"The evidence is good: key {good.key} signed {good.answer}{opened}.")
    click.echo(f"The journal calls the statement {good.digest}.")
    if good.passkey:
        click.echo(f"The journal calls the key of biometrics {good.passkey}.")


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
    """Let the customer's suspended tokens count again: he has them in his hands.

    One that was copied stays suspended: its key is somebody else's too.
    """
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
