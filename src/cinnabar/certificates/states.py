"""Where a certificate stands."""

from enum import StrEnum


class State(StrEnum):
    """A certificate's state at the host.

    CLOSED: intended but never handed out; its serial counts as revoked, since a signature may
    exist. SUPERSEDED and REVOKED end a live one.
    """

    ISSUING = "issuing"
    LIVE = "live"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    CLOSED = "closed"


class EndReason(StrEnum):
    """Why a certificate ended, in the meaning of RFC 5280 (REV-01)."""

    CESSATION = "cessation"
    KEY_COMPROMISE = "key-compromise"
    SUPERSEDED = "superseded"
