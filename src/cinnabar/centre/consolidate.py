"""密碼歸戶: one password for all accounts, and back again by staff (P105 to P108)."""

from django.db import transaction

from cinnabar.centre import notice, old
from cinnabar.centre.change import go_on, note_change, put, require_unchanged
from cinnabar.centre.owned import owned
from cinnabar.customers.actions.mode import switch
from cinnabar.customers.locks import lock_customer
from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login import sessions
from cinnabar.passwords import store
from cinnabar.passwords import voice as voice_line
from cinnabar.passwords.apart import separate
from cinnabar.passwords.judging import insist
from cinnabar.passwords.kinds import PasswordKind


def refuse_unless_offered(env: Env) -> None:
    """Raise `Refused(NOT_FOUND)` at a firm whose customers have passwords one way only (P105)."""
    if len(env.firm.accounts.modes) == 1:
        raise Refused(Refusal.NOT_FOUND)


def consolidate(env: Env, visitor: Visitor, typed: Password, new: Password) -> Secret:
    """Make `new` the password of all the customer's accounts, for good (P106, P108).

    `typed` is that of any of them. Returns the new token of the session; all others of the
    customer end. Raises `Refused`: ALREADY_CONSOLIDATED, NOT_FOUND, OLD_PASSWORD_WRONG,
    PASSWORD_LOCKED, PASSWORD_SAME, PASSWORD_REFUSED, SIGNED_OUT, BUSY.
    """
    refuse_unless_offered(env)
    customer_id = visitor.customer_id
    mine = owned(env, customer_id)
    if mine.customer.consolidated:
        raise Refused(Refusal.ALREADY_CONSOLIDATED)
    claims = {PasswordKind.LOGIN: old.sign_in_password(env, visitor, mine.customer, typed)}
    if new.reveal() == typed.reveal():
        raise Refused(Refusal.PASSWORD_SAME)
    insist(env, customer_id, PasswordKind.LOGIN, new)
    encoded = _encode(env, customer_id, new)
    with transaction.atomic(durable=True):
        lock_customer(customer_id)
        require_unchanged(customer_id, claims)
        if not switch(customer_id, consolidated=True):
            raise Refused(Refusal.ALREADY_CONSOLIDATED)
        for kind, text in encoded.items():
            put(env, customer_id, kind, text, None)
        details: dict[str, JsonValue] = {"kinds": sorted(encoded)}
        note_change(env, visitor, Event.PASSWORDS_CONSOLIDATED, details, told="consolidate")
        return go_on(env, visitor, None)


def unconsolidate(env: Env, customer: CustomerView, *, case: str) -> bool:
    """Give each account the password that all had, as staff decided; False if each has its own.

    Nobody learns a secret by it, and no password changes (RST-11, P108). His sessions end.
    Raises `Refused(NOT_FOUND)` for a customer who has no account to give one to.
    """
    with transaction.atomic(durable=True):
        lock_customer(customer.id)
        mine = owned(env, customer.id)
        if not mine.accounts:
            raise Refused(Refusal.NOT_FOUND)
        if not switch(customer.id, consolidated=False):
            return False
        for kind in PasswordKind:
            separate(customer.id, kind, mine.holders(env, kind))
        sessions.end_all(env, customer.id)
        record(
            env,
            Event.PASSWORDS_UNCONSOLIDATED,
            subject=customer.subject,
            by="branch",
            channel="cli",
            details={"case": case},
        )
        notice.tell(env, customer.id, "unconsolidate", key=new_id(env.dice))
    return True


def _encode(env: Env, customer_id: int, new: Password) -> dict[PasswordKind, str]:
    """Hash the new password, and its digits for the voice line where it is for that too."""
    wanted = {PasswordKind.LOGIN: new}
    voice = env.firm.password.voice
    if "voice" in env.firm.accounts.consolidated_scope and voice.derivation == "letter-map":
        wanted[PasswordKind.VOICE] = voice_line.in_step(env, new)
    return {k: store.encode(env, customer_id, k, password) for k, password in wanted.items()}
