"""密碼修改 and 密碼歸戶: the pages of somebody who has signed in to the password centre."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from cinnabar.centre.change import Wish, change
from cinnabar.centre.consolidate import consolidate, refuse_unless_offered
from cinnabar.centre.owned import Owned, owned
from cinnabar.env import Env
from cinnabar.faces.web import centre, new_password, password_tables
from cinnabar.faces.web.answers import page, told
from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.views.sign_in import Door, enter
from cinnabar.faces.web.visitor import may_change, remember
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password, Secret
from cinnabar.login import sessions
from cinnabar.login.opening import SignedIn
from cinnabar.passwords.kinds import PasswordKind

_OLD, _NEW = "{}_old", "{}_new"
"""Names of the fields of a section, by kind."""

_LONGEST_NUMBER = 18

_DOOR = Door(template="password_sign_in.html", robot="password-centre", home=centre.HOME)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: WebRequest) -> HttpResponse:
    """Show the centre's form (P21); sign in by it."""
    return enter(request, _DOOR)


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def of_customer(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show the page of one password for all, or the table of each account's; change the one."""
    mine = owned(env, visitor.customer_id)
    if mine.customer.consolidated:
        return _change(request, env, visitor, mine, None)
    if request.method == "POST":
        raise Refused(Refusal.NOT_FOUND)
    owing = _account_to_change(mine, visitor)
    if owing is not None:
        return HttpResponseRedirect(request.face.at(f"{centre.HOME}{owing}/"))
    return page(request, "password_table.html", password_tables.table(request, visitor, mine))


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def of_account(request: WebRequest, env: Env, visitor: Visitor, account: str) -> HttpResponse:
    """Show the page of one account's passwords; change them."""
    if not (account.isascii() and account.isdigit() and len(account) <= _LONGEST_NUMBER):
        raise Refused(Refusal.NOT_FOUND)
    return _change(request, env, visitor, owned(env, visitor.customer_id), int(account))


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def for_all(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Show what 密碼歸戶 means; do it."""
    refuse_unless_offered(env)
    mine = owned(env, visitor.customer_id)

    def act() -> Secret:
        typed = Password(form_text(request, "old", most=128))
        new = new_password.typed(request, "new")
        if form_text(request, "understood", most=3) != "yes":
            raise Refused(Refusal.INPUT_MALFORMED, field="understood")
        return consolidate(env, visitor, typed, new)

    if mine.customer.consolidated:
        raise Refused(Refusal.ALREADY_CONSOLIDATED)
    context = password_tables.consolidation(request, mine)
    return _answer(request, "password_consolidate.html", context, act)


@require_safe
@may_change
def changed(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Say what was changed just now, as the database has it; looking again changes nothing."""
    context = password_tables.just_changed(request, owned(env, visitor.customer_id))
    if not context["changed"]:
        return HttpResponseRedirect(request.face.at(centre.HOME))
    return page(request, "password_changed.html", context)


def _change(
    request: WebRequest, env: Env, visitor: Visitor, mine: Owned, account: int | None
) -> HttpResponse:
    kinds = password_tables.kinds(env, mine, account)
    if not kinds:
        raise Refused(Refusal.NOT_FOUND)

    def act() -> Secret:
        chosen = [kind for kind in kinds if request.POST.get(kind.value) == "yes"]
        wishes = [_wish(request, kind) for kind in chosen]
        voice = request.POST.get("voice") == "yes"
        return change(env, visitor, wishes, account=account, voice=voice)

    context = password_tables.sections(request, mine, kinds, account)
    context["must"] = password_tables.must(request, visitor, mine)
    return _answer(request, "password_change.html", context, act)


def _wish(request: WebRequest, kind: PasswordKind) -> Wish:
    old = Password(form_text(request, _OLD.format(kind.value), most=128))
    return Wish(kind=kind, old=old, new=new_password.typed(request, _NEW.format(kind.value)))


def _account_to_change(mine: Owned, visitor: Visitor) -> int | None:
    """Return the account whose password must be changed before anything else, if one must."""
    if not visitor.must_change:
        return None
    began = sessions.began(visitor.session).password
    rows = mine.rows[PasswordKind.LOGIN]
    return next((row.account for row in rows if row.id == began), None)


def _answer(
    request: WebRequest, template: str, context: dict[str, Any], act: Callable[[], Secret]
) -> HttpResponse:
    """Show the form; on POST act, and go where it says what was changed."""
    if request.method != "POST":
        return page(request, template, context)
    try:
        token = act()
    except Refused as refused:
        return told(request, template, context, refused)
    rotate_token(request)
    response = HttpResponseRedirect(request.face.at("/passwords/changed/"))
    if request.device_token is not None:
        tokens = SignedIn(session=token, device=request.device_token, device_stays=True)
        remember(request.face, response, tokens)
    return response


urlpatterns = [
    path("passwords/", sign_in),
    path("passwords/change/", of_customer),
    path("passwords/change/<slug:account>/", of_account),
    path("passwords/changed/", changed),
    path("passwords/consolidate/", for_all),
]
