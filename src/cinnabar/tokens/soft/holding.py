"""What a customer has of soft tokens, as a factor (P24, P254, TOK-06). Read only."""

from collections.abc import Iterable

from cinnabar.env import Env
from cinnabar.statements import instant, rows
from cinnabar.tokens.models import SoftToken

_HELD = """
SELECT state, bound_at FROM tokens_softtoken
WHERE customer_id = %s AND factor AND state IN ('active', 'suspended', 'locked')
"""


def why_not(env: Env, customer_id: int, *, for_act: bool) -> str:
    """Return why the customer cannot confirm with a token now; "" if he can.

    A name whose sentence is `second.why.<name>`. `for_act`: it is not to sign in, so a token
    that is younger than the firm's delay does not do (TOK-06).
    """
    held = rows(_HELD, customer_id)
    bound = [instant(at) for state, at in held if state == SoftToken.ACTIVE]
    if bound:
        young = for_act and min(bound) > env.clock.now() - env.firm.token.delay
        return "token-new" if young else ""
    return _stopped({state for state, _ in held})


def _stopped(states: Iterable[str]) -> str:
    known = {SoftToken.SUSPENDED: "token-suspended", SoftToken.LOCKED: "token-locked"}
    return next((why for state, why in known.items() if state in states), "token-unregistered")
