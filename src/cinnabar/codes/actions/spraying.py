"""Wrong codes of one origin, and one wrong code at many accounts (COD-10, LCK-08).

Somebody who has many passwords tries a few codes at each account: no account sees much of him.
What he has in common is where he comes from, and, spread over the world, what he types.
"""

from cinnabar.codes import rules
from cinnabar.codes.errand import Errand
from cinnabar.env import Env
from cinnabar.journal import alarms
from cinnabar.kernel.secrets import Digits
from cinnabar.limits import actions as limits
from cinnabar.limits import guard
from cinnabar.limits.actions import Allowance
from cinnabar.limits.guard import Door, Scope

_UNBOUNDED = 2**31 - 1
_NAME = 16
"""How many characters of a keyed hash tell one wrong code from another in a day."""


def names(address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return what a try from `address` is counted under: the address, its network."""
    return (rules.ADDRESS_WRONG, address), (rules.NETWORK_WRONG, guard.network(address))


def allowances(env: Env, address: str) -> tuple[Allowance, Allowance]:
    """Return the same with how many wrong tries there may be in a day."""
    of_address, of_network = names(address)
    policy = env.firm.code
    return (
        (*of_address, policy.address_wrong_per_day),
        (*of_network, policy.network_wrong_per_day),
    )


def lost(env: Env, errand: Errand) -> None:
    """Count a code that was wrong to the end; raise the alarm when they are many at sign-in.

    Who comes so far has the password: many of them in a day are a leaked list that fits (LCK-08).
    """
    if errand.purpose != rules.SIGN_IN:
        return
    limits.take(env, rules.HALVES, "", limit=_UNBOUNDED)
    raised = guard.passed(env, Scope.HALVES, (rules.HALVES, "", env.firm.guard.halves_alarm_at))
    alarms.write(env, () if raised is None else (raised,), channel=errand.channel, at=Door.SIGN_IN)


def watch(env: Env, errand: Errand, typed: Digits, address: str) -> None:
    """Count a wrong code by what was typed, in the transaction that notes it; raise the alarms.

    What was typed is kept as the start of a keyed hash, which nobody can turn back (COD-11).
    """
    same = env.vault.mac("wrong-code", typed.reveal().encode()).hex()[:_NAME]
    limits.take(env, rules.SAME_WRONG, same, limit=_UNBOUNDED)
    of_address, of_network = allowances(env, address)
    marks = (
        (Scope.CODE_ADDRESS, of_address),
        (Scope.CODE_NETWORK, of_network),
        (Scope.SAME_CODE, (rules.SAME_WRONG, same, env.firm.code.same_wrong_alarm_at)),
    )
    raised = [alarm for mark in marks if (alarm := guard.passed(env, *mark)) is not None]
    alarms.write(env, raised, channel=errand.channel, at=errand.purpose)
