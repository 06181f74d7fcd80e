"""Binding a soft token: the steps of one flow about one app's key (docs/flows/token.md).

Each step asks for the ones before it, and the last one reads every proof again (law 2, SES-07).
"""

import base64
from dataclasses import dataclass

from django.db import transaction

from cinnabar.codes.actions.ask import Sent
from cinnabar.codes.actions.spend import Attempt
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.actions import code, steps
from cinnabar.flows.actions.decide import lacking
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, of_visitor, open_about
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.limits import actions as limits
from cinnabar.login import sessions
from cinnabar.login.soft.binding_mail import Mailed, mail, mailed
from cinnabar.tokens.challenges import Bearer
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import pin, proving, rows
from cinnabar.tokens.soft.held import Held
from cinnabar.tokens.soft.signed import Signed

BIND, PUT_PIN, REGISTER = "bind", "bind-pin", "register"
"""The purposes of what the app signs here."""

CODE, PIN, REGISTRATION, DONE = "code", "pin", "registration", "done"
"""The steps, as the page knows them."""

_ORDER = ((ProofKind.CODE, CODE), (ProofKind.PIN, PIN), (ProofKind.REGISTRATION, REGISTRATION))

_ASKED, _PER_DAY = "token-asked", 100
"""More than any honest day needs; each leaves rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a binding stands: its flow, "" once it is done, and the step that is next."""

    flow: str
    step: str
    has_pin: bool = False
    mailed: Mailed | None = None


def begin(env: Env, visitor: Visitor, signed: Signed, spki: bytes, *, agent: str) -> Stage:
    """Begin to bind the app that holds the key `spki`, or go on where it stopped (P219).

    Raises `Refused`: NOT_FOUND where the firm has no token, TOKEN_NOT_PROVED, TOKEN_NONE for a
    key that was ended (the app makes another), TOKEN_LIMIT, NO_CONTACT, TOO_MANY_TRIES.
    """
    if not env.firm.offers_token:
        raise Refused(Refusal.NOT_FOUND)
    data = {"public_key": _b64(spki)}
    key_id = proving.by_new_device(env, _bearer(visitor), signed, spki, BIND, data)
    with transaction.atomic(durable=True):
        if limits.take(env, _ASKED, str(visitor.customer_id), limit=_PER_DAY) is None:
            raise Refused(Refusal.TOO_MANY_TRIES)
    _insist_on_contacts(env, visitor)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        sessions.began(visitor.session)
        token = _token(env, visitor, key_id, spki, agent)
        if token.state == SoftToken.ACTIVE and token.factor:
            return Stage(flow="", step=DONE)
        flow = open_about(env, visitor, FlowKind.BIND, key_id) or steps.open_flow(
            env, visitor, FlowKind.BIND, target=key_id, facts={"token": token.id}
        )
        steps.prove(env, flow.id, ProofKind.POSSESSION, target=key_id)
    return stage(env, visitor, flow.id)


def stage(env: Env, visitor: Visitor, flow_id: str) -> Stage:
    """Return where the visitor's flow stands; raise `Refused(FLOW_CLOSED)` for any other."""
    flow = _mine(env, visitor, flow_id)
    missing = lacking(env, visitor, flow)
    token = flow.facts["token"]
    return Stage(
        flow=flow.id,
        step=next((name for kind, name in _ORDER if kind in missing), DONE),
        has_pin=SoftToken.objects.filter(pk=token, state=SoftToken.ACTIVE).exists(),
        mailed=None if ProofKind.PIN in missing else mailed(env, visitor, token),
    )


def ask_code(env: Env, visitor: Visitor, flow_id: str) -> Sent:
    """Send the code by SMS (M-HK-TOK-1); raise `Refused` as `flows.actions.code.ask_code` does."""
    _mine(env, visitor, flow_id)
    return code.ask_code(env, visitor, flow_id, only=frozenset({"sms"}))


def try_code(env: Env, visitor: Visitor, flow_id: str, text: str) -> Attempt:
    """Try the code; a right one becomes the flow's proof."""
    _mine(env, visitor, flow_id)
    return code.try_code(env, visitor, flow_id, text)


def put_pin(env: Env, visitor: Visitor, flow_id: str, signed: Signed, k_otp: bytes) -> Stage:
    """Take what the PIN gives, after the code; post the registration mail where there is one.

    Raises `Refused`: FLOW_OUT_OF_ORDER, FLOW_CLOSED, TOKEN_NOT_PROVED, INPUT_MALFORMED.
    """
    flow = _after(env, visitor, flow_id, ProofKind.CODE)
    data = {"flow": flow_id, "otp": _b64(k_otp)}
    held = proving.by_device(env, _bearer(visitor), signed, PUT_PIN, data)
    _insist_same(flow, held.key_id)
    if held.state != SoftToken.PENDING:  # a PIN in use is changed with the old one only
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        pin.put(env, held.id, k_otp)
        _pin_proved(env, visitor, flow)
    return stage(env, visitor, flow_id)


def prove_pin(env: Env, visitor: Visitor, flow_id: str, signed: Signed) -> Stage:
    """Take the PIN of a token that holds a mobile certificate's key already; else as `put_pin`."""
    flow = _after(env, visitor, flow_id, ProofKind.CODE)

    def then(held: Held) -> Refused | None:
        if held.key_id != flow.target:
            return Refused(Refusal.TOKEN_NOT_PROVED)
        _pin_proved(env, visitor, flow)
        return None

    data = {"flow": flow_id}
    refused = proving.by_pin(env, _bearer(visitor), signed, PUT_PIN, data, then)
    if refused is not None:
        raise refused
    return stage(env, visitor, flow_id)


def mail_again(env: Env, visitor: Visitor, flow_id: str) -> Stage:
    """Send another registration mail; the one before is worthless then.

    Raises `Refused`: FLOW_OUT_OF_ORDER before the PIN, CODE_TOO_SOON, CODE_DAY_LIMIT, NOT_FOUND
    where the firm sends none.
    """
    flow = _after(env, visitor, flow_id, ProofKind.CODE, ProofKind.PIN)
    if not env.firm.token.code_in_mail:
        raise Refused(Refusal.NOT_FOUND)
    with transaction.atomic(durable=True):
        lock_customer(visitor.customer_id)
        mail(env, visitor, flow.facts["token"], again=True)
    return stage(env, visitor, flow_id)


def _pin_proved(env: Env, visitor: Visitor, flow: FlowView) -> None:
    """Record it and see to the registration code, in the caller's transaction."""
    steps.prove(env, flow.id, ProofKind.PIN, target=flow.target)
    if env.firm.token.code_in_mail:
        mail(env, visitor, flow.facts["token"], again=False)


def _token(env: Env, visitor: Visitor, key_id: str, spki: bytes, agent: str) -> SoftToken:
    """Return the row of this key, a new one if there is none."""
    known = SoftToken.objects.filter(key_id=key_id).first()
    if known is not None and known.customer_id != visitor.customer_id:
        raise Refused(Refusal.TOKEN_NOT_PROVED)
    if known is not None and known.state not in {SoftToken.PENDING, SoftToken.ACTIVE}:
        raise Refused(Refusal.TOKEN_NONE)
    if known is not None and known.factor:
        return known
    rows.insist_on_room(env, visitor.customer_id, device=visitor.device)
    if known is not None:
        return known
    at = (visitor.device, agent)
    made = rows.pending(env, visitor.customer_id, key_id=key_id, spki=spki, at=at)
    note(env, visitor, Event.TOKEN_ASKED, {"token": made, "key": key_id})
    return SoftToken.objects.get(pk=made)


def _insist_on_contacts(env: Env, visitor: Visitor) -> None:
    """Refuse before the customer begins what he could not end."""
    reach = customers.contacts(env, visitor.customer_id)
    if reach.sms is None or (env.firm.token.code_in_mail and reach.email is None):
        raise Refused(Refusal.NO_CONTACT)


def after(env: Env, visitor: Visitor, flow_id: str) -> FlowView:
    """Return the flow if its code and PIN are proved; raise `Refused` as the steps do."""
    return _after(env, visitor, flow_id, ProofKind.CODE, ProofKind.PIN)


def _after(env: Env, visitor: Visitor, flow_id: str, *proved: ProofKind) -> FlowView:
    flow = _mine(env, visitor, flow_id)
    if lacking(env, visitor, flow) & {ProofKind.POSSESSION, *proved}:
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    return flow


def _mine(env: Env, visitor: Visitor, flow_id: str) -> FlowView:
    flow = of_visitor(env, visitor, flow_id)
    if flow.kind is not FlowKind.BIND or flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    return flow


def _insist_same(flow: FlowView, key_id: str) -> None:
    if key_id != flow.target:
        raise Refused(Refusal.TOKEN_NOT_PROVED)


def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _bearer(visitor: Visitor) -> Bearer:
    return proving.bearer(visitor.session)
