"""Passkeys as other parts see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cinnabar.tokens.models import Passkey


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyView:
    """One passkey of a customer, as he knows it."""

    id: str
    name: str
    synced: bool
    verified: bool
    made_at: datetime
    used_at: datetime | None
    stopped: bool


def mine(customer_id: int) -> tuple[PasskeyView, ...]:
    """Return the customer's passkeys, the oldest first; stopped ones are among them."""
    found = Passkey.objects.filter(customer_id=customer_id, token=None).order_by("made_at", "id")
    return tuple(_view(one) for one in found.defer("credential", "public_key"))


def one_of(customer_id: int, passkey: str) -> PasskeyView | None:
    """Return the customer's passkey of that id, None if he has none."""
    found = Passkey.objects.filter(pk=passkey, customer_id=customer_id, token=None).first()
    return None if found is None else _view(found)


def usable(customer_id: int) -> bool:
    """Tell whether the customer has a passkey that opens something."""
    return Passkey.objects.filter(customer_id=customer_id, token=None, stopped_at=None).exists()


def credentials(customer_id: int, *, stopped: bool) -> Sequence[tuple[bytes, str]]:
    """Return credential ids and transports, `stopped` ones among them or not."""
    found = Passkey.objects.filter(customer_id=customer_id, token=None).order_by("made_at", "id")
    kept = found if stopped else found.filter(stopped_at=None)
    return [(bytes(one), ways) for one, ways in kept.values_list("credential", "transports")]


def _view(one: Passkey) -> PasskeyView:
    return PasskeyView(
        id=one.id,
        name=one.name,
        synced=one.synced,
        verified=one.verified,
        made_at=one.made_at,
        used_at=one.used_at,
        stopped=one.stopped_at is not None,
    )
