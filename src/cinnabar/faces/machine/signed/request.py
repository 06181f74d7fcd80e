"""A request as its proofs see it, and what is wrong with one that proves nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a request is not believed. All are facts about the request, none about a customer."""

    NO_PROOF = "no-proof"
    MALFORMED = "proof-malformed"
    TOO_LITTLE = "proof-covers-too-little"
    DIGEST = "digest-wrong"
    STALE = "proof-stale"
    UNKNOWN = "caller-unknown"
    WRONG = "signature-wrong"


class Unproved(Exception):  # noqa: N818 - an answer, not an error
    """The request does not prove who sent it."""

    def __init__(self, fault: Fault) -> None:
        """Name what is wrong."""
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent.

    `base_url` is the configured address of this installation, never the request's own (law 10);
    `headers` have lower-case names; `peer` is the address at the socket.
    """

    method: str
    base_url: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    peer: str
