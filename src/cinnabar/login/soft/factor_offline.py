"""A code that the app shows without a network, as the second factor (P220, COD-10, LCK-08).

A token counts wrong codes in a row and locks. Whoever tries one code at each of many accounts
locks none: he is counted by where he comes from, at the door of the sign-in, as with passwords.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from cinnabar.env import Env
from cinnabar.flows.visitor import Actor
from cinnabar.journal import alarms
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.tokens.soft import offline

T = TypeVar("T")

_WRONG = frozenset({Refusal.TOKEN_CODE_WRONG, Refusal.TOKEN_CODE_USED, Refusal.TOKEN_LOCKED})


def try_code(
    env: Env, actor: Actor, flow: str, text: str, then: Callable[[frozenset[str]], T]
) -> T:
    """Try a code as `offline.try_code`; one place of the address is taken before it is compared.

    It is given back for a right code, and for what was no guess. Raises `Refused`: TOO_MANY_TRIES,
    TOO_FAST, and as `offline.try_code` does.
    """
    guard.enter(env, Door.SIGN_IN, actor.address)

    def right(proved: frozenset[str]) -> T:
        guard.leave(env, Door.SIGN_IN, actor.address)
        return then(proved)

    try:
        return offline.try_code(env, actor, flow, text, right)
    except Refused as refused:
        with transaction.atomic(durable=True):
            if refused.refusal in _WRONG:
                alarms.wrong(env, Door.SIGN_IN, actor.address, channel=actor.channel)
            else:
                guard.leave(env, Door.SIGN_IN, actor.address)
        raise
