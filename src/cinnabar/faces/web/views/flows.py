"""The steps of apply, renew and revoke, called by the pages' scripts."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from cinnabar.certificates import shares
from cinnabar.certificates.actions import apply, exporting, importing, issue, revoke
from cinnabar.certificates.rules import displayed_serial
from cinnabar.codes.actions.spend import Attempt
from cinnabar.codes.rules import Verdict
from cinnabar.env import Env
from cinnabar.faces.web import dates, robot, tables
from cinnabar.faces.web.answers import answer
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views import carry
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows import queries as flows
from cinnabar.flows.actions import code, steps
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.rules import code_required
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused

_KEY_ID, _CSR, _SIGNATURE = 26, 8192, 1024


@require_POST
@signed_in
def open_flow(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Begin a flow of the kind the page asks for."""
    body = read_body(request, "kind", "reason")
    kind = body.text("kind", most=16)
    lost = body.optional("reason", most=16) == "lost"
    if kind == FlowKind.APPLY:
        flow = apply.open_application(env, visitor)
    elif kind == FlowKind.RENEW:
        flow = apply.open_renewal(env, visitor)
    elif kind == FlowKind.REVOKE:
        flow = revoke.open_revocation(env, visitor, lost=lost)
    else:
        raise Refused(Refusal.INPUT_MALFORMED, field="kind")
    return answer({"flow": flow.id, "code_required": _needs_code(env, visitor, flow.kind)})


@require_POST
@signed_in
def present_request(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Take the certificate request of a flow."""
    body = read_body(request, "csr", "share", "signature")
    apply.present_request(
        env,
        visitor,
        flow,
        body.octets("csr", most=_CSR),
        share=body.text("share", most=_KEY_ID),
        old_signature=body.optional_octets("signature", most=_SIGNATURE),
    )
    return answer({"accepted": True})


@require_POST
@signed_in
def ask_code(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Send the code of a flow."""
    read_body(request)
    robot.require(request, "code")
    sent = code.ask_code(env, visitor, flow)
    return answer(
        {
            "sms": sent.sms,
            "email": sent.email,
            "resend_after": sent.resend_after,
            "expires_in": sent.expires_in,
            "length": sent.length,
            "alphabet": "digits" if env.firm.code.alphabet.isdigit() else "base32",
        }
    )


@require_POST
@signed_in
def try_code(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Try a code in a flow; the verdict was committed before it is said."""
    body = read_body(request, "code")
    return tried(code.try_code(env, visitor, flow, body.text("code", most=32)))


def tried(attempt: Attempt) -> HttpResponse:
    """Say what became of a code, for scripts; raise `Refused` for all but the right one."""
    if attempt.verdict is Verdict.ACCEPTED:
        return answer({"verdict": attempt.verdict.value})
    if attempt.verdict is Verdict.WRONG:
        raise Refused(Refusal.CODE_WRONG, tries_left=attempt.tries_left)
    if attempt.verdict is Verdict.MALFORMED:
        raise Refused(Refusal.INPUT_MALFORMED, field="code")
    if attempt.verdict is Verdict.LIMIT:
        raise Refused(Refusal.CODE_DAY_LIMIT)
    raise Refused(Refusal.CODE_CLOSED)


@require_POST
@signed_in
def finish(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Carry out what the flow is for."""
    body = read_body(request, "consent_version", "confirm")
    if body.fields.get("confirm") is not True:
        raise Refused(Refusal.INPUT_MISSING, field="confirm")
    kind = flows.of_visitor(env, visitor, flow).kind
    if kind in {FlowKind.REVOKE, FlowKind.REPORT_LOSS}:
        return answer({"revoked": True, "serial": revoke.revoke(env, visitor, flow)})
    if kind is FlowKind.EXPORT:
        return answer(carry.exported(exporting.export(env, visitor, flow)))
    if kind is FlowKind.IMPORT:
        return answer(carry.imported(env, importing.finish_import(env, visitor, flow)))
    consent = body.optional("consent_version", most=24)
    issued = issue.issue(env, visitor, flow, consent=consent, language=request.language)
    return answer(_issued(env, issued))


@require_POST
@signed_in
def abandon(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Give up a flow."""
    read_body(request)
    steps.abandon(env, visitor, flow)
    return answer({"abandoned": True})


@require_POST
@signed_in
def make_share(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Make the server's half of a wrapping key."""
    read_body(request)
    return share_answer(shares.make(env, visitor))


@require_POST
@signed_in
def release_share(request: WebRequest, env: Env, visitor: Visitor, share: str) -> HttpResponse:
    """Hand a share to the device it was made for."""
    read_body(request)
    return share_answer(shares.release(env, visitor, share))


@require_POST
@signed_in
def erase_share(request: WebRequest, env: Env, visitor: Visitor, share: str) -> HttpResponse:
    """Erase the share of a key that was removed."""
    read_body(request)
    shares.erase_unused(env, visitor, share)
    return answer({"erased": True})


def _needs_code(env: Env, visitor: Visitor, kind: FlowKind) -> bool:
    if kind is FlowKind.RENEW:
        return apply.renewal_needs_code(env, visitor)
    return code_required(env.firm, kind, visitor.channel, expired=False, amr=visitor.amr)


def share_answer(share: shares.Share) -> HttpResponse:
    """Return a share as the scripts take it."""
    return answer({"share": share.id, "secret": tables.b64(share.secret)})


def _issued(env: Env, issued: issue.Issued) -> dict[str, Any]:
    return {
        "certificate": tables.b64(issued.der),
        "chain": tables.chain(env, issued.generation),
        "serial": displayed_serial(issued.serial),
        "serial_full": issued.serial,
        "not_before": dates.validity(env, issued.not_before),
        "not_after": dates.validity(env, issued.not_after),
    }
