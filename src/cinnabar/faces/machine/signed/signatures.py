"""Check the message signature of a request (RFC 9421, 3.2) by this product's profile.

One signature, over at least method, target and the digest of the body, made less than a minute
ago by a key that was registered. A request that is sent again within that minute is the same
question again, and gets the same answer: so no nonce needs to be remembered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cinnabar.faces.machine.signed import digests
from cinnabar.faces.machine.signed.base import BaseError, signature_base
from cinnabar.faces.machine.signed.fields import FieldError, InnerList, Item, read_dictionary
from cinnabar.faces.machine.signed.keys import VerifyKey
from cinnabar.faces.machine.signed.request import Fault, Sent, Unproved

REQUIRED: Final = frozenset({"@method", "@target-uri", "content-digest"})
ASKED: Final = 'line=("@method" "@target-uri" "content-digest");created;keyid'
"""What `Accept-Signature` says of it (RFC 9421, 5.1)."""
FRESH: Final = timedelta(seconds=60)
"""How far `created` may lie from now, before or after: clocks of two machines differ a little."""


@dataclass(frozen=True, slots=True)
class _Claim:
    covered: InnerList
    signature: bytes

    def parameter(self, name: str) -> object:
        return self.covered.parameters.get(name)


def is_signed(sent: Sent) -> bool:
    """Tell whether the request claims to be signed at all."""
    return "signature" in sent.headers or "signature-input" in sent.headers


def verify(sent: Sent, key_of: Callable[[str], VerifyKey | None], now: datetime) -> str:
    """Return the `keyid` of the key that signed `sent`; raise `Unproved` naming what is wrong."""
    try:
        claim = _claim(sent.headers)
        base = signature_base(sent, claim.covered)
        digest_fits = digests.fits(sent.headers.get(digests.FIELD, ""), sent.body)
    except (FieldError, BaseError, UnicodeEncodeError) as problem:
        raise Unproved(Fault.MALFORMED) from problem
    if not {item.value for item in claim.covered.items} >= REQUIRED:
        raise Unproved(Fault.TOO_LITTLE)
    _check_time(claim, now)
    keyid = claim.parameter("keyid")
    key = key_of(keyid) if isinstance(keyid, str) else None
    if key is None or not isinstance(keyid, str):
        raise Unproved(Fault.UNKNOWN)
    if claim.parameter("alg") not in {None, key.algorithm} or not key.made(claim.signature, base):
        raise Unproved(Fault.WRONG)
    if not digest_fits:
        raise Unproved(Fault.DIGEST)
    return keyid


def _claim(headers: Mapping[str, str]) -> _Claim:
    """Return the one signature of a request; more than one would need somebody to choose."""
    inputs = read_dictionary(headers.get("signature-input", ""))
    signatures = read_dictionary(headers.get("signature", ""))
    if len(inputs) != 1 or inputs.keys() != signatures.keys():
        msg = "there is not exactly one signature"
        raise FieldError(msg)
    (covered,), (made,) = inputs.values(), signatures.values()
    if (
        not isinstance(covered, InnerList)
        or not isinstance(made, Item)
        or not isinstance(made.value, bytes)
    ):
        msg = "a signature is a list of components and octets"
        raise FieldError(msg)
    return _Claim(covered, made.value)


def _check_time(claim: _Claim, now: datetime) -> None:
    created, expires = claim.parameter("created"), claim.parameter("expires")
    if type(created) is not int or not (expires is None or type(expires) is int):
        raise Unproved(Fault.MALFORMED)
    if abs(now.timestamp() - created) > FRESH.total_seconds():
        raise Unproved(Fault.STALE)
    if isinstance(expires, int) and expires < now.timestamp():
        raise Unproved(Fault.STALE)
