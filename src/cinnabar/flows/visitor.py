"""Who is acting, and how sure that is."""

from dataclasses import dataclass
from datetime import datetime

from cinnabar.flows.assurance import Assurance, assurance

NOBODY = 0
"""The id that no row has: who is unknown is looked up like everybody else (LCK-03)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A customer in a flow, however he came to it.

    `session` is the hash that the flow belongs to; `address` is the network address as the
    trusted proxies give it; `channel` is web or mobile.
    """

    customer_id: int
    subject: str
    session: str
    address: str
    channel: str = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor(Actor):
    """A signed-in customer on one device.

    `session` names the session in the database, `device` the device or "" for none; `amr` are
    the factors of the session (RFC 8176), the latest proved at `proved_at`. Whoever
    `must_change` his password may do that, and nothing else before (P101).
    """

    device: str
    amr: frozenset[str]
    proved_at: datetime
    must_change: bool = False

    @property
    def assurance(self) -> Assurance:
        """Return how sure it is who this is."""
        return assurance(self.amr)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant(Actor):
    """Somebody who says to be this customer and has not signed in: a flow's proofs decide.

    `session` names the browser. No action for a `Visitor` takes one.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A browser before anybody signed in: `visit` is the hash of its cookie (incident 2)."""

    visit: str
    address: str
    channel: str = "web"


def nobody(stranger: Stranger) -> Claimant:
    """Return whom the claim of nobody is asked about, at the same cost: no row is his."""
    return Claimant(
        customer_id=NOBODY,
        subject="",
        session=stranger.visit,
        address=stranger.address,
        channel=stranger.channel,
    )
