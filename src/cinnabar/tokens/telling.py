"""Telling customers and staff of passkeys and soft tokens, as part of the act (TOK-05, MSG-03)."""

from cinnabar.codes import notices
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.flows.visitor import Visitor
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind

_CARRIED = {assurance.SMS: "sms", assurance.EMAIL: "email"}


def registered(env: Env, visitor: Visitor, passkey: str) -> None:
    """Tell the customer that there is another passkey."""
    _tell(env, visitor.customer_id, "passkey-added", passkey, _used(visitor))


def removed(env: Env, visitor: Visitor, passkey: str) -> None:
    """Tell the customer that a passkey is gone."""
    _tell(env, visitor.customer_id, "passkey-removed", passkey, _used(visitor))


def copied(env: Env, customer_id: int, passkey: str) -> None:
    """Tell the customer and staff that a passkey was stopped: there may be a copy of it."""
    _tell(env, customer_id, "passkey-copied", passkey, frozenset())
    warn_staff(env, customer_id, passkey)


def warn_staff(env: Env, customer_id: int, passkey: str) -> None:
    """Tell staff of a passkey that was stopped, be it one or an app's biometrics."""
    subject = customers.reach(env, customer_id).subject
    facts = {"event": "passkey-copied", "at": env.clock.now().isoformat(), "subject": subject}
    post(
        env,
        kind=Kind.STAFF_ALERT,
        customer_id=customer_id,
        subject=subject,
        channel="email",
        to=env.firm.notify.staff_mail,
        language=env.firm.identity.locale,
        facts=facts,
        key=f"passkey-copied:{passkey}",
        expires_at=None,
    )


def locked(env: Env, customer_id: int, token: str) -> None:
    """Tell the customer that a soft token is locked after wrong tries."""
    _tell(env, customer_id, "token-locked", token, frozenset())


def pin_changed(env: Env, customer_id: int, token: str, used: frozenset[str]) -> None:
    """Tell the customer that a token has another PIN; `used` are the factors of his session."""
    ways = frozenset(way for factor, way in _CARRIED.items() if factor in used)
    key = f"{token}:{env.clock.now().isoformat()}"
    _tell(env, customer_id, "pin-changed", key, ways)


def cleared(env: Env, customer_id: int, token: str, used: frozenset[str] = frozenset()) -> None:
    """Tell the customer that a soft token is gone; `used` are the factors of his session."""
    ways = frozenset(way for factor, way in _CARRIED.items() if factor in used)
    _tell(env, customer_id, "token-removed", token, ways)


def _used(visitor: Visitor) -> frozenset[str]:
    """Return the channels that carried a code of this session."""
    return frozenset(way for factor, way in _CARRIED.items() if factor in visitor.amr)


def _tell(env: Env, customer_id: int, event: str, passkey: str, used: frozenset[str]) -> None:
    facts = {"event": event, "browser": "", "system": "", "address": ""}
    notices.tell(env, customer_id, Kind.ACCOUNT_NOTICE, facts, key=passkey, used=used)
