"""How push services know who sends: a token signed by our key for each of them (RFC 8292). Pure."""

import base64
import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from cinnabar.messages.push.sealed_body import point_of

LIFE = timedelta(hours=12)
"""How long a token holds; a push service refuses more than a day (RFC 8292, section 2)."""

_HALF = 32


def authorization(
    key: ec.EllipticCurvePrivateKey, endpoint: str, *, contact: str, now: datetime
) -> str:
    """Return the header's value: a token for the endpoint's origin, and the public key.

    `contact` is where the push service's people reach ours: a mailto or https address.
    """
    claims = {"aud": origin(endpoint), "exp": int((now + LIFE).timestamp()), "sub": contact}
    said = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    signature = b64url(r.to_bytes(_HALF) + s.to_bytes(_HALF))
    return f"vapid t={said}.{signature}, k={b64url(point_of(key.public_key()))}"


def origin(endpoint: str) -> str:
    """Return scheme and host of an endpoint, as RFC 6454 writes an origin at the usual port."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.hostname}"


def b64url(octets: bytes) -> str:
    """Return base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _part(value: object) -> str:
    return b64url(json.dumps(value, separators=(",", ":")).encode())
