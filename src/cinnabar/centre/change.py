"""密碼修改: the old password, the new one, and what follows (P88, P89, PWD-08, PWD-15)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from cinnabar.centre import notice, old, renewed
from cinnabar.centre.owned import Owned, owned
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
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
from cinnabar.passwords.store import StoredRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One section of the page: the password as it is and as it is to be."""

    kind: PasswordKind
    old: Password
    new: Password


Claims = Mapping[PasswordKind, tuple[StoredRow, ...]]
Encoded = Mapping[PasswordKind, str]


def change(
    env: Env, visitor: Visitor, wishes: Sequence[Wish], *, account: int | None, voice: bool
) -> Secret:
    """Change the customer's passwords, or those of one account; all that is wished or nothing.

    `voice`: the voice password becomes the digits of the new sign-in password (P96). Returns the
    new token of the session; all others of the customer end (PWD-15). Raises `Refused`:
    NOTHING_CHOSEN, NOT_FOUND for an account that is not his, OLD_PASSWORD_WRONG,
    PASSWORD_LOCKED, TOO_MANY_TRIES, PASSWORD_SAME, PASSWORD_REFUSED, SIGNED_OUT, BUSY.
    """
    if not wishes:
        raise Refused(Refusal.NOTHING_CHOSEN)
    mine = owned(env, visitor.customer_id)
    claims = {wish.kind: _prove_old(env, visitor, mine, wish, account) for wish in wishes}
    for wish in wishes:
        _judge(env, visitor, wish)
    encoded = _encode(env, visitor, wishes, voice=voice)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        require_unchanged(visitor.customer_id, claims)
        _put(env, mine, encoded, account)
        details: dict[str, JsonValue] = {"kinds": sorted(encoded), "account": account}
        note_change(env, visitor, Event.PASSWORD_CHANGED, details, told=_told(wishes))
        return go_on(env, visitor, account)


def require_unchanged(customer_id: int, claims: Claims) -> None:
    """Raise `Refused(OLD_PASSWORD_WRONG)` if what was compared has been replaced since.

    In the transaction that acts, under the customer's lock: of two changes at once the second
    finds other rows. A row keeps its number as long as it is the same password.
    """
    for kind, compared in claims.items():
        if not {row.id for row in compared} <= {row.id for row in store.rows(customer_id, kind)}:
            raise Refused(Refusal.OLD_PASSWORD_WRONG)


def note_change(
    env: Env, visitor: Visitor, event: Event, details: Mapping[str, JsonValue], *, told: str
) -> None:
    """End the other sessions, journal, send the notice `told`, in the change's transaction."""
    ended = sessions.end_all(env, visitor.customer_id, but=visitor.session)
    note(env, visitor, event, {**details, "sessions_ended": ended})
    notice.tell(env, visitor.customer_id, told, key=new_id(env.dice))


def go_on(env: Env, visitor: Visitor, account: int | None) -> Secret:
    """Rename the session, in the change's transaction, after the password of `account` was put.

    Where what it began with is replaced, it began with the new one, and owes no change any more.
    """
    began = sessions.began(visitor.session)
    now = {row.id: row.account for row in store.rows(visitor.customer_id, PasswordKind.LOGIN)}
    new = next((row for row, whose in now.items() if whose == account), None)
    kept = began.password if began.password in now else new
    owes = began.must_change and kept == began.password
    return sessions.rotate(env, visitor, password=kept, must_change=owes)


def _prove_old(
    env: Env, visitor: Visitor, mine: Owned, wish: Wish, account: int | None
) -> tuple[StoredRow, ...]:
    """Return the rows of this account, or of the whole customer, that the old password is."""
    stored = mine.stored(wish.kind, account)
    if not stored:
        raise Refused(Refusal.NOT_FOUND)
    if wish.kind is PasswordKind.WITHDRAWAL:
        return old.withdrawal_password(env, visitor, stored, wish.old)
    found = {row.id for row in old.sign_in_password(env, visitor, mine.customer, wish.old)}
    right = tuple(row for row in stored if row.id in found)
    if not right:
        raise Refused(Refusal.OLD_PASSWORD_WRONG)
    return right


def _judge(env: Env, visitor: Visitor, wish: Wish) -> None:
    if wish.new.reveal() == wish.old.reveal():
        raise Refused(Refusal.PASSWORD_SAME)
    insist(env, visitor.customer_id, wish.kind, wish.new)


def _encode(env: Env, visitor: Visitor, wishes: Iterable[Wish], *, voice: bool) -> Encoded:
    """Hash what is to be stored, before any transaction."""
    wanted = {wish.kind: wish.new for wish in wishes}
    login = wanted.get(PasswordKind.LOGIN)
    if voice and login is not None and env.firm.password.voice.in_step == "offered":
        wanted[PasswordKind.VOICE] = voice_line.in_step(env, login)
    return {
        kind: store.encode(env, visitor.customer_id, kind, password)
        for kind, password in wanted.items()
    }


def _put(env: Env, mine: Owned, encoded: Encoded, account: int | None) -> None:
    for kind, text in encoded.items():
        if account is not None:
            # Somebody who came with one password for all, and has one for each by now.
            separate(mine.customer.id, kind, mine.holders(env, kind))
        put(env, mine.customer.id, kind, text, account)


def put(env: Env, customer_id: int, kind: PasswordKind, encoded: str, account: int | None) -> None:
    """Store one, in the change's transaction; with a new voice password its line counts anew."""
    store.put(env, customer_id, kind, encoded, accounts=(account,))
    if kind is PasswordKind.VOICE:
        voice_line.lift(env, customer_id)
    if kind is PasswordKind.LOGIN:
        renewed.password_replaced(env, customer_id)


def _told(wishes: Iterable[Wish]) -> str:
    return "-and-".join(sorted(wish.kind.value for wish in wishes))
