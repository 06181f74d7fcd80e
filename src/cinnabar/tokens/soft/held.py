"""A soft token as it is read for an act, and what its state refuses."""

from dataclasses import dataclass
from typing import Self

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.models import SoftToken

_REFUSED = {
    SoftToken.SUSPENDED: Refusal.TOKEN_SUSPENDED,
    SoftToken.LOCKED: Refusal.TOKEN_LOCKED,
    SoftToken.CLEARED: Refusal.TOKEN_NONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The token of a customer whose device has signed.

    `id` is its row's, `key_id` the name of its key, `device` the root of the device's series;
    `factor`: it counts as a second factor.
    """

    id: str
    key_id: str
    customer_id: int
    subject: str
    device: str
    factor: bool
    state: str
    biometrics: str

    @classmethod
    def of(cls, row: SoftToken) -> Self:
        """Return what a row says; its customer is read with it."""
        return cls(
            id=row.id,
            key_id=row.key_id,
            customer_id=row.customer_id,
            subject=row.customer.subject,
            device=row.device,
            factor=row.factor,
            state=row.state,
            biometrics=row.biometrics,
        )


def refuse_ended(state: str) -> None:
    """Raise `Refused` for a token that is suspended, locked or cleared."""
    if state in _REFUSED:
        raise Refused(_REFUSED[state])
