"""Who gets no approvals: whoever answered one with "this was not me" (TOK-08).

Somebody has his password then, or one of his sessions. It ends when he changes the password, or
when staff have spoken to him.
"""

from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.statements import one, run

NOT_ME = "not-me"

_RESTRICT = """
INSERT INTO tokens_restriction (customer_id, since, why) VALUES (%s, %s, %s)
ON CONFLICT (customer_id) DO NOTHING
"""

_LIFT = "DELETE FROM tokens_restriction WHERE customer_id = %s"

_IS = "SELECT 1 FROM tokens_restriction WHERE customer_id = %s"


def restrict(env: Env, customer_id: int, why: str = NOT_ME) -> None:
    """Give the customer no approvals from here on, in the caller's transaction."""
    run(_RESTRICT, customer_id, env.clock.now(), why)


def is_restricted(customer_id: int) -> bool:
    """Tell whether the customer gets no approvals now."""
    return one(_IS, customer_id) is not None


def lift(env: Env, customer_id: int, *, subject: str, by: str, channel: str, why: str) -> bool:
    """Allow approvals again, in the caller's transaction; False if they were allowed.

    `by` is the customer's own pseudonym, or "staff"; `why` what was done: "password", or the
    case that staff name.
    """
    if run(_LIFT, customer_id) != 1:
        return False
    record(
        env,
        Event.APPROVALS_ALLOWED,
        subject=subject,
        by=by,
        channel=channel,
        details={"why": why},
    )
    return True
