"""The passkey that is a token's biometrics: how a device is asked for it, and where it rests."""

from dataclasses import dataclass
from datetime import datetime

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens import ceremony
from cinnabar.tokens.ceremony import Asked, Creation, Holder, Made, mark_of
from cinnabar.tokens.models import Agreement, Passkey, SoftToken
from cinnabar.tokens.soft import suspending
from cinnabar.tokens.soft.standing import ON, Marks, Standing, standing
from cinnabar.tokens.soft.terms import Terms

_WANTED = {
    "authenticatorAttachment": "platform",
    "residentKey": "discouraged",
    "requireResidentKey": False,
    "userVerification": "required",
}
"""Of this very device, which verifies its owner; found by its name, so that no list shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the customer agreed to, over which channel, and what was so then."""

    terms: Terms
    channel: str
    marks: Marks


@dataclass(frozen=True, slots=True, kw_only=True)
class BiometricsView:
    """A token on a device, and its biometrics. `token` is its id, `key_id` what the device knows.

    `since` and `used_at` are of the key that is in force, or was when it was suspended; None
    without one. `terms` is the hash of what was agreed to, "" where nothing was.
    """

    token: str
    key_id: str
    standing: Standing
    since: datetime | None = None
    used_at: datetime | None = None
    terms: str = ""


def on_device(env: Env, customer_id: int, device: str) -> BiometricsView | None:
    """Return the customer's token on this device, None if there is none that counts."""
    mine = SoftToken.objects.filter(customer_id=customer_id, device=device, factor=True)
    token = mine.filter(state=SoftToken.ACTIVE).order_by("-bound_at").first() if device else None
    if token is None:
        return None
    made = Passkey.objects.filter(customer_id=customer_id, token_id=token.id)
    passkey = made.order_by("-made_at", "-id").first()
    agreed = Agreement.objects.filter(passkey=passkey).first() if passkey else None
    return BiometricsView(
        token=token.id,
        key_id=token.key_id,
        standing=standing(env, token),
        since=passkey.made_at if passkey else None,
        used_at=passkey.used_at if passkey else None,
        terms=agreed.sha256 if agreed else "",
    )


def asked(env: Env, who: CustomerView, token: str, challenge: bytes) -> Asked:
    """Return what the device is asked with.

    The user handle is of this token alone: a device keeps one key per handle, and the customer's
    own passkeys are to stay.
    """
    handle = env.vault.mac("biometrics user", who.subject.encode(), token.encode())
    holder = Holder(handle=handle, label=who.masked_identifier)
    firm_name = env.firm.identity.names[who.language]
    wanted = ceremony.creation(env, holder, challenge, known=(), firm_name=firm_name)
    return {**wanted, "authenticatorSelection": dict(_WANTED)}


def checked(env: Env, made: Creation, challenge: bytes) -> Made:
    """Check everything of L3 §7.1, and that the device verified whose it is (FID-02).

    Raises `Refused(BIOMETRICS_NOT_PROVED)` for everything wrong alike.
    """
    try:
        found = ceremony.verify_creation(env, made, challenge)
    except Refused as refused:
        raise Refused(Refusal.BIOMETRICS_NOT_PROVED) from refused
    if not found.verified:
        raise Refused(Refusal.BIOMETRICS_NOT_PROVED)
    return found


def put(env: Env, customer_id: int, token: str, made: Made, agreed: Agreed) -> str:
    """Let `made` be the token's biometrics, in the caller's transaction; return the key's id.

    Under the customer's lock. The key before opens nothing any more. Raises `Refused`:
    BIOMETRICS_NONE for a token that is not active any more, BIOMETRICS_NOT_PROVED for a key that
    is stored already, whoever's it is.
    """
    suspending.stop_keys(env, customer_id, token)
    held = SoftToken.objects.filter(pk=token, customer_id=customer_id, state=SoftToken.ACTIVE)
    if held.filter(factor=True).update(biometrics=ON, biometrics_why="") != 1:
        raise Refused(Refusal.BIOMETRICS_NONE)
    passkey = _passkey(env, customer_id, token, made)
    Agreement.objects.create(
        passkey=passkey,
        customer_id=customer_id,
        version=agreed.terms.version,
        sha256=agreed.terms.sha256,
        language=agreed.terms.language,
        channel=agreed.channel,
        at=env.clock.now(),
        password_at=agreed.marks.password_at,
        phone=agreed.marks.phone,
    )
    return passkey.id


def take_off(env: Env, customer_id: int, token: str) -> bool:
    """Switch biometrics off, in the caller's transaction; False if they were."""
    suspending.stop_keys(env, customer_id, token)
    held = SoftToken.objects.filter(pk=token, customer_id=customer_id).exclude(biometrics="")
    return held.update(biometrics="", biometrics_why="") == 1


def _passkey(env: Env, customer_id: int, token: str, made: Made) -> Passkey:
    passkey, fresh = Passkey.objects.get_or_create(
        mark=mark_of(made.credential),
        defaults={
            "id": new_id(env.dice),
            "customer_id": customer_id,
            "credential": made.credential,
            "public_key": made.public_key,
            "transports": " ".join(made.transports),
            "name": "",
            "count": made.count,
            "can_sync": made.can_sync,
            "synced": made.synced,
            "verified": made.verified,
            "made_at": env.clock.now(),
            "token_id": token,
        },
    )
    if not fresh:
        raise Refused(Refusal.BIOMETRICS_NOT_PROVED)
    return passkey
