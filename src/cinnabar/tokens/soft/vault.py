"""The PIN's vault of a mobile certificate's key (docs/flows/mobile-certificate.md).

The host's half of the wrapping key is a `KeyShare` that names a token: it is made and handed out
only with a proof of that token's PIN, and ends with the token. A customer without a soft token
sets a PIN for this alone: a row of the same kind that counts as no factor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, transaction

from cinnabar.certificates import shares
from cinnabar.certificates.shares import Share
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, pin, proving
from cinnabar.tokens.soft.held import Held
from cinnabar.tokens.soft.signed import Signed

T = TypeVar("T")

BEGIN, MAKE, OPEN = "vault-begin", "vault-make", "vault-open"
"""What a device signs here: that it sets a PIN, makes a share, opens one."""

REPLACED = "replaced"
"""Why a PIN that held nothing ended: the customer has set another one."""

_BEGUN, _BEGUN_PER_DAY = "vault-begun", 20
_LIVING = (SoftToken.ACTIVE, SoftToken.PENDING, SoftToken.SUSPENDED)


def begin(
    env: Env,
    visitor: Visitor,
    signed: Signed,
    *,
    public_key: bytes,
    secret: bytes,
    data: Mapping[str, JsonValue],
    agent: str,
) -> str:
    """Set the PIN that a mobile certificate's key will wait for; return the name of its key.

    `secret` is K_otp, `data` what the device signed: both and `public_key` (SPKI, DER). A PIN that
    was set on this device before and holds no certificate ends. Raises `Refused`:
    TOKEN_NOT_PROVED, TOO_MANY_TRIES, ALREADY_LIVE while a certificate waits for the earlier PIN.
    """
    bearer = proving.bearer(visitor.session)
    key_id = proving.by_new_device(env, bearer, signed, public_key, BEGIN, data)
    token, now = new_id(env.dice), env.clock.now()
    try:
        with transaction.atomic(durable=True):
            lock_customer(visitor.customer_id)
            if limits.take(env, _BEGUN, str(visitor.customer_id), limit=_BEGUN_PER_DAY) is None:
                raise Refused(Refusal.TOO_MANY_TRIES)
            _end_earlier(env, visitor)
            SoftToken.objects.create(
                id=token,
                customer_id=visitor.customer_id,
                key_id=key_id,
                public_key=public_key,
                device=visitor.device,
                agent=agent,
                state=SoftToken.ACTIVE,
                factor=False,
                sealed=pin.seal(env, token, secret),
                made_at=now,
                bound_at=now,
            )
            note(env, visitor, Event.TOKEN_PIN_CHANGED, {"token": token, "for": "certificate"})
    except IntegrityError as clash:
        raise Refused(Refusal.TOKEN_NOT_PROVED) from clash
    return key_id


def make(env: Env, visitor: Visitor, signed: Signed) -> Share:
    """Make a share that waits for the token's PIN; raise `Refused` as `by_pin` and `shares.make`.

    That the PIN is proved here keeps a key from being wrapped under one that was mistyped.
    """
    waits = _Waits(signed, MAKE, {})
    return waits.act(env, visitor, lambda held: shares.make(env, visitor, token=held.id))


def release(env: Env, visitor: Visitor, signed: Signed, share_id: str) -> Share:
    """Hand out a share of the vault to its device, over a proof of the PIN.

    Raises `Refused`: TOKEN_NOT_PROVED, TOKEN_PIN_WRONG, TOKEN_BUSY, TOKEN_SUSPENDED, and
    VAULT_GONE when the share or what it waits for is no more.
    """
    waits = _Waits(signed, OPEN, {"share": share_id})
    try:
        return waits.act(
            env, visitor, lambda held: shares.release(env, visitor, share_id, token=held.id)
        )
    except Refused as refused:
        if refused.refusal is Refusal.SHARE_GONE:
            raise Refused(Refusal.VAULT_GONE) from refused
        raise


def usable(visitor: Visitor) -> Mapping[str, bool]:
    """Return the visitor's tokens on this device that have a PIN, and whether each is a factor."""
    mine = SoftToken.objects.filter(
        customer_id=visitor.customer_id,
        device=visitor.device,
        state__in=(SoftToken.ACTIVE, SoftToken.PENDING),
        sealed__isnull=False,
    )
    return dict(mine.values_list("key_id", "factor"))


@dataclass(frozen=True, slots=True)
class _Waits:
    """What waits for a PIN: a request that a device signed, for what, and its data."""

    signed: Signed
    purpose: str
    data: Mapping[str, JsonValue]

    def act(self, env: Env, visitor: Visitor, act: Callable[[Held], T]) -> T:
        """Act once the PIN is proved, for the visitor's own token on this device alone."""

        def mine(held: Held) -> T:
            if (held.customer_id, held.device) != (visitor.customer_id, visitor.device):
                raise Refused(Refusal.TOKEN_NOT_PROVED)
            return act(held)

        bearer = proving.bearer(visitor.session)
        try:
            return proving.by_pin(env, bearer, self.signed, self.purpose, self.data, mine)
        except Refused as refused:
            if refused.refusal in {Refusal.TOKEN_LOCKED, Refusal.TOKEN_NONE}:
                raise Refused(Refusal.VAULT_GONE) from refused
            raise


def _end_earlier(env: Env, visitor: Visitor) -> None:
    earlier = SoftToken.objects.filter(
        customer_id=visitor.customer_id, device=visitor.device, factor=False, state__in=_LIVING
    )
    for token in earlier.values_list("id", flat=True):
        if shares.in_use(token):
            raise Refused(Refusal.ALREADY_LIVE)
        actions.clear(env, token, REPLACED)
