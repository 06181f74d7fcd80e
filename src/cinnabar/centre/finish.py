"""The end of a reissue, whichever way it came: the initial password and the customer's own.

Both replace a password, so both re-read every proof in the transaction that does it (law 2).
"""

from collections.abc import Mapping
from typing import TypeAlias

from django.db import transaction

from cinnabar.centre import notice, scope
from cinnabar.centre.reissue import MAILED, at_step
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.actions import decide, steps
from cinnabar.flows.kinds import FlowKind, FlowState
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, of_stranger
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Digits, Password
from cinnabar.limits import guard
from cinnabar.login import sessions
from cinnabar.passwords import lock, store, voice
from cinnabar.passwords.judging import insist
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Rule, refused, standard

_DIGITS = "0123456789"


Hashes: TypeAlias = Mapping[PasswordKind, str]


def is_whole(env: Env, claimant: Claimant, flow: FlowView) -> bool:
    """Tell whether this reissue changes the one password for everything (P117)."""
    return scope.changed(env, claimant.customer_id, flow.target) == (None,)


def initial(env: Env, stranger: Stranger, flow_id: str) -> Digits | None:
    """Make the initial password, once in a flow, and let it replace the forgotten one (P100-P102).

    It is the answer to the code, shown once; a sign-in with it leads to the page where it is
    changed, as long as it lasts. None where the firm gives none, and the second time. Raises
    `Refused(FLOW_OUT_OF_ORDER)` without every proof.
    """
    policy = env.firm.password.initial
    flow, claimant = ready(env, stranger, flow_id)
    if not policy.length or "initial" in flow.facts:
        return None
    digits = Digits(env.dice.text(_DIGITS, policy.length))
    typed = Password(digits.reveal())
    encoded = store.encode(env, claimant.customer_id, PasswordKind.LOGIN, typed)
    with transaction.atomic(durable=True):
        lock_customer(claimant.customer_id)
        flow, _ = ready(env, stranger, flow_id)
        if "initial" in flow.facts:
            return None
        until = env.clock.now() + policy.ttl
        steps.add_facts(stranger, flow, {"initial": until.isoformat()})
        whose, hashes = claimant.customer_id, {PasswordKind.LOGIN: encoded}
        scope.put(env, whose, flow.target, hashes, expires_at=until)
        note(env, claimant, Event.PASSWORD_INITIAL_GIVEN, {"flow": flow.id})
        # The password before is gone already: whoever stops here must not do so unnoticed.
        _notify(env, claimant, flow)
    return digits


def finish(env: Env, stranger: Stranger, flow_id: str, password: Password) -> None:
    """Make `password` the customer's own: all of a consolidated one, else of one account (G26).

    In the same transaction the voice password follows where the firm says so, the lock's cycle
    begins anew, every session ends and a notice leaves (PWD-15, MSG-03). Nobody is signed in by
    it (RST-09). Raises `Refused`: FLOW_CLOSED, FLOW_OUT_OF_ORDER, PASSWORD_REFUSED, BUSY.
    """
    _, claimant = ready(env, stranger, flow_id)
    judge(env, claimant, password)
    hashes = hashes_of(env, claimant, password)
    with transaction.atomic(durable=True):
        lock_customer(claimant.customer_id)
        flow = decide.claim(env, claimant, flow_id)
        if flow is None:
            raise Refused(Refusal.FLOW_CLOSED)
        decide.require(env, claimant, flow)
        # The guard's rows before those of locks, as at a sign-in: no two wait for each other.
        guard.fulfilled(env, claimant.address)
        put_all(env, claimant, flow.target, hashes)
        let_in_again(env, claimant)
        _tell(env, claimant, flow, with_voice=PasswordKind.VOICE in hashes)
        decide.finish_act(flow.id)


def finished(env: Env, stranger: Stranger, flow_id: str) -> FlowView:
    """Return a reissue of this visit that is done; raise `Refused(FLOW_CLOSED)` for others."""
    flow, _ = of_stranger(env, stranger, flow_id, FlowKind.REISSUE)
    if flow.state is not FlowState.DONE:
        raise Refused(Refusal.FLOW_CLOSED)
    return flow


def ready(env: Env, stranger: Stranger, flow_id: str) -> tuple[FlowView, Claimant]:
    """Return the flow with everything proved; raise `Refused(FLOW_OUT_OF_ORDER)` until it is.

    It lets a page be shown; the transaction that acts looks again.
    """
    flow, claimant = at_step(env, stranger, flow_id)
    if decide.lacking(env, claimant, flow):
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    return flow, claimant


def judge(env: Env, claimant: Claimant, password: Password) -> None:
    """Raise `Refused(PASSWORD_REFUSED)` unless the firm's rules let the new password pass."""
    insist(env, claimant.customer_id, PasswordKind.LOGIN, password)
    rows = store.rows(claimant.customer_id, PasswordKind.LOGIN)
    issued = [row.encoded for row in rows if row.expires_at is not None]
    if issued and any(env.hasher.matching(issued, password)):
        # What was issued never becomes the lasting one (PWD-11).
        asked = standard(env.firm.password, PasswordKind.LOGIN)
        raise refused(asked, (Rule.USED_BEFORE,))


def hashes_of(env: Env, claimant: Claimant, password: Password) -> Hashes:
    """Return what will rest; no voice where the voice password stays as it is (P97)."""
    whose = claimant.customer_id
    found = {PasswordKind.LOGIN: store.encode(env, whose, PasswordKind.LOGIN, password)}
    if env.firm.password.voice.on_reissue:
        digits = voice.in_step(env, password)
        found[PasswordKind.VOICE] = store.encode(env, whose, PasswordKind.VOICE, digits)
    return found


def put_all(env: Env, claimant: Claimant, target: str, hashes: Hashes) -> None:
    """Make `hashes` the passwords of what `target` names, in the act's transaction."""
    scope.put(env, claimant.customer_id, target, hashes)
    if PasswordKind.VOICE in hashes:
        voice.lift(env, claimant.customer_id)


def let_in_again(env: Env, claimant: Claimant) -> None:
    """Lift whatever kept the customer out, and end what the old password let in."""
    identifier = customers.view(env, claimant.customer_id).identifier
    lock.end_cycle(lock.name(env, env.firm.login.identifier(identifier)))
    sessions.end_all(env, claimant.customer_id)


def _tell(env: Env, claimant: Claimant, flow: FlowView, *, with_voice: bool) -> None:
    whole = is_whole(env, claimant, flow)
    way = flow.facts.get("way", "")
    details: dict[str, JsonValue] = {
        "flow": flow.id,
        "way": way,
        "whole": whole,
        "voice": with_voice,
    }
    note(env, claimant, Event.PASSWORD_REISSUED, details)
    _notify(env, claimant, flow)


def _notify(env: Env, claimant: Claimant, flow: FlowView) -> None:
    """Tell the customer, once in a reissue (MSG-03)."""
    mailed = flow.facts.get("way") == MAILED
    used = {flow.facts.get("only", "sms"), "email" if mailed else ""}
    notice.tell(env, claimant.customer_id, "reissue", key=flow.id, used=frozenset(used))
