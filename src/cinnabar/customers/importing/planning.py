"""What a batch of rows changes. Reads only: nothing is locked while seals are made.

The database may move on between the plan and its writing; the write notices and the batch is
planned again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cinnabar.customers import sealing
from cinnabar.customers.faults import Fault, LineFault
from cinnabar.customers.importing.again import Overtaken
from cinnabar.customers.importing.differences import contact_commitments, differing_columns
from cinnabar.customers.importing.stored import Known, Stored, known, owners, stored
from cinnabar.customers.row import Row
from cinnabar.customers.rules import Account
from cinnabar.customers.sealing import Seals
from cinnabar.env import Env
from cinnabar.kernel.canonical import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A customer to be created."""

    row: Row
    subject: str
    id_index: bytes
    fingerprint: bytes
    salt: bytes
    seals: Seals


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A customer to be written anew.

    `columns` names what differs: none if only the fingerprint did. `contacts` commits to the
    values before and after, for the journal.
    """

    row: Row
    known: Known
    fingerprint: bytes
    seals: Seals
    columns: tuple[str, ...]
    contacts: Mapping[str, JsonValue]
    new_accounts: tuple[Account, ...]
    lost_accounts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a batch does. `unchanged` counts the rows that need no write at all."""

    newcomers: Sequence[Newcomer]
    changes: Sequence[Change]
    faults: Sequence[LineFault]
    unchanged: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: Row
    index: bytes
    fingerprint: bytes
    known: Known | None

    @property
    def moves(self) -> bool:
        return self.known is None or self.fingerprint != self.known.fingerprint


def plan(env: Env, rows: Sequence[tuple[Row, bytes]]) -> Plan:
    """Compare `rows` (each with its blind index) with the database; seal what is to be written.

    Raises `Overtaken` if a customer was written by somebody else while it was read.
    """
    there = known([index for _row, index in rows])
    candidates = [
        _Candidate(row, index, row.fingerprint(env.vault), there.get(index)) for row, index in rows
    ]
    moving = [one for one in candidates if one.moves]
    older = [one.known for one in moving if one.known]
    before = stored(env.vault, older)
    if len(before) < len(older):
        raise Overtaken
    good, clashes = _settle_accounts(moving, before)
    _make_sure([one for one, _accounts in clashes])
    return Plan(
        newcomers=[_newcomer(env, one) for one in good if one.known is None],
        changes=[_change(env, one, one.known, before[one.known.id]) for one in good if one.known],
        faults=[_taken(env, one.row, account) for one, taken in clashes for account in taken],
        unchanged=len(candidates) - len(moving),
    )


def _settle_accounts(
    moving: Sequence[_Candidate], before: Mapping[int, Stored]
) -> tuple[list[_Candidate], list[tuple[_Candidate, list[Account]]]]:
    """Part the rows whose accounts are free from those that would take one from somebody.

    In the order of the file: an account that an earlier row gave up is free for a later one, as
    it would be had they come in two batches.
    """
    taken: dict[Account, int | bytes] = {}
    taken.update(owners(account for one in moving for account in one.row.accounts))
    good: list[_Candidate] = []
    clashes: list[tuple[_Candidate, list[Account]]] = []
    for one in moving:
        me = one.known.id if one.known else one.index
        clash = [account for account in one.row.accounts if taken.get(account, me) != me]
        if clash:
            clashes.append((one, clash))
            continue
        for account in before[one.known.id].accounts if one.known else ():
            taken.pop(account, None)
        taken.update(dict.fromkeys(one.row.accounts, me))
        good.append(one)
    return good, clashes


def _make_sure(refused: Sequence[_Candidate]) -> None:
    """Raise `Overtaken` if one of `refused` was written after it was looked for.

    Its own account, taken over by another import in between, would look like somebody else's.
    """
    now = known([one.index for one in refused])
    if any(now.get(one.index) != one.known for one in refused):
        raise Overtaken


def _taken(env: Env, row: Row, account: Account) -> LineFault:
    facts = {"business": account.line.value, "account": env.firm.masks.account(account.number)}
    return LineFault(line=row.line, column="accounts", fault=Fault.ACCOUNT_TAKEN, facts=facts)


def _newcomer(env: Env, one: _Candidate) -> Newcomer:
    subject = sealing.new_subject(env.dice)
    return Newcomer(
        row=one.row,
        subject=subject,
        id_index=one.index,
        fingerprint=one.fingerprint,
        salt=env.dice.octets(sealing.SALT),
        seals=sealing.seal_row(env.vault, subject, one.row),
    )


def _change(env: Env, one: _Candidate, known: Known, before: Stored) -> Change:
    return Change(
        row=one.row,
        known=known,
        fingerprint=one.fingerprint,
        seals=sealing.seal_row(env.vault, known.subject, one.row),
        columns=differing_columns(one.row, before),
        contacts=contact_commitments(env.vault, one.row, before),
        new_accounts=tuple(a for a in one.row.accounts if a not in before.accounts),
        lost_accounts=tuple(pk for a, pk in before.accounts.items() if a not in one.row.accounts),
    )
