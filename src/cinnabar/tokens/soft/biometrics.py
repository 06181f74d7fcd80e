"""Biometrics in place of the PIN: a passkey of the device that holds the token (BIO-01).

It opens nothing alone: the token's key signs the statement, and the passkey signs the same
octets. What suspends it is asked at every use (docs/flows/biometrics.md).
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TypeVar

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens import actions, ceremony, telling
from cinnabar.tokens.actions import Use
from cinnabar.tokens.ceremony import Assertion, Shown, mark_of
from cinnabar.tokens.challenges import Bearer
from cinnabar.tokens.models import Passkey, SoftToken
from cinnabar.tokens.soft import proving, suspending
from cinnabar.tokens.soft.held import Held
from cinnabar.tokens.soft.signed import Signed, statement
from cinnabar.tokens.soft.standing import COPIED, ON, SUSPENDED, Standing, standing

T = TypeVar("T")

FACTORS = frozenset({assurance.TOKEN, assurance.PASSKEY, assurance.PRESENT, assurance.VERIFIED})
"""What it proves (RFC 8176): the token's key and the passkey's, and that the device verified whose
it is. That was required, so it is always so (FID-02)."""


def by_biometrics(  # noqa: PLR0917 - as `proving.by_pin`, and what was shown
    env: Env,
    bearer: Bearer,
    signed: Signed,
    purpose: str,
    data: Mapping[str, JsonValue],
    shown: Assertion,
    then: Callable[[Held], T],
) -> T:
    """Take a statement of the device, and the passkey's word for it; return what `then` makes.

    The passkey's challenge is the SHA-256 of the statement: what was put a finger on is what the
    customer saw. The count and what the answer opens are one transaction. Raises `Refused`:
    TOKEN_NOT_PROVED and the others of `proving.by_device`; BIOMETRICS_NONE where they are off,
    BIOMETRICS_SUSPENDED, BIOMETRICS_NOT_PROVED for everything wrong alike; and what `then` does.
    """
    held = proving.by_device(env, bearer, signed, purpose, data)
    stands = _standing(env, held)
    if stands.state != ON:
        raise _refused(env, held, stands)
    challenge = sha256(statement(signed, purpose, data)).digest()
    passkey, checked = _checked(env, held, shown, challenge, purpose)
    with transaction.atomic(durable=True):
        lock_customer(held.customer_id)
        stands = _standing(env, held)
        if stands.state == ON:
            became = actions.use(env, passkey, checked)
            if became is Use.KEPT:
                _used(env, held, passkey, purpose)
                return then(held)
            if became is Use.GONE:  # another key has taken its place
                raise Refused(Refusal.BIOMETRICS_NOT_PROVED)
            _copied(env, held, passkey, checked)
            stands = Standing(state=SUSPENDED, why=COPIED)
    raise _refused(env, held, stands)


def _standing(env: Env, held: Held) -> Standing:
    """Return how the token's biometrics stand; off for a token that is not in use."""
    token = SoftToken.objects.get(pk=held.id)
    in_use = token.state == SoftToken.ACTIVE and token.factor
    return standing(env, token) if in_use and env.firm.offers_biometrics else Standing(state="")


def _checked(
    env: Env, held: Held, shown: Assertion, challenge: bytes, purpose: str
) -> tuple[Passkey, Shown]:
    """Return the key and what it showed; note in the journal that it was not right."""
    try:
        return _right(env, held, shown, challenge)
    except Refused as refused:
        with transaction.atomic():
            _note(env, held, Event.BIOMETRICS_REFUSED, {"purpose": purpose})
        raise Refused(Refusal.BIOMETRICS_NOT_PROVED) from refused


def _right(env: Env, held: Held, shown: Assertion, challenge: bytes) -> tuple[Passkey, Shown]:
    """Check everything of L3 §7.2 but the count; whose key it is, its name says."""
    mine = Passkey.objects.filter(mark=mark_of(shown.credential), token_id=held.id)
    passkey = mine.first()
    if passkey is None:
        raise Refused(Refusal.BIOMETRICS_NOT_PROVED)
    key = bytes(passkey.public_key)
    found = ceremony.verify_assertion(env, shown, challenge, public_key=key, verify=True)
    if found.can_sync != passkey.can_sync:  # settled for good when it was made (L3 §7.2)
        raise Refused(Refusal.BIOMETRICS_NOT_PROVED)
    return passkey, found


def _used(env: Env, held: Held, passkey: Passkey, purpose: str) -> None:
    SoftToken.objects.filter(pk=held.id).update(used_at=env.clock.now())
    facts: dict[str, JsonValue] = {"passkey": passkey.id, "way": "biometrics", "flow": ""}
    said: dict[str, JsonValue] = {"purpose": purpose, "factors": sorted(FACTORS)}
    _note(env, held, Event.PASSKEY_USED, {**facts, **said})


def _copied(env: Env, held: Held, passkey: Passkey, shown: Shown) -> None:
    """Tell everybody of a count that went back; `actions.use` has stopped the key."""
    counts: dict[str, JsonValue] = {"kept": passkey.count, "shown": shown.count}
    _note(env, held, Event.PASSKEY_COPIED, {"passkey": passkey.id, **counts})
    telling.warn_staff(env, held.customer_id, passkey.id)
    suspending.suspend(env, held.customer_id, COPIED, only=held.id)


def _refused(env: Env, held: Held, stands: Standing) -> Refused:
    """Return what is said where biometrics do not stand; write down what was only found out."""
    if stands.state != SUSPENDED:
        return Refused(Refusal.BIOMETRICS_NONE)
    if not stands.written:
        with transaction.atomic(durable=True):
            lock_customer(held.customer_id)
            suspending.suspend(env, held.customer_id, stands.why, only=held.id)
    return Refused(Refusal.BIOMETRICS_SUSPENDED, why=(f"biometrics.why-{stands.why}",))


def _note(env: Env, held: Held, event: Event, details: dict[str, JsonValue]) -> None:
    record(
        env,
        event,
        subject=held.subject,
        by=held.subject,
        channel="mobile",
        details={"token": held.key_id, **details},
    )
