"""Whose voice password is asked about, found with the same statements for nobody (LCK-03)."""

from collections.abc import Collection
from dataclasses import dataclass

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.visitor import NOBODY
from cinnabar.kernel.identifiers import Identifier
from cinnabar.passwords import store, voice
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.store import StoredRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom a caller says to be: an identifier, or an account with as much as tells it apart."""

    identifier: Identifier | None = None
    account: str = ""
    branch: str = ""
    line: str = ""

    def spelt(self) -> tuple[str, ...]:
        """Return the one spelling of it."""
        who = voice.said(self.identifier) if self.identifier else ""
        return (who, self.account, self.branch, self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody with voice passwords, or nobody with none, and where his wrong tries count."""

    customer_id: int
    subject: str | None
    lock: str
    rows: tuple[StoredRow, ...]


def find(env: Env, whom: Whom) -> Holder:
    """Return who that is. An account that is more than one customer's is nobody's."""
    return _by_identifier(env, whom) if whom.identifier else _by_account(env, whom)


def replace(env: Env, customer_id: int, encoded: str, *, only: Collection[int]) -> str:
    """Make `encoded` the voice password; return the subject.

    The caller's transaction holds the customer. It takes the place of the customer's one voice
    password; of those of the accounts `only` where accounts have their own. The line's count
    begins anew.
    """
    kept = store.rows(customer_id, PasswordKind.VOICE)
    whole = not only or any(row.account is None for row in kept)
    accounts: Collection[int | None] = (None,) if whole else only
    store.put(env, customer_id, PasswordKind.VOICE, encoded, accounts=accounts)
    voice.lift(env, customer_id)
    return customers.reach(env, customer_id).subject


def _by_identifier(env: Env, whom: Whom) -> Holder:
    if whom.identifier is None:
        msg = "no identifier"
        raise ValueError(msg)
    found = customers.find(env, whom.identifier)
    rows = store.rows(found.id if found else NOBODY, PasswordKind.VOICE)
    return _holder(env, whom, (found.id, found.subject) if found else None, rows)


def _by_account(env: Env, whom: Whom) -> Holder:
    found = customers.owners(whom.account, branch=whom.branch, line=whom.line)
    owners = {(one.customer_id, one.subject) for one in found}
    owner = owners.pop() if len(owners) == 1 else None
    own = {one.account_id for one in found}
    rows = store.rows(owner[0] if owner else NOBODY, PasswordKind.VOICE)
    return _holder(
        env, whom, owner, tuple(row for row in rows if row.account is None or row.account in own)
    )


def _holder(
    env: Env, whom: Whom, owner: tuple[int, str] | None, rows: tuple[StoredRow, ...]
) -> Holder:
    nobodys = voice.lock_of_nobody(env, "\n".join(whom.spelt()))
    if owner is None:
        return Holder(customer_id=NOBODY, subject=None, lock=nobodys, rows=rows)
    customer_id, subject = owner
    lock = voice.lock_of(env, customer_id)
    return Holder(customer_id=customer_id, subject=subject, lock=lock, rows=rows)
