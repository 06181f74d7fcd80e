"""A device shows its key, and that its owner typed the PIN (docs/flows/soft-token-pin.md).

The signature is looked at first: what the key has not signed is refused and counted nowhere, so
that no stranger locks a token. Then the try is counted and committed, then compared (law 1).
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import one, run
from cinnabar.tokens import challenges
from cinnabar.tokens.challenges import Bearer, Purpose
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, keys, pin
from cinnabar.tokens.soft.held import Held, refuse_ended
from cinnabar.tokens.soft.signed import Signed, challenge_octets, challenge_text, statement

T = TypeVar("T")

Data = Mapping[str, JsonValue]

_CHANNEL = "mobile"

_TAKE_A_TRY = """
UPDATE tokens_softtoken SET wrong = wrong + 1
WHERE id = %s AND state IN ('pending', 'active') AND sealed IS NOT NULL AND wrong < %s
RETURNING sealed
"""

# The secret that was compared must still be the one in force.
_SETTLE = """
UPDATE tokens_softtoken SET wrong = 0, failed = 0, used_at = %s
WHERE id = %s AND state IN ('pending', 'active') AND sealed = %s
"""


def bearer(whose: str) -> Bearer:
    """Return whom a challenge is for: the session, or the visit of somebody not signed in."""
    return Bearer(purpose=Purpose.TOKEN, session=whose)


def challenge(env: Env, bearer: Bearer) -> str:
    """Return a fresh challenge, as it stands in statements."""
    return challenge_text(challenges.make(env, bearer))


def by_new_device(  # noqa: PLR0917 - in the order in which a statement has them
    env: Env, bearer: Bearer, signed: Signed, public_key: bytes, purpose: str, data: Data
) -> str:
    """Return the name of a key that signed and is stored nowhere yet.

    Raises `Refused`: KEY_NOT_ACCEPTED, TOKEN_NOT_PROVED, INPUT_MALFORMED.
    """
    named = keys.key_id(public_key)
    if signed.token != named:
        raise Refused(Refusal.TOKEN_NOT_PROVED)
    _insist(env, bearer, signed, public_key, statement(signed, purpose, data))
    return named


def by_device(env: Env, bearer: Bearer, signed: Signed, purpose: str, data: Data) -> Held:
    """Return the token whose device signed; it is pending or active.

    Raises `Refused`: TOKEN_NOT_PROVED (unknown key, bad signature, used or foreign challenge: all
    alike), INPUT_MALFORMED, and to the holder of the key TOKEN_SUSPENDED, TOKEN_LOCKED, TOKEN_NONE.
    """
    said = statement(signed, purpose, data)
    row = SoftToken.objects.select_related("customer").filter(key_id=signed.token).first()
    if row is None:
        raise Refused(Refusal.TOKEN_NOT_PROVED)
    _insist(env, bearer, signed, bytes(row.public_key), said)
    refuse_ended(row.state)
    return Held.of(row)


def by_pin(  # noqa: PLR0917 - as above
    env: Env,
    bearer: Bearer,
    signed: Signed,
    purpose: str,
    data: Data,
    then: Callable[[Held], T],
) -> T:
    """Return what `then` makes of the token whose device and PIN were shown, in one transaction.

    That transaction holds the customer's lock. What `then` refuses leaves no wrong try behind.
    Raises `Refused` as `by_device`, TOKEN_PIN_WRONG with `tries_left`, TOKEN_LOCKED for the last
    wrong one, TOKEN_BUSY while all tries are being compared, and what `then` does.
    """
    held = by_device(env, bearer, signed, purpose, data)
    sealed = _take_a_try(env, held)
    secret = pin.unsealed(env, held.id, sealed)
    if not pin.is_proved(secret, signed, purpose, data):
        raise _wrong(env, held, purpose)
    try:
        with transaction.atomic(durable=True):
            lock_customer(held.customer_id)
            _settle(env, held, sealed)
            _note(env, held, Event.TOKEN_USED, {"purpose": purpose})
            return then(held)
    except Refused:
        with transaction.atomic(durable=True):
            run(_SETTLE, env.clock.now(), held.id, sealed)
        raise


def _insist(env: Env, bearer: Bearer, signed: Signed, public_key: bytes, said: bytes) -> None:
    """Refuse what the key has not signed, then use the challenge up."""
    right = keys.signed_by(public_key, signed.signature, said)
    if not right or not challenges.spend(env, bearer, challenge_octets(signed.challenge)):
        raise Refused(Refusal.TOKEN_NOT_PROVED)


def _take_a_try(env: Env, held: Held) -> bytes:
    """Count a try; return the sealed secret to compare it with."""
    with transaction.atomic(durable=True):
        found = one(_TAKE_A_TRY, held.id, env.firm.token.pin_max_wrong)
    if found is not None:
        return bytes(found[0])
    row = SoftToken.objects.get(pk=held.id)
    refuse_ended(row.state)
    # All places are taken, and not all of them compared; or there was never a PIN.
    raise Refused(Refusal.TOKEN_NOT_PROVED if row.sealed is None else Refusal.TOKEN_BUSY)


def _wrong(env: Env, held: Held, purpose: str) -> Refused:
    """Write the wrong PIN down, lock what has no tries left, and return what is said."""
    with transaction.atomic(durable=True):
        lock_customer(held.customer_id)
        left = actions.found_wrong(env, held.id)
        _note(env, held, Event.TOKEN_PIN_WRONG, {"purpose": purpose, "left": left})
        if not left:
            actions.lock(env, held, "pin")
    return (
        Refused(Refusal.TOKEN_PIN_WRONG, tries_left=left) if left else Refused(Refusal.TOKEN_LOCKED)
    )


def _settle(env: Env, held: Held, sealed: bytes) -> None:
    """Give the try back; refuse if the token ended or its PIN was replaced since."""
    if not run(_SETTLE, env.clock.now(), held.id, sealed):
        refuse_ended(SoftToken.objects.get(pk=held.id).state)
        raise Refused(Refusal.TOKEN_NOT_PROVED)


def _note(env: Env, held: Held, event: Event, details: Mapping[str, JsonValue]) -> None:
    said = {"token": held.key_id, **details}
    record(env, event, subject=held.subject, by=held.subject, channel=_CHANNEL, details=said)
