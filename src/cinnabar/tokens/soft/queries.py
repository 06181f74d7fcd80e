"""Soft tokens as other parts see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cinnabar.tokens.models import SoftToken


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """One soft token of a customer. `device` is the root of the device's series."""

    id: str
    key_id: str
    device: str
    agent: str
    state: str
    why: str
    factor: bool
    biometrics: str
    made_at: datetime
    bound_at: datetime | None
    used_at: datetime | None


def mine(customer_id: int) -> tuple[TokenView, ...]:
    """Return the customer's tokens that were bound and not cleared, the oldest first."""
    found = SoftToken.objects.filter(customer_id=customer_id, bound_at__isnull=False)
    return _views(found.exclude(state=SoftToken.CLEARED).order_by("bound_at", "id"))


def on_device(customer_id: int, device: str) -> TokenView | None:
    """Return the customer's token on a device, the latest that was not cleared; None for none."""
    return next((one for one in reversed(mine(customer_id)) if one.device == device), None)


def usable(customer_id: int) -> bool:
    """Tell whether the customer has a soft token that is a second factor now."""
    active = SoftToken.objects.filter(customer_id=customer_id, state=SoftToken.ACTIVE)
    return active.filter(factor=True).exists()


def _views(rows: Iterable[SoftToken]) -> tuple[TokenView, ...]:
    return tuple(
        TokenView(
            id=row.id,
            key_id=row.key_id,
            device=row.device,
            agent=row.agent,
            state=row.state,
            why=row.why,
            factor=row.factor,
            biometrics=row.biometrics,
            made_at=row.made_at,
            bound_at=row.bound_at,
            used_at=row.used_at,
        )
        for row in rows
    )
