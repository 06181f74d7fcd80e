"""An offline code, typed where a second factor is asked for (P220, TOK-01, incident 5).

Only somebody whose password was right comes here (incident 10). The code is a guess at each of the
customer's tokens, so it is counted at each before anything is compared (law 1).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Actor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import rows, run
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, otp, pin
from cinnabar.tokens.soft.held import Held, refuse_ended

T = TypeVar("T")

_TAKE_A_TRY_OF_EACH = """
UPDATE tokens_softtoken SET wrong = wrong + 1
WHERE customer_id = %s AND state = 'active' AND factor AND wrong < %s
RETURNING id, last_step, sealed
"""

_USE_STEP = """
UPDATE tokens_softtoken SET last_step = %s, wrong = 0, failed = 0, used_at = %s
WHERE id = %s AND state = 'active' AND last_step < %s AND sealed = %s
"""

_GIVE_BACK = """
UPDATE tokens_softtoken SET wrong = wrong - 1 WHERE id = %s AND state = 'active' AND wrong > 0
"""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A token at which the try was counted."""

    token: str
    last_step: int
    sealed: bytes = field(repr=False)


def try_code(
    env: Env, actor: Actor, flow: str, text: str, then: Callable[[frozenset[str]], T]
) -> T:
    """Try a code; return what `then` makes of what a right one proves, in one transaction.

    That transaction holds the customer's lock and uses the code's step up. What `then` refuses
    leaves the code as it was, and no wrong try. Raises `Refused`: INPUT_MALFORMED for what could
    be no code and is not counted, TOKEN_CODE_WRONG with `tries_left`, TOKEN_CODE_USED for a right
    one that counted before or is older than one that did (it counts as a wrong one),
    TOKEN_BUSY while all tries are being compared, TOKEN_LOCKED, TOKEN_SUSPENDED, TOKEN_NONE, and
    what `then` does.
    """
    typed = _well_formed(env, text)
    taken = _take(env, actor)
    right = [(one, step) for one in taken if (step := _step(env, one, typed)) is not None]
    fresh = next(((one, step) for one, step in right if step > one.last_step), None)
    if fresh is None:
        raise _refused(env, actor, flow, taken, used=bool(right))
    try:
        with transaction.atomic(durable=True):
            lock_customer(actor.customer_id)
            _use(env, *fresh)
            _give_back(one for one in taken if one is not fresh[0])
            note(env, actor, Event.TOKEN_USED, {"token": fresh[0].token, "purpose": "code"})
            return then(frozenset({assurance.OTP}))
    except Refused:
        with transaction.atomic(durable=True):
            lock_customer(actor.customer_id)
            _give_back(taken)
        raise


def _well_formed(env: Env, text: str) -> str:
    typed = "".join(text.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == env.firm.token.otp_digits):
        raise Refused(Refusal.INPUT_MALFORMED, field="code")
    return typed


def _take(env: Env, actor: Actor) -> Sequence[_Taken]:
    with transaction.atomic(durable=True):
        # Two who take the rows of one customer in two orders would wait for each other.
        lock_customer(actor.customer_id)
        found = rows(_TAKE_A_TRY_OF_EACH, actor.customer_id, env.firm.token.pin_max_wrong)
    if not found:
        raise Refused(_why_none(actor.customer_id))
    return [_Taken(token, last, bytes(sealed)) for token, last, sealed in found]


def _why_none(customer_id: int) -> Refusal:
    """Return what is said to somebody of whom no code can count now."""
    mine = SoftToken.objects.filter(customer_id=customer_id, factor=True)
    states = set(mine.values_list("state", flat=True))
    said = (
        (SoftToken.ACTIVE, Refusal.TOKEN_BUSY),  # its places are taken, and not all compared
        (SoftToken.LOCKED, Refusal.TOKEN_LOCKED),
        (SoftToken.SUSPENDED, Refusal.TOKEN_SUSPENDED),
    )
    return next((why for state, why in said if state in states), Refusal.TOKEN_NONE)


def _step(env: Env, taken: _Taken, typed: str) -> int | None:
    """Return the step whose code of this token was typed, None if it is that of none."""
    policy = env.firm.token
    steps = otp.steps_around(env.clock.now(), policy.otp_period, policy.otp_window)
    secret = pin.unsealed(env, taken.token, taken.sealed)
    return otp.matching(secret, typed, steps, digits=policy.otp_digits)


def _use(env: Env, taken: _Taken, step: int) -> None:
    """Use the step up; of two who show the same code one is faster."""
    if not run(_USE_STEP, step, env.clock.now(), taken.token, step, taken.sealed):
        refuse_ended(SoftToken.objects.get(pk=taken.token).state)
        raise Refused(Refusal.TOKEN_CODE_USED)


def _give_back(taken: Iterable[_Taken]) -> None:
    for one in taken:
        run(_GIVE_BACK, one.token)


def _refused(env: Env, actor: Actor, flow: str, taken: Sequence[_Taken], *, used: bool) -> Refused:
    """Write the wrong code down, lock what has no places left, and return what is said."""
    why = Refusal.TOKEN_CODE_USED if used else Refusal.TOKEN_CODE_WRONG
    with transaction.atomic(durable=True):
        lock_customer(actor.customer_id)
        left = {one.token: actions.found_wrong(env, one.token) for one in taken}
        most = max(left.values())
        note(env, actor, Event.TOKEN_CODE_WRONG, {"flow": flow, "left": most, "why": why.value})
        for row in SoftToken.objects.select_related("customer").filter(pk__in=left):
            if not left[row.id]:
                actions.lock(env, Held.of(row), "code", channel=actor.channel)
    return Refused(why, tries_left=most) if most else Refused(Refusal.TOKEN_LOCKED)
