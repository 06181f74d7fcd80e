"""What a code is for."""

from dataclasses import dataclass

ALL_CHANNELS = frozenset({"sms", "email"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """The act a code is bound to: this customer, this flow, this exact target (COD-05).

    `only` are the channels it may leave by, of those the firm sends such codes over.
    """

    customer_id: int
    subject: str
    purpose: str
    flow: str
    target: str
    channel: str
    only: frozenset[str] = ALL_CHANNELS

    def binding(self) -> tuple[bytes, ...]:
        """Return what the code's keyed hash covers besides the code."""
        return (
            str(self.customer_id).encode(),
            self.purpose.encode(),
            self.flow.encode(),
            self.target.encode(),
        )
