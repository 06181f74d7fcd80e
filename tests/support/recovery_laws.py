"""What must be true of passwords and locks after every press, recomputed from the rows alone.

What a reissue and an unlock need is written down here a second time, so that a rule that was
weakened is noticed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cinnabar.codes.models import Code, Link
from cinnabar.flows.models import Flow, Proof
from cinnabar.journal.models import Entry
from cinnabar.login.models import Session
from cinnabar.messages.models import Outbox
from cinnabar.passwords.models import Lock, StoredPassword

REISSUING = {"see_initial", "finish", "go_on"}
BY_OLD_PASSWORD = {"change", "consolidate"}


@dataclass(frozen=True)
class Moment:
    """The rows that the laws compare."""

    passwords: Mapping[tuple[int, str, int | None], str]
    locks: Mapping[str, Mapping[str, Any]]
    notices: int
    entries: int


def now() -> Moment:
    """Look at the rows."""
    passwords = StoredPassword.objects.values_list("customer_id", "kind", "account_id", "encoded")
    return Moment(
        passwords={(whose, kind, account): text for whose, kind, account, text in passwords},
        locks={row["id"]: row for row in Lock.objects.values()},
        notices=Outbox.objects.filter(kind="password-changed").count(),
        entries=Entry.objects.count(),
    )


def broken(before: Moment, after: Moment, press: str, acted: str) -> list[str]:
    """Return a sentence for everything that `press` must not have done.

    `acted` is the flow it acted in, or that the old password of a customer was right.
    """
    laws = (_changed_unproved, _lifted_unproved, _untold, _guessed, _left_open)
    return [said for law in laws for said in law(before, after, press, acted)]


def _changed(before: Moment, after: Moment) -> set[tuple[int, str, int | None]]:
    both = {*before.passwords, *after.passwords}
    return {key for key in both if before.passwords.get(key) != after.passwords.get(key)}


def _changed_unproved(before: Moment, after: Moment, press: str, acted: str) -> Iterator[str]:
    changed = _changed(before, after)
    if not changed:
        return
    owners = {whose for whose, _, _ in changed}
    if press in BY_OLD_PASSWORD:
        if {f"right old password of {whose}" for whose in owners} != {acted}:
            yield f"{press} changed the passwords of {owners} without the right old one"
        return
    if press not in REISSUING:
        yield f"{press} changed the passwords of {owners}"
        return
    flow = Flow.objects.filter(pk=acted).values().first()
    if flow is None:
        yield f"{press} changed the passwords of {owners} in no flow"
        return
    yield from _reissue_unproved(flow)
    if owners != {flow["customer_id"]}:
        yield f"flow {acted} changed the passwords of {owners}"
    yield from _beyond_its_account(before, after, flow)


def _reissue_unproved(flow: Mapping[str, Any]) -> Iterator[str]:
    name = f"reissue {flow['id']}"
    proofs = set(Proof.objects.filter(flow_id=flow["id"]).values_list("kind", "target"))
    by_certificate = flow["facts"].get("way") == "certificate"
    person = ["identified", "certificate" if by_certificate else "link"]
    for kind in person:
        if (kind, flow["session"]) not in proofs:
            yield f"{name} acted without {kind} in its browser"
    if ("code", flow["target"]) not in proofs or not flow["target"]:
        yield f"{name} acted without a code for its target"
    bound = {"flow": flow["id"], "target": flow["target"], "customer_id": flow["customer_id"]}
    if not Code.objects.filter(purpose="reissue", state="used", **bound).exists():
        yield f"{name} acted without a code that was used for exactly this"
    links = Link.objects.filter(purpose="reissue", customer_id=flow["customer_id"], state="used")
    if not by_certificate and not links.exists():
        yield f"{name} acted without a mailed link that was used"


def _beyond_its_account(before: Moment, after: Moment, flow: Mapping[str, Any]) -> Iterator[str]:
    """Of somebody with a password for each account, only the chosen one's changed (G26)."""
    accounts = {account for _, _, account in _changed(before, after)}
    if None not in accounts and accounts != {int(flow["target"].removeprefix("account:") or 0)}:
        yield f"flow {flow['id']} about {flow['target']} changed the passwords of {accounts}"


def _lifted_unproved(before: Moment, after: Moment, press: str, acted: str) -> Iterator[str]:
    flow = Flow.objects.filter(pk=acted).values().first()
    for name, row in before.locks.items():
        now_ = after.locks[name]
        if row["locked_at"] is None or now_["locked_at"] is not None:
            continue
        if flow is None or flow["state"] != "done":
            yield f"{press} lifted a lock in no flow that is done"
        elif flow["kind"] == "unlock":
            proofs = set(Proof.objects.filter(flow_id=acted).values_list("kind", "target"))
            if not {("identified", flow["session"]), ("certificate", flow["session"])} <= proofs:
                yield f"unlock {acted} lifted a lock without a certificate"
            if row["unlocked_at"] is not None:
                yield f"unlock {acted} lifted a lock twice in a cycle"
        elif flow["kind"] != "reissue":
            yield f"a {flow['kind']} lifted a lock"


def _untold(before: Moment, after: Moment, press: str, acted: str) -> Iterator[str]:
    """Nothing changes without the journal and a notice; a reissue is told once, at its first."""
    if not _changed(before, after):
        return
    if after.entries == before.entries:
        yield f"{press} changed passwords without a word in the journal"
    told = Outbox.objects.filter(kind="password-changed", key__contains=acted)
    if after.notices == before.notices and not (press in REISSUING and told.exists()):
        yield f"{press} changed passwords and told nobody"


def _guessed(before: Moment, after: Moment, press: str, acted: str) -> Iterator[str]:
    del before, after, press, acted
    for code in Code.objects.filter(purpose="reissue", tries__gt=3).values_list("id", flat=True):
        yield f"code {code} was tried more than three times"


def _left_open(before: Moment, after: Moment, press: str, acted: str) -> Iterator[str]:
    """After a reissue every session of the customer has ended (PWD-15)."""
    if not _changed(before, after) or not _is_done(acted):
        return
    whose = {owner for owner, _, _ in _changed(before, after)}
    if Session.objects.filter(customer_id__in=whose, ended_at=None).exists():
        yield f"{press} left a session open"


def _is_done(acted: str) -> bool:
    return Flow.objects.filter(pk=acted, kind="reissue", state="done").exists()
