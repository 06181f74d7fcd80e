"""Signing in by a passkey that stands for the password too (FID-01, FID-02)."""

from django.db import transaction

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.actions import decide, steps
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.login import devices, lanes, stolen
from cinnabar.login.opening import Entrant, SignedIn, open_session
from cinnabar.passwords import lock
from cinnabar.tokens import factor, rules
from cinnabar.tokens.ceremony import Asked, Assertion
from cinnabar.tokens.factor import Proved

_WAY = "passkey"


def ask(env: Env, stranger: Stranger) -> Asked:
    """Return what the browser is asked with; raise `Refused(NOT_FOUND)` where it is not offered."""
    _insist_offered(env)
    return factor.ask_anybody(env, stranger)


def sign_in(
    env: Env, stranger: Stranger, answer: Assertion, *, device: Secret | None, agent: str = ""
) -> SignedIn:
    """Sign in whoever the device says it is.

    One place of the address is taken before anything is compared, and given back where the
    session begins. Raises `Refused`: NOT_FOUND where it is not offered, PASSKEY_NOT_PROVED for
    every failure alike, a locked sign-in among them, PASSKEY_STOPPED to whoever holds the key of a
    stopped one, TOO_MANY_TRIES.
    """
    _insist_offered(env)
    stolen.watched(env, device, address=stranger.address)
    guard.enter(env, Door.SIGN_IN, stranger.address)
    try:
        return factor.prove_anybody(
            env, stranger, answer, lambda proved: _open(env, stranger, proved, device, agent)
        )
    except Refused as refused:
        _note_failure(env, stranger, refused.refusal)
        raise


def _open(
    env: Env, stranger: Stranger, proved: Proved, device: Secret | None, agent: str
) -> SignedIn:
    """Go through the one decision point and begin the session, in the caller's transaction."""
    who = customers.view(env, proved.customer_id)
    claimant, name = _claimed(env, stranger, proved)
    known = devices.look(env, who.id, device).known
    entrant = Entrant(
        customer=who,
        index=lanes.row_of(env, env.firm.login.identifier(who.identifier), known),
        password=None,
        address=stranger.address,
        amr=proved.factors,
        agent=agent,
        channel=stranger.channel,
    )
    guard.leave(env, Door.SIGN_IN, stranger.address)
    lock.make(env, entrant.index)  # with a password the try itself makes it
    # The flow's row after the guard's and the lock's, as all who take them do.
    opened = open_session(env, entrant, device)
    if opened is None:
        raise Refused(Refusal.PASSKEY_NOT_PROVED)
    flow = decide.claim(env, claimant, name)
    if flow is None:
        raise Refused(Refusal.FLOW_CLOSED)
    decide.require(env, claimant, flow)
    decide.finish_act(flow.id)
    return opened


def _claimed(env: Env, stranger: Stranger, proved: Proved) -> tuple[Claimant, str]:
    """Open the flow of this sign-in with its proof; return who it is and the flow's name."""
    flow = steps.open_claim(
        env,
        stranger,
        FlowKind.SIGN_IN,
        customer=(proved.customer_id, proved.subject),
        facts={"way": _WAY},
        proved=ProofKind.PASSKEY,
    )
    claimant = Claimant(
        customer_id=proved.customer_id,
        subject=proved.subject,
        session=stranger.visit,
        address=stranger.address,
        channel=stranger.channel,
    )
    return claimant, flow.id


def _note_failure(env: Env, stranger: Stranger, why: Refusal) -> None:
    with transaction.atomic():
        alarms.wrong(env, Door.SIGN_IN, stranger.address, channel=stranger.channel)
        record(
            env,
            Event.PASSKEY_REFUSED,
            subject=None,
            by="visitor",
            channel=stranger.channel,
            details={"address": stranger.address, "why": why.value},
        )


def _insist_offered(env: Env) -> None:
    if not rules.alone(env.firm, env.base_url):
        raise Refused(Refusal.NOT_FOUND)
