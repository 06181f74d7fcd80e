"""`cinnabar branch`: what a branch decides for a customer it has identified."""

from collections.abc import Callable
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


@click.group("branch", short_help="What a branch decides for a customer it has identified.")
def command() -> None:
    """Carry out what a branch decided after it had identified a customer in person.

    Nobody learns or chooses a secret by any of these.
    """


@command.command("unlock")
@_WHO
@_CASE
@click.option(
    "--by",
    type=click.Choice(["phone", "counter"]),
    default="counter",
    show_default=True,
    help="Where the customer was identified. By phone it works once in a lock cycle.",
)
def unlock(identifier: str, case: str, by: str) -> None:
    """Let a customer try to sign in again; the password stays as it is.

    By telephone it is the one unlock of a lock cycle, which the customer may have used on the
    page already. At the counter, with identity card and seal, it always works and begins anew.
    """
    from cinnabar.centre.unlock import By, by_staff
    from cinnabar.passwords.lock import Lift

    def act(env: "Env", who: "CustomerView") -> bool:
        done = by_staff(env, who, by=By(by), case=case)
        if done is Lift.SPENT:
            refuse(
                "the one unlock of this lock is used: "
                "only a new password or the counter (--by counter) helps"
            )
        return done is Lift.LIFTED

    _decide(identifier, act, "was not locked")


@command.command("allow-codes")
@_WHO
@_CASE
def allow_codes(identifier: str, case: str) -> None:
    """Let a customer ask for codes again after too many wrong ones in a row."""
    from cinnabar.codes.actions.allow import allow

    def act(env: "Env", who: "CustomerView") -> bool:
        return allow(env, who.id, who.subject, case=case)

    _decide(identifier, act, "could ask for codes already")


@command.command("lift-hold")
@_WHO
@_CASE
def lift_hold(identifier: str, case: str) -> None:
    """Let a customer apply again after he reported his certificate lost."""
    from cinnabar.certificates.actions.hold import lift

    def act(env: "Env", who: "CustomerView") -> bool:
        return lift(env, who.id, who.subject, case=case)

    _decide(identifier, act, "was not on hold")


@command.command("suspend-biometrics")
@_WHO
@_CASE
def suspend_biometrics(identifier: str, case: str) -> None:
    """Suspend biometrics on a customer's devices; the PIN of each still works.

    The customer switches them on again in the app, with the PIN.
    """
    from cinnabar.tokens.soft.suspending import by_staff

    def act(env: "Env", who: "CustomerView") -> bool:
        return by_staff(env, who.id, case=case) > 0

    _decide(identifier, act, "had none switched on")


@command.command("allow-approvals")
@_WHO
@_CASE
def allow_approvals(identifier: str, case: str) -> None:
    """Let a customer's app be asked again after he answered "this was not me"."""
    from cinnabar.login.soft.denied import allow

    def act(env: "Env", who: "CustomerView") -> bool:
        return allow(env, who.id, who.subject, case=case)

    _decide(identifier, act, "could be asked already")


def _decide(identifier: str, act: "Callable[[Env, CustomerView], bool]", otherwise: str) -> None:
    env = world()
    from cinnabar.customers import queries as customers
    from cinnabar.kernel.refusal import Refused

    try:
        customer = customers.find(env, env.firm.login.identifier(identifier))
    except Refused:
        refuse("that is no identifier: a letter or digit is wrong")
    if customer is None:
        refuse("there is no customer with that identifier")
    done = act(env, customer)
    click.echo(f"{customer.masked_identifier}: {'done' if done else otherwise}")
