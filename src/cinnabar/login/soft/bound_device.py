"""Signing in on the device that a soft token is bound to, without the password (P26).

The key of the device and the PIN, or the device's own check of its owner, are two factors. They
count here only, on the device where the token was bound and which the customer still knows: a
copy of the key by itself opens nothing (docs/flows/app-sign-in.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.firm.model import Firm
from cinnabar.flows.actions import decide, steps
from cinnabar.flows.assurance import PIN, TOKEN
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.rules import BY_BIOMETRICS, BY_PIN
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.limits import guard
from cinnabar.limits.guard import Door
from cinnabar.login import devices, lanes, stolen
from cinnabar.login.opening import Entrant, SignedIn, open_session, seen_from
from cinnabar.passwords import due, lock
from cinnabar.tokens.ceremony import Assertion
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import biometrics, proving
from cinnabar.tokens.soft.held import Held
from cinnabar.tokens.soft.signed import Signed

PURPOSE = "sign-in"
"""What the device's statement says it is for."""

_KIND = "soft-token"
"""What the journal calls this way where others have the kind of an identifier."""

_NOT_WRONG = frozenset(
    {
        Refusal.TOKEN_BUSY,
        Refusal.TOKEN_SUSPENDED,
        Refusal.BIOMETRICS_SUSPENDED,
        Refusal.BIOMETRICS_NONE,
    }
)
"""Refusals of somebody whose key was right and who guessed at nothing."""

_ITS_OWN = _NOT_WRONG | {
    Refusal.TOKEN_PIN_WRONG,
    Refusal.TOKEN_LOCKED,
    Refusal.BIOMETRICS_NOT_PROVED,
}
"""Refusals after which it is known whose token it was: the signature was right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Where the statement comes from: the visit, its device cookie, what it says it is."""

    stranger: Stranger
    device: Secret | None
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How the owner is told: the flow's word for it, what it proves and leaves on record."""

    name: str
    factors: frozenset[str]
    proof: ProofKind


_BY_PIN = _Way(name=BY_PIN, factors=frozenset({TOKEN, PIN}), proof=ProofKind.PIN)

_BY_BIOMETRICS = _Way(name=BY_BIOMETRICS, factors=biometrics.FACTORS, proof=ProofKind.PASSKEY)

_Prove = Callable[[Callable[[Held], SignedIn]], SignedIn]


def offered(firm: Firm) -> bool:
    """Tell whether a bound device signs its owner in."""
    return firm.offers_token and firm.login.second_factor.bound_device != "not-offered"


def by_pin(env: Env, browser: Browser, signed: Signed) -> SignedIn:
    """Sign in whoever has the token of this device and its PIN.

    One place of the address is taken before anything is compared, and given back where the
    session begins. Raises `Refused`: NOT_FOUND where the firm has none of this,
    BOUND_DEVICE_REFUSED for a key that opens nothing here (unknown, of another device, of one
    that was put out, locked sign-in) and, alike, where only the password helps; those of
    `proving.by_pin`, TOO_MANY_TRIES, TOO_FAST.
    """
    bearer = proving.bearer(browser.stranger.visit)
    prove = partial(proving.by_pin, env, bearer, signed, PURPOSE, {})
    return _sign_in(env, browser, signed, _BY_PIN, prove)


def by_biometrics(env: Env, browser: Browser, signed: Signed, shown: Assertion) -> SignedIn:
    """Sign in whoever has the token of this device and is known to it as its owner.

    Raises `Refused` as `by_pin` does, but those of `biometrics.by_biometrics` for the PIN's.
    """
    bearer = proving.bearer(browser.stranger.visit)

    def prove(then: Callable[[Held], SignedIn]) -> SignedIn:
        return biometrics.by_biometrics(env, bearer, signed, PURPOSE, {}, shown, then)

    return _sign_in(env, browser, signed, _BY_BIOMETRICS, prove)


def _sign_in(env: Env, browser: Browser, signed: Signed, way: _Way, prove: _Prove) -> SignedIn:
    if not offered(env.firm):
        raise Refused(Refusal.NOT_FOUND)
    address = browser.stranger.address
    here = stolen.watched(env, browser.device, address=address)
    guard.enter(env, Door.SIGN_IN, address)
    shown: list[Held] = []

    def then(held: Held) -> SignedIn:
        shown.append(held)
        return _open(env, browser, held, way)

    try:
        _insist(env, signed.token, here, browser.device)
        return prove(then)
    except Refused as refused:
        _note_failure(env, browser, signed.token, refused.refusal, was_right=bool(shown))
        raise


def _insist(env: Env, key_id: str, here: str, device: Secret | None) -> None:
    """Refuse a token that is not one of this device, or whose customer is not known here.

    Asked before the PIN is looked at: nobody tries PINs anywhere else.
    """
    token = SoftToken.objects.filter(key_id=key_id, factor=True).first()
    mine = token is not None and here != "" and token.device == here
    if token is None or not mine or devices.look(env, token.customer_id, device).known is None:
        raise Refused(Refusal.BOUND_DEVICE_REFUSED)


def _open(env: Env, browser: Browser, held: Held, way: _Way) -> SignedIn:
    """Go through the one decision point and begin the session, in the caller's transaction."""
    who = customers.view(env, held.customer_id)
    known = devices.look(env, who.id, browser.device).known
    entrant = Entrant(
        customer=who,
        index=lanes.row_of(env, env.firm.login.identifier(who.identifier), known),
        password=None,
        address=browser.stranger.address,
        amr=way.factors,
        agent=browser.agent,
        reason=due.by_date(env, who.id),
        channel=browser.stranger.channel,
    )
    guard.leave(env, Door.SIGN_IN, browser.stranger.address)
    lock.make(env, entrant.index)  # with a password the try itself makes it
    ready = known is not None and held.factor and held.state == SoftToken.ACTIVE
    opened = open_session(env, entrant, browser.device) if ready else None
    if opened is None:
        raise Refused(Refusal.BOUND_DEVICE_REFUSED)
    # The flow's row after the guard's and the lock's, as all who take them do.
    _decide(env, browser.stranger, held, way)
    return opened


def _decide(env: Env, stranger: Stranger, held: Held, way: _Way) -> None:
    """Put down what was proved for exactly this key, claim it and read it again (law 2)."""
    flow = steps.open_claim(
        env,
        stranger,
        FlowKind.SIGN_IN,
        customer=(held.customer_id, held.subject),
        facts={"way": way.name},
        proved=way.proof,
    )
    claimant = Claimant(
        customer_id=held.customer_id,
        subject=held.subject,
        session=stranger.visit,
        address=stranger.address,
        channel=stranger.channel,
    )
    steps.set_target(env, claimant, flow.id, target=held.key_id, facts={})
    steps.prove(env, flow.id, ProofKind.POSSESSION, target=held.key_id)
    if way.proof is ProofKind.PIN:
        steps.prove(env, flow.id, ProofKind.PIN, target=held.key_id)
    claimed = decide.claim(env, claimant, flow.id)
    if claimed is None:
        raise Refused(Refusal.FLOW_CLOSED)
    decide.require(env, claimant, claimed)
    decide.finish_act(flow.id)


def _note_failure(
    env: Env, browser: Browser, key_id: str, why: Refusal, *, was_right: bool
) -> None:
    """Write down what opened nothing; who showed the key and the PIN was not wrong."""
    stranger = browser.stranger
    whose = _subject(env, key_id) if was_right or why in _ITS_OWN else None
    with transaction.atomic():
        if was_right or why in _NOT_WRONG:
            guard.leave(env, Door.SIGN_IN, stranger.address)
        else:
            alarms.wrong(env, Door.SIGN_IN, stranger.address, channel=stranger.channel)
        record(
            env,
            Event.SIGN_IN_FAILED,
            subject=whose,
            by="visitor",
            channel=stranger.channel,
            details={
                "kind": _KIND,
                "why": why.value,
                "known_device": whose is not None,
                **seen_from(stranger.address, browser.agent),
            },
        )


def _subject(env: Env, key_id: str) -> str:
    return customers.reach(env, SoftToken.objects.get(key_id=key_id).customer_id).subject
