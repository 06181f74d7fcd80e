"""`cinnabar passwords`: what staff may do to a customer's passwords without learning one."""

import click

from cinnabar.cli import refuse, world


@click.group("passwords", short_help="One password for all accounts, or one for each again.")
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
    from cinnabar.customers import queries as customers
    from cinnabar.kernel.refusal import Refused

    try:
        customer = customers.find(env, env.firm.login.identifier(identifier))
    except Refused:
        refuse("that is no identifier: a letter or digit is wrong")
    if customer is None:
        refuse("there is no customer with that identifier")
    try:
        done = act(env, customer, case=case)
    except Refused:
        refuse("the customer has no account that could have a password of its own")
    said = "done" if done else "has a password for each account already"
    click.echo(f"{customer.masked_identifier}: {said}")
