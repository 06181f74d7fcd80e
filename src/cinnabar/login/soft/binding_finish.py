"""The last step of a binding: the registration code, and the token counts (P215, TOK-04)."""

from django.db import transaction

from cinnabar.codes import notices
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.flows.actions import steps
from cinnabar.flows.actions.decide import claim, finish_act, require
from cinnabar.flows.kinds import FlowKind, ProofKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.agents import read_agent
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.masks import mask_address
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import sessions
from cinnabar.login.soft.binding import REGISTER, after
from cinnabar.messages.kinds import Kind
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import actions, proving, registration, rows, suspending
from cinnabar.tokens.soft.signed import Signed

_CARRIED = {assurance.SMS: "sms", assurance.EMAIL: "email"}


def by_scan(env: Env, visitor: Visitor, flow_id: str, signed: Signed, scanned: str) -> str:
    """Bind with what the camera read; return the token's id.

    Raises `Refused`: FLOW_CLOSED, FLOW_OUT_OF_ORDER, TOKEN_NOT_PROVED, TOKEN_REGISTRATION_WRONG,
    TOKEN_REGISTRATION_DEAD, TOKEN_LIMIT, NOT_FOUND where the firm's tokens are not scanned.
    """
    _insist_way(env, "qr")
    if not scanned.startswith(registration.SIGN):
        raise Refused(Refusal.INPUT_MALFORMED, field="scanned")
    data = {"flow": flow_id, "scanned": scanned}
    return _bind(env, visitor, signed, data, scanned)


def by_typing(
    env: Env, visitor: Visitor, flow_id: str, signed: Signed, typed: tuple[str, str]
) -> str:
    """Bind with user name and code as the customer typed them (M-HK-TOK-5); raise as `by_scan`."""
    _insist_way(env, "typed")
    name, code = typed
    data = {"flow": flow_id, "identifier": name, "code": code}
    mine = customers.view(env, visitor.customer_id).identifier
    fits = env.firm.login.identifier(name).value == mine
    # Somebody else's name with a right code is a wrong try like any other.
    return _bind(env, visitor, signed, data, registration.tidied(code) if fits else "")


def _bind(env: Env, visitor: Visitor, signed: Signed, data: dict[str, str], text: str) -> str:
    flow = after(env, visitor, data["flow"])
    held = proving.by_device(env, proving.bearer(visitor.session), signed, REGISTER, {**data})
    if held.key_id != flow.target:
        raise Refused(Refusal.TOKEN_NOT_PROVED)
    tried = registration.attempt(env, held.id, text)
    if tried is None or tried.right is None:
        _wrong(env, visitor, held.id, None if tried is None else tried.tries_left)
    else:
        _finish(env, visitor, flow, (held.id, tried.right))
    return held.id


def _wrong(env: Env, visitor: Visitor, token: str, left: int | None) -> None:
    with transaction.atomic():
        facts: dict[str, JsonValue] = {"token": token, "left": left or 0}
        note(env, visitor, Event.TOKEN_REGISTRATION_WRONG, facts)
    if not left:
        raise Refused(Refusal.TOKEN_REGISTRATION_DEAD)
    raise Refused(Refusal.TOKEN_REGISTRATION_WRONG, tries_left=left)


def _finish(env: Env, visitor: Visitor, seen: FlowView, found: tuple[str, str]) -> None:
    """Do everything in one transaction, or nothing."""
    token, code = found
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        sessions.began(visitor.session)
        flow = claim(env, visitor, seen.id)
        if flow is None or flow.kind is not FlowKind.BIND or flow.target != seen.target:
            raise Refused(Refusal.FLOW_CLOSED)
        if not registration.use(env, code):
            raise Refused(Refusal.TOKEN_REGISTRATION_DEAD)
        row = SoftToken.objects.get(pk=token)
        rows.insist_on_room(env, visitor.customer_id, device=row.device)
        replaced = _replace(env, visitor, row)
        if not rows.activate(env, visitor.customer_id, token):
            raise Refused(Refusal.TOKEN_NOT_PROVED)
        steps.prove(env, flow.id, ProofKind.REGISTRATION, target=flow.target)
        require(env, visitor, flow, with_code=True)
        finish_act(flow.id)
        told: dict[str, JsonValue] = {"token": token, "key": row.key_id, "replaced": replaced}
        note(env, visitor, Event.TOKEN_BOUND, {**told, "flow": flow.id})
        suspending.suspend(env, visitor.customer_id, "new-device", but=token)
        _tell(env, visitor, row)


def _replace(env: Env, visitor: Visitor, row: SoftToken) -> int:
    """Clear what was bound on the same device before: its key is gone from that browser."""
    before = rows.held(visitor.customer_id).filter(device=row.device).exclude(pk=row.pk)
    done = [one for one in before if actions.clear(env, one.id, "replaced")]
    for one in done:
        note(env, visitor, Event.TOKEN_CLEARED, {"token": one.id, "why": "replaced"})
    return len(done)


def _tell(env: Env, visitor: Visitor, row: SoftToken) -> None:
    """Tell the customer where neither the code nor the mail went, if there is such a place."""
    named = read_agent(row.agent)
    facts = {
        "event": "token-added",
        "browser": named.browser,
        "system": named.system,
        "address": mask_address(visitor.address),
    }
    carried = {"sms", *(("email",) if env.firm.token.code_in_mail else ())}
    used = frozenset(carried | {way for one, way in _CARRIED.items() if one in visitor.amr})
    notices.tell(env, visitor.customer_id, Kind.ACCOUNT_NOTICE, facts, key=row.id, used=used)


def _insist_way(env: Env, way: str) -> None:
    if way not in env.firm.token.binding:
        raise Refused(Refusal.NOT_FOUND)
