"""Soft tokens on their way to being bound: each in the caller's transaction, customer locked."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from cinnabar.env import Env
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.statements import run
from cinnabar.tokens.models import SoftToken

_AGENT = 200
_PENDING_KEPT = timedelta(days=7)
"""How long an app may leave its binding unfinished; longer than any registration code lives."""

_ACTIVATE = """
UPDATE tokens_softtoken SET state = 'active', factor = %s, bound_at = %s, used_at = %s
WHERE id = %s AND customer_id = %s AND sealed IS NOT NULL
  AND (state = 'pending' OR (state = 'active' AND NOT factor))
"""


def pending(env: Env, customer_id: int, *, key_id: str, spki: bytes, at: tuple[str, str]) -> str:
    """Write down an app's key that waits to be bound; return the token's id.

    `at` is the device and what its browser calls itself. The one that waited on this device
    before is given up: its key is gone, or it would have come again.
    """
    device, agent = at
    for one in SoftToken.objects.filter(
        customer_id=customer_id, device=device, state=SoftToken.PENDING
    ):
        give_up(env, one.id)
    made = SoftToken.objects.create(
        id=new_id(env.dice),
        customer_id=customer_id,
        key_id=key_id,
        public_key=spki,
        device=device,
        agent=agent[:_AGENT],
        state=SoftToken.PENDING,
        factor=False,
        made_at=env.clock.now(),
    )
    return made.id


def give_up(env: Env, token: str) -> bool:
    """Clear a token that was never bound; False if it was meanwhile."""
    waiting = SoftToken.objects.filter(pk=token, state=SoftToken.PENDING)
    now = env.clock.now()
    return waiting.update(state=SoftToken.CLEARED, why="unfinished", sealed=None, ended_at=now) == 1


def unfinished(env: Env) -> QuerySet[SoftToken]:
    """Return the tokens that waited too long to be bound."""
    before = env.clock.now() - _PENDING_KEPT
    return SoftToken.objects.filter(state=SoftToken.PENDING, made_at__lt=before)


def insist_on_room(env: Env, customer_id: int, *, device: str) -> None:
    """Raise `Refused(TOKEN_LIMIT)` if the customer has as many devices as the firm allows (P221).

    The one at hand does not count: what was bound on it before is replaced. A suspended one does:
    suspending must be no way to more.
    """
    most = env.firm.token.devices_max
    if held(customer_id).exclude(device=device).count() >= most:
        raise Refused(Refusal.TOKEN_LIMIT, most=most)


def held(customer_id: int) -> QuerySet[SoftToken]:
    """Return the customer's tokens that count as a factor, suspended ones among them."""
    alive = Q(state__in=(SoftToken.ACTIVE, SoftToken.SUSPENDED))
    return SoftToken.objects.filter(alive, customer_id=customer_id, factor=True)


def activate(env: Env, customer_id: int, token: str) -> bool:
    """Let a token that has its PIN count as a factor; False if it is none to be bound (any more).

    One conditional UPDATE. A token that held only a mobile certificate's key becomes one too.
    """
    now = env.clock.now()
    return run(_ACTIVATE, True, now, now, token, customer_id) == 1  # noqa: FBT003 - of a row
