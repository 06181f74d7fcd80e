"""設定: the account's settings, the app's own, and the primary account."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from cinnabar.centre import primary
from cinnabar.customers import queries as customers
from cinnabar.customers.queries import AccountView
from cinnabar.env import Env
from cinnabar.faces.web.answers import page
from cinnabar.faces.web.app import notices, sections
from cinnabar.faces.web.app.bar import SETTINGS
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused

_DIGITS = 18
"""Of an account's id, at most."""


@require_safe
@signed_in
def settings(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show what a customer sets about his account, group by group; last, to sign out."""
    listed = sections.listed(env.firm)
    first = customers.primary(visitor.customer_id)
    context = {
        "groups": sections.groups(env.firm),
        "tabs": _tabs(request),
        "account": _named(env, first) if first else "",
        "signs_out": "sign-out" in listed,
        "done": "done" in request.GET,
    }
    return page(request, "app/settings.html", context)


@require_safe
@signed_in
def general(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show what this browser lets the app do: notify, keep what it stores, be installed."""
    del visitor
    if "general" not in sections.listed(env.firm):
        raise Refused(Refusal.NOT_FOUND)
    asks, wakes = notices.asks(request), bool(env.push_hosts)
    context = {"tabs": _tabs(request), "notifies": asks, "wakes": wakes}
    return page(request, "app/settings_general.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def account(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Let the customer choose the account that is named first (P252)."""
    if request.method == "POST":
        text = form_text(request, "account", most=_DIGITS)
        if not (text.isascii() and text.isdigit()):
            raise Refused(Refusal.INPUT_MALFORMED, field="account")
        primary.choose(env, visitor, int(text))
        return HttpResponseRedirect(f"{SETTINGS}?done")
    first = customers.primary(visitor.customer_id)
    rows = [
        {"id": one.id, "name": _named(env, one), "line": one.line, "branch": one.branch}
        for one in customers.accounts(visitor.customer_id)
    ]
    context = {"rows": rows, "first": first.id if first else 0}
    return page(request, "app/settings_account.html", context)


def _named(env: Env, one: AccountView) -> str:
    return env.firm.masks.account(one.number)


def _tabs(request: WebRequest) -> list[dict[str, object]]:
    """Return the two tabs, where there are two (P181)."""
    if "general" not in sections.listed(request.env.firm):
        return []
    return [
        {"key": "app_settings.tab.account", "href": SETTINGS, "on": request.path == SETTINGS},
        {
            "key": "app_settings.tab.general",
            "href": sections.GENERAL,
            "on": request.path == sections.GENERAL,
        },
    ]


urlpatterns = [
    path("settings/", settings),
    path("settings/general/", general),
    path("settings/account/", account),
]
