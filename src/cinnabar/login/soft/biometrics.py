"""生物認證服務: switched on with the terms, the PIN and the device; off with the PIN (P224, P225).

Somebody signed in to the app, on the device that holds the token (docs/flows/biometrics.md).
"""

from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from django.db import transaction

from cinnabar.codes import notices
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import sessions
from cinnabar.messages.kinds import Kind
from cinnabar.tokens import ceremony, challenges, rules
from cinnabar.tokens.ceremony import Asked, Creation
from cinnabar.tokens.challenges import Bearer, Purpose
from cinnabar.tokens.soft import platform, proving
from cinnabar.tokens.soft.held import Held
from cinnabar.tokens.soft.platform import Agreed, BiometricsView
from cinnabar.tokens.soft.signed import Signed
from cinnabar.tokens.soft.standing import marks
from cinnabar.tokens.soft.terms import Terms, terms

ON, OFF = "biometrics-on", "biometrics-off"
"""What a device signs that it wants."""

_CARRIED = {assurance.SMS: "sms", assurance.EMAIL: "email"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """To have biometrics on: the hash of the terms that were read, and in which language."""

    terms: str
    language: str


def here(env: Env, visitor: Visitor) -> BiometricsView | None:
    """Return the visitor's token on this device and its biometrics, None if there is no token.

    Raises `Refused(NOT_FOUND)` where the firm offers no biometrics.
    """
    if not env.firm.offers_biometrics:
        raise Refused(Refusal.NOT_FOUND)
    return platform.on_device(env, visitor.customer_id, visitor.device)


def has_domain(env: Env) -> bool:
    """Tell whether a key of the device can belong to this site at all (WebAuthn L3 §5.1.2)."""
    return rules.rp_id(env.base_url) is not None


def begin(env: Env, visitor: Visitor, signed: Signed, wish: Wish) -> Asked:
    """Take the terms and the PIN; return what the device is asked with to make its key.

    Raises `Refused`: NOT_FOUND where it is not offered, BIOMETRICS_NONE without a token here,
    BIOMETRICS_TERMS for a text that is not the one in force, and those of `proving.by_pin`.
    """
    token = _token(env, visitor)
    _insist_on(env, wish)
    data: dict[str, JsonValue] = {"terms": wish.terms}
    then = partial(_insist_mine, visitor, token)
    proving.by_pin(env, proving.bearer(visitor.session), signed, ON, data, then)
    who = customers.view(env, visitor.customer_id)
    challenge = challenges.make(env, _bearer(visitor, token, wish))
    return platform.asked(env, who, token, challenge)


def finish(env: Env, visitor: Visitor, made: Creation, wish: Wish) -> None:
    """Store the key that the device made: biometrics are on.

    Only whoever has shown the PIN got the challenge (`begin`). Raises `Refused`: NOT_FOUND,
    BIOMETRICS_NONE, BIOMETRICS_TERMS, BIOMETRICS_NOT_PROVED, SIGNED_OUT.
    """
    token = _token(env, visitor)
    text = _insist_on(env, wish)
    challenge = ceremony.challenge_in(made.client_data)
    if not challenges.spend(env, _bearer(visitor, token, wish), challenge):
        raise Refused(Refusal.BIOMETRICS_NOT_PROVED)
    checked = platform.checked(env, made, challenge)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        sessions.began(visitor.session)  # one that has ended meanwhile switches nothing on
        was = marks(env, visitor.customer_id)
        agreed = Agreed(terms=text, channel=visitor.channel, marks=was)
        passkey = platform.put(env, visitor.customer_id, token, checked, agreed)
        facts: dict[str, JsonValue] = {"token": token, "passkey": passkey}
        said: dict[str, JsonValue] = {"terms": text.version, "sha256": text.sha256}
        said["public_key"] = sha256(checked.public_key).hexdigest()  # as evidence shows it
        note(env, visitor, Event.BIOMETRICS_ON, {**facts, **said})
        _tell(env, visitor, passkey)


def switch_off(env: Env, visitor: Visitor, signed: Signed) -> None:
    """Switch biometrics off, with the PIN (SES-06).

    Raises `Refused`: NOT_FOUND, BIOMETRICS_NONE without a token here, those of `proving.by_pin`.
    """
    token = _token(env, visitor)

    def act(held: Held) -> None:
        _insist_mine(visitor, token, held)
        lock_customer(visitor.customer_id)
        if platform.take_off(env, visitor.customer_id, token):
            note(env, visitor, Event.BIOMETRICS_OFF, {"token": token})

    proving.by_pin(env, proving.bearer(visitor.session), signed, OFF, {}, act)


def _token(env: Env, visitor: Visitor) -> str:
    found = here(env, visitor)
    if not has_domain(env):
        raise Refused(Refusal.NOT_FOUND)
    if found is None:
        raise Refused(Refusal.BIOMETRICS_NONE)
    return found.token


def _insist_on(env: Env, wish: Wish) -> Terms:
    """Return the terms in force; raise `Refused(BIOMETRICS_TERMS)` if others were read."""
    text = terms(env, wish.language)
    if wish.terms != text.sha256:
        raise Refused(Refusal.BIOMETRICS_TERMS)
    return text


def _insist_mine(visitor: Visitor, token: str, held: Held) -> None:
    """Refuse another token than that of this visitor on this device, however right its PIN."""
    if held.id != token or held.customer_id != visitor.customer_id:
        raise Refused(Refusal.TOKEN_NOT_PROVED)


def _bearer(visitor: Visitor, token: str, wish: Wish) -> Bearer:
    flow = f"{token} {wish.language} {wish.terms}"
    return Bearer(purpose=Purpose.BIOMETRICS, session=visitor.session, flow=flow)


def _tell(env: Env, visitor: Visitor, passkey: str) -> None:
    """Tell the customer, by another channel than one that carried a code of this session."""
    used = frozenset(way for factor, way in _CARRIED.items() if factor in visitor.amr)
    facts = {"event": "biometrics-on", "browser": "", "system": "", "address": ""}
    notices.tell(env, visitor.customer_id, Kind.ACCOUNT_NOTICE, facts, key=passkey, used=used)
