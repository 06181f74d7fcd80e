"""The soft token at sign-in and step-up: the number to type into the app, and what came of it.

Both stages show the same, each in its own words. Everything here works by a button; the script
only presses it when the app has answered.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.env import Env
from cinnabar.faces.web import visit
from cinnabar.faces.web.answers import answer, told
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.step_up import stepped
from cinnabar.faces.web.views.second import entered
from cinnabar.faces.web.visitor import agent, signed_in
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Actor, Claimant, Stranger, Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login.soft import factor_offline, factor_token
from cinnabar.login.stages import second, step_up

_TYPED = 32

_NOT_HERE = {
    Refusal.SIGN_IN_OVER,
    Refusal.SIGN_IN_FAILED,
    Refusal.FLOW_CLOSED,
    Refusal.SIGNED_OUT,
    Refusal.FACTOR_UNAVAILABLE,
}
"""Refusals after which there is nothing to show of this stage any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a token is asked: whose flow, at which address, in which page.

    `then` accepts what was proved, in the transaction that uses it up; `done` answers with it.
    """

    actor: Actor
    flow: FlowView
    place: str
    template: str
    then: Callable[[frozenset[str]], Any]
    done: Callable[[Any], HttpResponse]
    context: dict[str, object] = field(default_factory=dict)


View = Callable[[WebRequest, Stage], HttpResponse]


def _at_sign_in(view: View) -> Callable[..., HttpResponse]:
    """Pass the open sign-in of this browser to a view; `SIGN_IN_OVER` for any other."""

    @wraps(view)
    def guarded(request: WebRequest, flow: str) -> HttpResponse:
        env, stranger = request.env, visit.stranger(request)
        opened, claimant = _open(env, stranger, flow)
        if request.method == "POST" and env.firm.login.second_factor.remember:
            wanted = request.POST.get("remember") == "yes"
            second.remember_device(env, stranger, flow, wanted=wanted)
            opened, claimant = _open(env, stranger, flow)
        home = opened.facts.get("home", "/")
        remembering = opened.facts.get("remember") == "yes"
        days = env.firm.login.second_factor.remember.days
        stage = Stage(
            actor=claimant,
            flow=opened,
            place=request.face.at(f"/sign-in/second/{flow}/"),
            template="second_token.html",
            then=partial(second.accept, env, stranger, flow, device=request.device_token),
            done=lambda tokens: entered(request, tokens, home),
            context={"remember_days": days, "remembering": remembering},
        )
        return view(request, stage)

    return guarded


def _open(env: Env, stranger: Stranger, flow: str) -> tuple[FlowView, Claimant]:
    """As `second.at_step`; `APPROVAL_DISOWNED` for one that its customer has stopped."""
    try:
        return second.at_step(env, stranger, flow)
    except Refused:
        if factor_token.disowned(env, stranger, flow):
            raise Refused(Refusal.APPROVAL_DISOWNED) from None
        raise


def _at_step_up(view: View) -> Callable[..., HttpResponse]:
    """Pass the open step-up of this session to a view; `FLOW_CLOSED` for any other."""

    @wraps(view)
    @signed_in
    def guarded(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
        stage = Stage(
            actor=visitor,
            flow=step_up.at_step(env, visitor, flow),
            place=request.face.at(f"/step-up/{flow}/"),
            template="step_up_token.html",
            then=partial(step_up.accept, env, visitor, flow),
            done=partial(stepped, request),
            context={"stepping": True},
        )
        return view(request, stage)

    return guarded


def show(request: WebRequest, stage: Stage) -> HttpResponse:
    """Show the number, and the field for a code of the app."""
    return _page(request, stage)


def ask(request: WebRequest, stage: Stage) -> HttpResponse:
    """Ask the app, or ask it anew."""
    try:
        factor_token.ask(request.env, stage.actor, stage.flow.id, agent(request))
    except Refused as refused:
        return _page(request, stage, refused)
    return HttpResponseRedirect(f"{stage.place}token/")


def state(request: WebRequest, stage: Stage) -> HttpResponse:
    """Say what became of it, to the page's script."""
    found = factor_token.standing(request.env, stage.actor, stage.flow)
    return answer({"state": found.state if found else ""})


def go(request: WebRequest, stage: Stage) -> HttpResponse:
    """Go on with what the app has answered."""
    try:
        done = factor_token.go(request.env, stage.actor, stage.flow.id, stage.then)
    except Refused as refused:
        return _page(request, stage, refused)
    return stage.done(done)


def code(request: WebRequest, stage: Stage) -> HttpResponse:
    """Try a code that the app shows without a network."""
    try:
        typed = form_text(request, "code", most=_TYPED)
        done = factor_offline.try_code(request.env, stage.actor, stage.flow.id, typed, stage.then)
    except Refused as refused:
        return _page(request, stage, refused)
    return stage.done(done)


def _page(request: WebRequest, stage: Stage, refused: Refused | None = None) -> HttpResponse:
    if refused is not None and refused.refusal in _NOT_HERE:
        raise refused
    firm = request.env.firm
    asked = factor_token.standing(request.env, stage.actor, stage.flow)
    context = {
        "place": stage.place,
        "here": f"{stage.place}token/",
        "asked": asked,
        "digits": firm.token.otp_digits,
        **stage.context,
    }
    return told(request, stage.template, context, refused)


_ROUTES = (
    ("", require_safe, show),
    ("ask", require_POST, ask),
    ("state.json", require_safe, state),
    ("go", require_POST, go),
    ("code", require_POST, code),
)

urlpatterns = [
    *(
        path(f"sign-in/second/<slug:flow>/token/{at}", by(_at_sign_in(view)))
        for at, by, view in _ROUTES
    ),
    *(path(f"step-up/<slug:flow>/token/{at}", by(_at_step_up(view))) for at, by, view in _ROUTES),
]
