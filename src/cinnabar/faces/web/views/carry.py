"""匯出 and 匯入: the pages, and the steps that they alone have."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from cinnabar.certificates import queries
from cinnabar.certificates.actions import exporting, importing
from cinnabar.certificates.rules import displayed_serial
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.faces.web import tables
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused

_LEAST_LETTERS = 15
"""Of a passphrase: it is an only factor (PWD-01)."""

_SHARE, _CERTIFICATE, _SIGNATURE = 26, 8192, 1024


@require_safe
@signed_in
def export_page(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show how to make a backup."""
    exporting.refuse_when_off(env)
    phone = customers.reach(env, visitor.customer_id).sms
    context = {
        "host": tables.host(env, visitor, queries.host_facts(visitor)),
        # By what is masked a passphrase is told apart from number and telephone.
        "masked_phone": env.firm.masks.mobile(phone) if phone else "",
        "least_letters": _LEAST_LETTERS,
    }
    return page(request, "export.html", context)


@require_safe
@signed_in
def import_page(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show how to bring a certificate to this browser."""
    context = {"host": tables.host(env, visitor, queries.host_facts(visitor))}
    return page(request, "import.html", context)


@require_POST
@signed_in
def begin_export(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Begin to export the certificate whose share the page names."""
    body = read_body(request, "share")
    flow = exporting.open_export(env, visitor, body.text("share", most=_SHARE))
    return answer({"flow": flow.id, "code_required": exporting.asks_code(env, visitor)})


@require_POST
@signed_in
def begin_import(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Judge a certificate that the page found in a file, and say what its key must sign."""
    body = read_body(request, "certificate", "share", "anew")
    flow = importing.open_import(
        env,
        visitor,
        body.octets("certificate", most=_CERTIFICATE),
        share=body.optional("share", most=_SHARE),
        anew=_flag(body.fields.get("anew", False)),
    )
    return answer({"flow": flow.id, "challenge": flow.facts["challenge"]})


@require_POST
@signed_in
def prove_possession(request: WebRequest, env: Env, visitor: Visitor, flow: str) -> HttpResponse:
    """Take the imported key's signature."""
    body = read_body(request, "share", "signature")
    importing.prove_possession(
        env,
        visitor,
        flow,
        body.text("share", most=_SHARE),
        body.octets("signature", most=_SIGNATURE),
    )
    return answer({"accepted": True})


def exported(exported: exporting.Exported) -> dict[str, Any]:
    """Return what the browser needs to make the file."""
    return {
        "share": exported.share.id,
        "secret": tables.b64(exported.share.secret),
        "serial": displayed_serial(exported.serial),
    }


def imported(env: Env, imported: importing.Imported) -> dict[str, Any]:
    """Return what the browser keeps with the key."""
    return {
        "certificate": tables.b64(imported.der),
        "chain": tables.chain(env, imported.generation),
        "serial": displayed_serial(imported.serial),
    }


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Refused(Refusal.INPUT_MALFORMED, field="anew")
    return value


urlpatterns = [
    path("certificates/export/", export_page),
    path("certificates/export/begin", begin_export),
    path("certificates/import/", import_page),
    path("certificates/import/begin", begin_import),
    path("certificates/flows/<slug:flow>/possession", prove_possession),
]
