"""The one place where a session begins, whichever way its customer came (SES-01)."""

from dataclasses import dataclass

from django.db import transaction

from cinnabar.customers.queries import CustomerView
from cinnabar.env import Env
from cinnabar.flows.assurance import Assurance, acr, assurance
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.agents import read_agent
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.secrets import Secret
from cinnabar.login import arrivals, devices, lanes
from cinnabar.login.devices import Entered
from cinnabar.login.sessions import displace
from cinnabar.login.tokens import new_token, token_name
from cinnabar.passwords import lock, store
from cinnabar.passwords.due import Due
from cinnabar.statements import run
from cinnabar.tokens.soft import suspending

_BEGIN = """
INSERT INTO login_session
  (id, customer_id, subject, device_id, channel, amr, started_at, seen_at, proved_at, ended_at,
   password, must_change, address, agent, before_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, NULL, %s, %s, %s, %s,
        (SELECT MAX(started_at) FROM login_session WHERE customer_id = %s))
"""

_LONGEST_AGENT = 200

APP = "mobile"
"""The channel whose arrivals on a new device suspend biometrics elsewhere (P227)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The tokens of a new session. They are told to the browser once and rest as hashes.

    `must_change`: the session leads to the page where the password is changed, and no further.
    `device_stays`: the browser's device cookie is not replaced, another tab brings it the newer.
    """

    session: Secret
    device: Secret
    must_change: bool = False
    device_stays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """A customer who has proved enough to come in.

    `index` names the lock his tries were counted at, `password` the stored password that was
    right, None where a passkey stood for it, `amr` the factors (RFC 8176), `agent` what his
    browser says it is. `reason`: why the password has to be changed first, None if it need not
    be. `remember`: he asked not to be asked for a second factor on this device again; it counts
    with a second factor shown now. `settles`: his try still has its place at the lock, which is
    given back as he comes in. `channel` is that of the face he comes in by.
    """

    customer: CustomerView
    index: str
    password: int | None
    address: str
    amr: frozenset[str]
    agent: str = ""
    reason: Due | None = None
    remember: bool = False
    settles: bool = False
    channel: str = "web"


def open_session(env: Env, entrant: Entrant, device: Secret | None) -> SignedIn | None:
    """Open a session; None if sign-in was locked or the password replaced since it was compared.

    Whoever does that ends what sessions there are: none may come after him (RST-08, PWD-15). With
    None the transaction is rolled back, the caller's with it if he has one. A
    place that was taken at the guard is given back by the caller, in the same transaction and
    before this: in the order in which a try takes them, else two of one customer wait for each
    other.
    """
    token = new_token(env)
    with transaction.atomic(savepoint=False):
        entered = _enter(env, entrant, device)
        if entered is None:
            transaction.set_rollback(True)
            return None
        _begin(env, entrant, token_name(token), entered)
        if entrant.channel == APP and not entered.was_known:
            suspending.arrived(env, entrant.customer.id, entered.device)
        _note(env, entrant, known=entered.was_known)
        _tell(env, entrant, token_name(token), known=entered.was_known)
        _make_room(env, entrant, token)
    return SignedIn(
        session=token,
        device=entered.token,
        must_change=bool(entrant.reason),
        device_stays=entered.stays,
    )


def _enter(env: Env, entrant: Entrant, token: Secret | None) -> Entered | None:
    """Enter on the device; None if the sign-in came to nothing since its factors were shown."""
    held = entrant.password is None or store.hold(entrant.password)
    if not (held and _unlocked(env, entrant)):
        return None
    who = entrant.customer
    entered = devices.enter(env, who.id, token)
    identifier = env.firm.login.identifier(who.identifier)
    if not lanes.hold(env, identifier, entrant.index, entered.known):
        return None
    remember = entrant.remember and assurance(entrant.amr) > Assurance.SINGLE
    agent = entrant.agent[:_LONGEST_AGENT]
    known = devices.make_known(env, who.id, entered, agent=agent, remember=remember)
    if entered.known is None:
        lanes.begin(env, identifier, known)
    return entered


def _unlocked(env: Env, entrant: Entrant) -> bool:
    """Tell whether his lock is open; either statement keeps it so to the end."""
    if entrant.settles:
        return lock.settle(env, entrant.index)
    return lock.hold_open(entrant.index)


def _begin(env: Env, entrant: Entrant, name: str, entered: Entered) -> None:
    who, now = entrant.customer, env.clock.now()
    whose = (name, who.id, who.subject, entered.device, entrant.channel)
    amr = " ".join(sorted(entrant.amr))
    began = (amr, now, now, now, entrant.password, bool(entrant.reason))
    run(_BEGIN, *whose, *began, entrant.address, entrant.agent[:_LONGEST_AGENT], who.id)


def _tell(env: Env, entrant: Entrant, name: str, *, known: bool) -> None:
    arrivals.tell(
        env,
        entrant.customer.id,
        entrant.amr,
        known=known,
        agent=entrant.agent,
        address=entrant.address,
        key=name,
    )


def _make_room(env: Env, entrant: Entrant, token: Secret) -> None:
    """End the oldest sessions beyond as many as may be open (SES-08)."""
    who = entrant.customer
    ended = displace(env, who.id, begun=token_name(token))
    if ended:
        details: dict[str, JsonValue] = {"sessions": ended, "most": env.firm.login.sessions_max}
        record(
            env,
            Event.SESSION_DISPLACED,
            subject=who.subject,
            by=who.subject,
            channel=entrant.channel,
            details=details,
        )


def _note(env: Env, entrant: Entrant, *, known: bool) -> None:
    why: dict[str, JsonValue] = {"must_change": entrant.reason.value} if entrant.reason else {}
    record(
        env,
        Event.SIGN_IN_SUCCEEDED,
        subject=entrant.customer.subject,
        by=entrant.customer.subject,
        channel=entrant.channel,
        details={
            "factors": sorted(entrant.amr),
            "acr": acr(entrant.amr),
            "known_device": known,
            **seen_from(entrant.address, entrant.agent),
            **why,
        },
    )


def seen_from(address: str, agent: str) -> dict[str, JsonValue]:
    """Return what the journal says of where somebody tried, for his own history of sign-ins.

    Of the browser's text its names from our lists alone: nothing a stranger wrote rests there.
    """
    named = read_agent(agent)
    return {"address": address, "browser": named.browser, "system": named.system}
