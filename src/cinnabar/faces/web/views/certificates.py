"""The pages of the certificate centre."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cinnabar.certificates import queries
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.faces.web import reader, tables
from cinnabar.faces.web.answers import answer, page
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows import queries as flows
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused


@require_safe
@signed_in
def certificates(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show both tables: the host's and this device's."""
    row = queries.host_row(env, visitor)
    context = {
        **_server(request, env, visitor, row),
        "host": tables.host(env, visitor, queries.host_facts(visitor)),
        "local_columns": env.firm.columns.local,
        "on_hold": queries.on_hold(visitor),
        "important": reader.important(request),
        "statement_url": env.firm.certificate.statement_url,
    }
    return page(request, "certificates.html", context)


@require_safe
@signed_in
def host(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Answer what the host says of the visitor's certificates.

    A page that would go on with a flow names it (`?flow=`): one that has ended is refused.
    """
    flow = request.GET.get("flow")
    if flow is not None:
        if not flow.isalnum():  # no flow has such a name, and not every text can be looked for
            raise Refused(Refusal.FLOW_CLOSED)
        flows.of_visitor(env, visitor, flow)
    return answer(tables.host(env, visitor, queries.host_facts(visitor)))


@require_safe
@signed_in
def apply(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show the steps of an application."""
    context = {
        "consent_required": visitor.channel in env.firm.certificate.consent_channels,
        "on_hold": queries.on_hold(visitor),
        "masked_id": customers.view(env, visitor.customer_id).masked_identifier,
        "host": tables.host(env, visitor, queries.host_facts(visitor)),
    }
    return page(request, "apply.html", context)


@require_safe
@signed_in
def revoke(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show the certificate that may be revoked, and how."""
    row = queries.host_row(env, visitor)
    context = _server(request, env, visitor, row)
    context["host"] = tables.host(env, visitor, queries.host_facts(visitor))
    context["server_columns"] = env.firm.columns.revoke
    return page(request, "revoke.html", context)


@require_safe
@signed_in
def try_sign(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show a sample order to sign."""
    context = {"host": tables.host(env, visitor, queries.host_facts(visitor))}
    return page(request, "try_sign.html", context)


def _server(
    request: WebRequest, env: Env, visitor: Visitor, row: queries.HostRow | None
) -> dict[str, Any]:
    masked = customers.view(env, visitor.customer_id).masked_identifier
    return {
        "server": [tables.server_row(request, masked, row)] if row else [],
        "server_columns": env.firm.columns.server,
    }
