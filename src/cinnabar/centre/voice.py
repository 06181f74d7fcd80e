"""The voice password, set on the web by somebody signed in (P98, PWD-08, PWD-10)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cinnabar.centre import notice, old
from cinnabar.centre.owned import Owned, owned
from cinnabar.customers.locks import lock_customer
from cinnabar.customers.queries import AccountView
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import judging, store, voice
from cinnabar.passwords.apart import separate
from cinnabar.passwords.kinds import PasswordKind

KIND = PasswordKind.VOICE


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceView:
    """What a customer sees of his voice passwords.

    `accounts` are those of which one is to be chosen, none where one password holds for all;
    `since` is when the newest was set; `shut`: every call is answered wrong until one is set.
    """

    accounts: tuple[AccountView, ...]
    since: datetime | None
    shut: bool


def view(env: Env, visitor: Visitor) -> VoiceView:
    """Return how the visitor stands with the order line."""
    mine = owned(env, visitor.customer_id)
    return VoiceView(
        accounts=() if mine.customer.consolidated else mine.accounts,
        since=max((row.changed_at for row in mine.rows[KIND]), default=None),
        shut=voice.is_shut(env, visitor.customer_id),
    )


def set_password(
    env: Env, visitor: Visitor, login: Password, new: Password, *, account: int | None
) -> None:
    """Make `new` the voice password of the customer, or of `account` where each has its own.

    The line's count begins anew. Raises `Refused`: NOT_FOUND for an account that is not his,
    OLD_PASSWORD_WRONG and PASSWORD_LOCKED (a try like any sign-in, law 1), PASSWORD_REFUSED, BUSY.
    """
    mine = owned(env, visitor.customer_id)
    if (account is None) != mine.customer.consolidated:
        raise Refused(Refusal.NOT_FOUND)
    if account is not None:
        mine.account(account)
    found = old.sign_in_password(env, visitor, mine.customer, login)
    if not any(row.account in {None, account} for row in found):
        raise Refused(Refusal.OLD_PASSWORD_WRONG)
    judging.insist(env, visitor.customer_id, KIND, new)
    encoded = store.encode(env, visitor.customer_id, KIND, new)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        _put(env, mine, encoded, account)
        note(env, visitor, Event.VOICE_SET, {"account": account})
        notice.tell(env, visitor.customer_id, "voice", key=new_id(env.dice))


def _put(env: Env, mine: Owned, encoded: str, account: int | None) -> None:
    if account is not None:
        separate(mine.customer.id, KIND, mine.holders(env, KIND))
    store.put(env, mine.customer.id, KIND, encoded, accounts=(account,))
    voice.lift(env, mine.customer.id)
