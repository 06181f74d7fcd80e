"""The second stage of a sign-in: the flow of somebody whose password was right (P20, P23).

Nothing is open before `accept` has claimed the flow and read every proof again (law 2).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from cinnabar.env import Env
from cinnabar.flows.actions import decide, steps
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.queries import FlowView, of_stranger
from cinnabar.flows.visitor import Claimant, Stranger
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.login.opening import SignedIn, open_session
from cinnabar.login.stages import factor_certificate, factor_codes, factors, half

_SAID: Mapping[Refusal, Refusal] = {
    Refusal.FLOW_CLOSED: Refusal.SIGN_IN_OVER,
    Refusal.FLOW_OUT_OF_ORDER: Refusal.SIGN_IN_CODE_CLOSED,
}


def at_step(env: Env, stranger: Stranger, flow_id: str) -> tuple[FlowView, Claimant]:
    """Return the visit's open sign-in, and whose it is; `Refused(SIGN_IN_OVER)` for any other."""
    with _in_its_words():
        flow, claimant = of_stranger(env, stranger, flow_id, FlowKind.SIGN_IN)
    if flow.state is not FlowState.OPEN or claimant is None:
        raise Refused(Refusal.SIGN_IN_OVER)
    return flow, claimant


def remember_home(env: Env, stranger: Stranger, flow_id: str, home: str) -> None:
    """Note the address that the door leads to, one of ours, for when the sign-in is done."""
    flow, _ = at_step(env, stranger, flow_id)
    steps.add_facts(stranger, flow, {"home": home})


def remember_device(env: Env, stranger: Stranger, flow_id: str, *, wanted: bool) -> None:
    """Note whether the device is not to be asked for a second factor again (REG-HK-1).

    It counts when the session begins, where the firm allows it (docs/flows/devices.md).
    """
    flow, _ = at_step(env, stranger, flow_id)
    steps.add_facts(stranger, flow, {"remember": "yes" if wanted else ""})


def home(env: Env, stranger: Stranger, flow_id: str) -> str:
    """Return that address; the site's own first page where none was noted."""
    return at_step(env, stranger, flow_id)[0].facts.get("home", "/")


def offered(env: Env, stranger: Stranger, flow_id: str) -> tuple[factors.Offered, ...]:
    """Return the ways this sign-in can go on, and those it cannot, with the reason."""
    return factors.offered(env, at_step(env, stranger, flow_id)[1])


def ask_code(env: Env, stranger: Stranger, flow_id: str, channel: str) -> None:
    """Send a code by `channel`; raise `Refused` as `factor_codes.ask` does."""
    _, claimant = at_step(env, stranger, flow_id)
    with _in_its_words():
        factor_codes.ask(env, claimant, flow_id, channel)


def try_code(
    env: Env, stranger: Stranger, flow_id: str, text: str, device: Secret | None
) -> SignedIn:
    """Try a code; a right one is used up and the session begins in one transaction.

    Raises `Refused` as `factor_codes.try_code` and `accept` do.
    """
    _, claimant = at_step(env, stranger, flow_id)
    then = partial(accept, env, stranger, flow_id, device=device)
    with _in_its_words():
        return factor_codes.try_code(env, claimant, flow_id, text, then)


def by_certificate(
    env: Env, stranger: Stranger, flow_id: str, signed: tuple[str, bytes], device: Secret | None
) -> SignedIn | None:
    """Take a signed challenge of this flow; begin the session if it shows a valid certificate.

    Raises `Refused` as `factor_certificate.prove` and `accept` do.
    """
    _, claimant = at_step(env, stranger, flow_id)
    then = partial(accept, env, stranger, flow_id, device=device)
    return factor_certificate.prove(env, claimant, flow_id, signed, then)


def accept(
    env: Env, stranger: Stranger, flow_id: str, proved: frozenset[str], device: Secret | None
) -> SignedIn:
    """Let in whoever proved `proved` in this flow besides the password (names of RFC 8176).

    In the caller's transaction, which uses up what proved it and holds the customer's lock.
    Raises `Refused`: SIGN_IN_OVER, and SIGN_IN_FAILED if the sign-in was locked or the password
    replaced since it was right.
    """
    flow, claimant = at_step(env, stranger, flow_id)
    steps.prove(env, flow.id, ProofKind.FACTOR, target=stranger.visit)
    # The flow's row after the password's and the lock's: as all who take them do.
    signed_in = open_session(env, half.entrant(env, claimant, flow, proved), device)
    if signed_in is None:
        raise Refused(Refusal.SIGN_IN_FAILED)
    claimed = decide.claim(env, claimant, flow_id)
    if claimed is None:
        raise Refused(Refusal.SIGN_IN_OVER)
    decide.require(env, claimant, claimed)
    decide.finish_act(flow_id)
    return signed_in


def leave(env: Env, stranger: Stranger, flow_id: str) -> None:
    """Give the sign-in up, to begin again."""
    steps.abandon(env, at_step(env, stranger, flow_id)[1], flow_id)


@contextmanager
def _in_its_words() -> Iterator[None]:
    """Say what is refused of any flow as it is said of a sign-in."""
    try:
        yield
    except Refused as no:
        raise Refused(_SAID.get(no.refusal, no.refusal), **no.facts) from None
