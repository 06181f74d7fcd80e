"""WebAuthn as browsers speak it: what is asked for, and what comes back (L3 §7.1, §7.2).

The only code that knows py_webauthn. What it makes of a broken answer is many kinds of
exception; here all of them are one refusal, for nobody learns which check failed.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias, TypeVar

from webauthn.authentication.verify_authentication_response import verify_authentication_response
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import decode_credential_public_key
from webauthn.helpers.decoded_public_key_to_cryptography import decoded_public_key_to_cryptography
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    CredentialDeviceType,
    RegistrationCredential,
)
from webauthn.registration.verify_registration_response import verify_registration_response

from cinnabar.env import Env
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens import rules
from cinnabar.tokens.challenges import LIFE

T = TypeVar("T")

Asked: TypeAlias = dict[str, Any]
"""What a browser is asked with, as JSON: the standard's dictionaries, octets in base64url."""

_ALGORITHMS = (
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
_FORMATS = {AttestationFormat.NONE, AttestationFormat.PACKED}
"""What a browser sends where no attestation is asked for: none, or a device's own signature."""

_LONGEST_ID = 1023
"""Octets of a credential id (L3 §7.1)."""

TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "hybrid", "internal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """What a browser sends after making a passkey."""

    credential: bytes
    client_data: bytes
    attestation: bytes
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a browser sends after using a passkey; `handle` is b"" where the device sent none."""

    credential: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    handle: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A passkey that has passed every check, to be stored."""

    credential: bytes
    public_key: bytes = field(repr=False)
    transports: tuple[str, ...]
    count: int
    can_sync: bool
    synced: bool
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a right signature says besides being right."""

    count: int
    can_sync: bool
    synced: bool
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """For whom a passkey is made: `label` is what the device shows, `handle` names nobody."""

    handle: bytes
    label: str


def handle_of(env: Env, subject: str) -> bytes:
    """Return the user handle of a customer: 32 octets, the same each time (L3 §14.6.1)."""
    return env.vault.mac("passkey user", subject.encode())


def mark_of(credential: bytes) -> str:
    """Return what a credential is found by."""
    return sha256(credential).hexdigest()


def creation(
    env: Env, holder: Holder, challenge: bytes, *, known: Iterable[bytes], firm_name: str
) -> Asked:
    """Return what `navigator.credentials.create` is asked with, octets in base64url."""
    alone = rules.alone(env.firm, env.base_url)
    return {
        "rp": {"id": _rp(env), "name": firm_name},
        "user": {"id": _b64(holder.handle), "name": holder.label, "displayName": holder.label},
        "challenge": _b64(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": int(one)} for one in _ALGORITHMS],
        "timeout": _milliseconds(),
        "excludeCredentials": [{"type": "public-key", "id": _b64(one)} for one in known],
        "authenticatorSelection": {
            "residentKey": "required" if alone else "preferred",
            "requireResidentKey": alone,
            "userVerification": "required" if alone else "preferred",
        },
        "attestation": "none",
        "extensions": {"credProps": True},
    }


def request(
    env: Env, challenge: bytes, *, allowed: Iterable[tuple[bytes, str]], verify: bool
) -> Asked:
    """Return what `navigator.credentials.get` is asked with.

    `allowed` are credentials and their transports; with none the device says who it is. `verify`:
    the device must verify its owner.
    """
    return {
        "rpId": _rp(env),
        "challenge": _b64(challenge),
        "timeout": _milliseconds(),
        "userVerification": "required" if verify else "preferred",
        "allowCredentials": [
            {"type": "public-key", "id": _b64(one), "transports": [*ways.split()]}
            for one, ways in allowed
        ],
    }


def challenge_in(client_data: bytes) -> bytes:
    """Return the challenge that a browser says it was asked with, b"" if it says none."""
    try:
        said = json.loads(client_data)["challenge"]
        return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
    except (ValueError, TypeError, KeyError, RecursionError):
        return b""


def verify_creation(env: Env, answer: Creation, challenge: bytes) -> Made:
    """Check everything of L3 §7.1; raise `Refused(PASSKEY_NOT_PROVED)`."""
    found = _checked(lambda: _made(env, answer, challenge))
    if found.credential != answer.credential or len(found.credential) > _LONGEST_ID:
        raise Refused(Refusal.PASSKEY_NOT_PROVED)
    return found


def verify_assertion(
    env: Env, answer: Assertion, challenge: bytes, *, public_key: bytes, verify: bool
) -> Shown:
    """Check everything of L3 §7.2 but the count, which is compared where it is kept.

    Raises `Refused(PASSKEY_NOT_PROVED)`.
    """
    at = (_rp(env), rules.origin(env.base_url))
    return _checked(lambda: _shown(at, answer, challenge, public_key, verify))


def verify_kept(site: str, answer: Assertion, challenge: bytes, *, public_key: bytes) -> Shown:
    """Check an assertion that was kept, anywhere and years later; UV is required.

    `site` is the address at which it was made. Raises as `verify_assertion`.
    """
    at = (rules.rp_id(site) or "", rules.origin(site))
    return _checked(lambda: _shown(at, answer, challenge, public_key, verify=True))


def _made(env: Env, answer: Creation, challenge: bytes) -> Made:
    _refuse_frames(answer.client_data)
    found = verify_registration_response(
        credential=RegistrationCredential(
            id=_b64(answer.credential),
            raw_id=answer.credential,
            response=AuthenticatorAttestationResponse(
                client_data_json=answer.client_data, attestation_object=answer.attestation
            ),
        ),
        expected_challenge=challenge,
        expected_rp_id=_rp(env),
        expected_origin=rules.origin(env.base_url),
        require_user_verification=rules.alone(env.firm, env.base_url),
        supported_pub_key_algs=[*_ALGORITHMS],
    )
    # A key that cannot be read is found out now, not at the customer's next sign-in.
    decoded_public_key_to_cryptography(decode_credential_public_key(found.credential_public_key))
    if found.fmt not in _FORMATS:
        raise Refused(Refusal.PASSKEY_NOT_PROVED)
    return Made(
        credential=found.credential_id,
        public_key=found.credential_public_key,
        transports=tuple(one for one in TRANSPORTS if one in answer.transports),
        count=found.sign_count,
        can_sync=found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        synced=found.credential_backed_up,
        verified=found.user_verified,
    )


def _shown(
    at: tuple[str, str],
    answer: Assertion,
    challenge: bytes,
    public_key: bytes,
    verify: bool,  # noqa: FBT001 - handed on by its name
) -> Shown:
    """Check it for the domain and origin `at`."""
    _refuse_frames(answer.client_data)
    found = verify_authentication_response(
        credential=AuthenticationCredential(
            id=_b64(answer.credential),
            raw_id=answer.credential,
            response=AuthenticatorAssertionResponse(
                client_data_json=answer.client_data,
                authenticator_data=answer.authenticator_data,
                signature=answer.signature,
                user_handle=answer.handle or None,
            ),
        ),
        expected_challenge=challenge,
        expected_rp_id=at[0],
        expected_origin=at[1],
        credential_public_key=public_key,
        # The library would refuse a count that goes back before it has looked at the signature:
        # then anybody could make a passkey look copied.
        credential_current_sign_count=0,
        require_user_verification=verify,
    )
    return Shown(
        count=found.new_sign_count,
        can_sync=found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        synced=found.credential_backed_up,
        verified=found.user_verified,
    )


def _checked(check: Callable[[], T]) -> T:
    try:
        return check()
    except Refused:
        raise
    except Exception as problem:  # whatever a stranger's octets make of a parser
        raise Refused(Refusal.PASSKEY_NOT_PROVED) from problem


def _refuse_frames(client_data: bytes) -> None:
    """Refuse a ceremony that ran in another site's frame: none of our pages stands in one."""
    said: Mapping[str, Any] = json.loads(client_data)
    if said.get("crossOrigin") not in {None, False} or "topOrigin" in said:
        raise Refused(Refusal.PASSKEY_NOT_PROVED)


def _rp(env: Env) -> str:
    found = rules.rp_id(env.base_url)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def _milliseconds() -> int:
    return int(LIFE.total_seconds() * 1000)


def _b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
