"""Whether a session is sure enough, and proved lately enough, for an act (SES-06, CONFLICT-2).

Actions ask here, each in the transaction that acts or before it opens a flow, so that no face
gets round it (law 2).
"""

from cinnabar.env import Env
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused


def require(env: Env, visitor: Visitor, least: Assurance) -> None:
    """Raise `Refused(STEP_UP_NEEDED)` for a session below `least` or not proved lately.

    Lately is within `login.second_factor.fresh_minutes`.
    """
    sure(visitor, least)
    if env.clock.now() - visitor.proved_at >= env.firm.login.second_factor.fresh:
        raise Refused(Refusal.STEP_UP_NEEDED)


def sure(visitor: Visitor, least: Assurance) -> None:
    """Raise `Refused(STEP_UP_NEEDED)` for a session below `least`, however fresh."""
    if visitor.assurance < least:
        raise Refused(Refusal.STEP_UP_NEEDED)
