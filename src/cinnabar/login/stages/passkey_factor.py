"""A passkey as the second factor of a sign-in, or of a step-up (FID-01, FID-02)."""

from functools import partial

from cinnabar.env import Env
from cinnabar.flows.visitor import Stranger, Visitor
from cinnabar.kernel.secrets import Secret
from cinnabar.login.opening import SignedIn
from cinnabar.login.stages import second, step_up
from cinnabar.login.stages.step_up import SteppedUp
from cinnabar.tokens import factor
from cinnabar.tokens.ceremony import Asked, Assertion


def ask_at_sign_in(env: Env, stranger: Stranger, flow: str) -> Asked:
    """Return what the browser is asked with in the second stage.

    Raises `Refused`: SIGN_IN_OVER, PASSKEY_NONE.
    """
    _, claimant = second.at_step(env, stranger, flow)
    return factor.ask(env, claimant, flow)


def sign_in(
    env: Env, stranger: Stranger, flow: str, answer: Assertion, device: Secret | None
) -> SignedIn:
    """Go on from a right password with a passkey; the session begins in the same transaction.

    Raises `Refused` as `factor.prove` and `second.accept` do.
    """
    _, claimant = second.at_step(env, stranger, flow)
    then = partial(second.accept, env, stranger, flow, device=device)
    return factor.prove(env, claimant, flow, answer, then)


def ask_at_step_up(env: Env, visitor: Visitor, flow: str) -> Asked:
    """Return what the browser is asked with in a step-up; raise `Refused(FLOW_CLOSED)`, …NONE."""
    step_up.at_step(env, visitor, flow)
    return factor.ask(env, visitor, flow)


def go_on(env: Env, visitor: Visitor, flow: str, answer: Assertion) -> SteppedUp:
    """Step up with a passkey; the session goes on under a new name in the same transaction.

    Raises `Refused` as `factor.prove` and `step_up.accept` do.
    """
    step_up.at_step(env, visitor, flow)
    return factor.prove(env, visitor, flow, answer, partial(step_up.accept, env, visitor, flow))
