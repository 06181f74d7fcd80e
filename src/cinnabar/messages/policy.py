"""How hard delivery tries. These are the house's figures, not a firm's rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPolicy:
    """Leases, pauses and deadlines of the worker.

    `lease` is longer than one hand-over can take (the channels' time-out), so that a message is
    taken from a worker only if that worker is gone. `margin`, by channel, is what must be left
    of a deadline at hand-over: it covers the relay's own way and the clocks' difference.
    """

    lease: timedelta = timedelta(seconds=90)
    hand_over: timedelta = timedelta(seconds=30)
    batch: int = 20
    rounds: int = 25
    max_attempts: int = 50
    first_pause: timedelta = timedelta(seconds=2)
    longest_pause: timedelta = timedelta(hours=1)
    longest_pause_of_a_code: timedelta = timedelta(seconds=20)
    margin: Mapping[str, timedelta] = field(
        default_factory=lambda: {
            "sms": timedelta(seconds=5),
            "email": timedelta(seconds=20),
            "push": timedelta(seconds=5),
        }
    )

    def __post_init__(self) -> None:
        """Refuse figures that contradict each other."""
        if self.hand_over >= self.lease:
            msg = "a lease must outlive one hand-over"
            raise ValueError(msg)
        if self.first_pause <= timedelta() or self.longest_pause < self.first_pause:
            msg = "pauses grow from something above nothing"
            raise ValueError(msg)


DELIVERY = DeliveryPolicy()
"""The figures in use."""
