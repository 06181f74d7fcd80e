"""行動憑證中心: the certificate on the phone, its key in the PIN's vault (matrix 2.9, M-MOB).

The steps of the acts are those of the web pages (views/flows.py), for the channel of the session;
here is what the app shows, and what goes by the PIN.
"""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.certificates import queries
from cinnabar.certificates.actions import delete
from cinnabar.certificates.queries import HostRow
from cinnabar.certificates.rules import Act, HostState
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.faces.web import dates, tables
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.app import statements
from cinnabar.faces.web.inputs import Body, Json, read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views import certificates as web
from cinnabar.faces.web.views import flows, try_sign
from cinnabar.faces.web.visitor import agent, signed_in
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.rules import code_required
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.soft import vault

_SPKI, _SECRET, _SIGNATURE = 256, 64, 1024
_TONES = {HostState.EXPIRED: "bad"}


@require_safe
@signed_in
def certificates(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show 憑證資訊: what the host has, and what may be done with it (P179, P171)."""
    row = queries.host_row(env, visitor)
    context = {
        "row": _panel(request, row) if row else None,
        "host": _host(env, visitor),
        "on_hold": queries.on_hold(visitor),
        "needs_code": _deletion_needs_code(env, visitor),
    }
    return page(request, "app/certificates.html", context)


@require_safe
@signed_in
def apply(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show the application: PIN, then code, consent and confirmation in one (P172)."""
    context = {
        "consent_required": visitor.channel in env.firm.certificate.consent_channels,
        "on_hold": queries.on_hold(visitor),
        "masked_id": customers.view(env, visitor.customer_id).masked_identifier,
        "host": _host(env, visitor),
    }
    return page(request, "app/apply.html", context)


@require_POST
@signed_in
def begin_vault(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Take the PIN that a mobile certificate's key will wait for."""
    signed, data = statements.signed(request, "public_key", "secret")
    body = Body(cast("Mapping[str, Json]", data))
    key_id = vault.begin(
        env,
        visitor,
        signed,
        public_key=body.octets("public_key", most=_SPKI),
        secret=body.octets("secret", most=_SECRET),
        data=data,
        agent=agent(request),
    )
    return answer({"token": key_id})


@require_POST
@signed_in
def make_share(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Make the host's half of a wrapping key, over a proof of the PIN."""
    signed, _ = statements.signed(request)
    return flows.share_answer(vault.make(env, visitor, signed))


@require_POST
@signed_in
def release_share(request: WebRequest, env: Env, visitor: Visitor, share: str) -> HttpResponse:
    """Hand a share out, over a proof of the PIN for exactly this one."""
    signed, data = statements.signed(request, "share")
    if data.get("share") != share:
        raise Refused(Refusal.INPUT_MALFORMED, field="share")
    return flows.share_answer(vault.release(env, visitor, signed, share))


@require_POST
@signed_in
def begin_deletion(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Begin 憑證刪除; `here`: this browser holds the key."""
    body = read_body(request, "here")
    if not isinstance(body.fields.get("here"), bool):
        raise Refused(Refusal.INPUT_MALFORMED, field="here")
    flow = delete.open_deletion(env, visitor, key_here=body.fields["here"] is True)
    signs = delete.asks_signature(flow)
    return answer(
        {
            "flow": flow.id,
            "sign": delete.statement(flow).decode() if signs else None,
            "code_required": not signs and _deletion_needs_code(env, visitor),
        }
    )


@require_POST
@signed_in
def sign_deletion(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Take the key's signature over its deletion."""
    body = read_body(request, "signature")
    delete.prove_key(env, visitor, flow, body.octets("signature", most=_SIGNATURE))
    return answer({"accepted": True})


def _deletion_needs_code(env: Env, visitor: Visitor) -> bool:
    return code_required(env.firm, FlowKind.REVOKE, visitor.channel, expired=False, amr=visitor.amr)


def _host(env: Env, visitor: Visitor) -> dict[str, Any]:
    facts = tables.host(env, visitor, queries.host_facts(visitor))
    return {**facts, "vault": dict(vault.usable(visitor))}


def _panel(request: WebRequest, row: HostRow) -> dict[str, Any]:
    env, say = request.env, request.words.say
    return {
        "cn": env.firm.certificate.cn_template.replace("{subject}", _subject(request)),
        "id": customers.view(env, _visitor(request).customer_id).masked_identifier,
        "serial": row.serial,
        "valid-from": dates.panel(env, row.not_before),
        "valid-to": dates.panel(env, row.not_after),
        "state": say(f"state.mobile.{row.state.value}"),
        "tone": _TONES.get(row.state, "ok"),
        "renews": row.act is Act.RENEW,
        "applies": row.act is Act.APPLY,
        "needs_code": row.needs_code,
    }


def _visitor(request: WebRequest) -> Visitor:
    if request.visitor is None:
        raise Refused(Refusal.SIGNED_OUT)
    return request.visitor


def _subject(request: WebRequest) -> str:
    return _visitor(request).subject


_FLOW = "certificates/flows/<slug:flow>"
_SHARE = "certificates/shares/<slug:share>"

urlpatterns = [
    path("certificates/", certificates),
    path("certificates/host.json", web.host),
    path("certificates/apply/", apply),
    path("certificates/revoke/", web.revoke),
    path("certificates/try-sign/", web.try_sign),
    path("certificates/try-sign/verify", try_sign.verify),
    path("certificates/vault/", begin_vault),
    path("certificates/delete/", begin_deletion),
    path("certificates/flows/", flows.open_flow),
    path(f"{_FLOW}/request", flows.present_request),
    path(f"{_FLOW}/signature", sign_deletion),
    path(f"{_FLOW}/code", flows.ask_code),
    path(f"{_FLOW}/code/try", flows.try_code),
    path(f"{_FLOW}/finish", flows.finish),
    path(f"{_FLOW}/abandon", flows.abandon),
    path("certificates/shares/", make_share),
    path(f"{_SHARE}/release", release_share),
    path(f"{_SHARE}/erase", flows.erase_share),
]
