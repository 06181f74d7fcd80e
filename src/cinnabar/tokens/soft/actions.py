"""A soft token's ends and pauses, in the transaction of whoever holds the customer's lock.

Whoever calls writes the journal and tells the customer, but for `lock`, which does both.
"""

from cinnabar.certificates import shares
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.messages.push import subscriptions
from cinnabar.statements import one, rows, run
from cinnabar.tokens import telling
from cinnabar.tokens.models import Passkey
from cinnabar.tokens.soft.held import Held

COPIED = "copied"
"""Why a token is suspended that nobody lifts (docs/flows/devices.md)."""

_SUSPEND = """
UPDATE tokens_softtoken SET state = 'suspended', why = %s WHERE id = %s AND state = 'active'
"""

_STOP = """
UPDATE tokens_softtoken SET state = 'suspended', why = %s
WHERE id = %s AND state IN ('active', 'suspended') AND why <> %s
"""

_LIFT = """
UPDATE tokens_softtoken SET state = 'active', why = ''
WHERE id = %s AND state = 'suspended' AND why <> %s
"""

_CLEAR = """
UPDATE tokens_softtoken
SET state = 'cleared', why = %s, sealed = NULL, ended_at = COALESCE(ended_at, %s)
WHERE id = %s AND state <> 'cleared'
"""

_ALL = "SELECT id FROM tokens_softtoken WHERE customer_id = %s AND state <> 'cleared' ORDER BY id"

_FOUND_WRONG = """
UPDATE tokens_softtoken SET failed = failed + 1 WHERE id = %s AND sealed IS NOT NULL
RETURNING failed
"""

# A right PIN that was compared in between has cleared both counts. One that is used up without
# having failed is what a crash left (`unfinished`).
_LOCK = """
UPDATE tokens_softtoken SET state = 'locked', why = %s, sealed = NULL, ended_at = %s
WHERE id = %s AND state IN ('pending', 'active', 'suspended') AND (failed >= %s OR wrong >= %s)
RETURNING bound_at
"""


def suspend(env: Env, token: str, why: str) -> bool:
    """Let an active token open nothing until it is lifted; False if it was not active."""
    del env
    return run(_SUSPEND, why, token) == 1


def stop(env: Env, token: str) -> bool:
    """Suspend a token whose key was copied, for good; False if there was nothing to suspend.

    One that the customer had reported lost before is not to be lifted any more either.
    """
    del env
    return run(_STOP, COPIED, token, COPIED) == 1


def lift(env: Env, token: str) -> bool:
    """Let a suspended token be active again; False if it was not suspended.

    One that was copied stays as it is: somebody else has its key, whoever holds the device now.
    """
    del env
    return run(_LIFT, token, COPIED) == 1


def clear(env: Env, token: str, why: str) -> bool:
    """End a token for good: its secret is wiped, the shares under its PIN are erased.

    False if it was cleared before.
    """
    if not run(_CLEAR, why, env.clock.now(), token):
        return False
    _stop_what_hangs_on(env, token)
    return True


def clear_all(env: Env, customer_id: int, why: str) -> int:
    """Clear every token of the customer; tell how many."""
    return sum(clear(env, token, why) for (token,) in rows(_ALL, customer_id))


def found_wrong(env: Env, token: str) -> int:
    """Note that a try was found wrong; return how many are left, 0 where the secret is wiped."""
    found = one(_FOUND_WRONG, token)
    return max(env.firm.token.pin_max_wrong - found[0], 0) if found else 0


def lock(env: Env, held: Held, why: str, *, channel: str = "mobile") -> bool:
    """Lock a token whose places for wrong tries are used up, and tell the customer.

    `why` is "pin" or "code". False if it has places again, or ended before.
    """
    most = env.firm.token.pin_max_wrong
    found = one(_LOCK, why, env.clock.now(), held.id, most, most)
    if found is None:
        return False
    _stop_what_hangs_on(env, held.id)
    record(
        env,
        Event.TOKEN_LOCKED,
        subject=held.subject,
        by="visitor",
        channel=channel,
        details={"token": held.key_id, "why": why},
    )
    if found[0] is not None:  # one that was never bound is nothing that he knows of
        telling.locked(env, held.customer_id, held.id)
    return True


def _stop_what_hangs_on(env: Env, token: str) -> None:
    """Erase the shares under its PIN, stop its biometrics' passkeys, wake its app no more."""
    shares.erase_of_token(env, token)
    its_own = Passkey.objects.filter(token_id=token, stopped_at=None)
    its_own.update(stopped_at=env.clock.now())
    subscriptions.forget_of(token)
