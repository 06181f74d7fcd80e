"""What a customer does with the token of the device he sits at: another PIN, clear (P222)."""

import base64

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.assurance import Assurance
from cinnabar.flows.fresh import require
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens import telling
from cinnabar.tokens.challenges import Bearer
from cinnabar.tokens.soft import actions, pin, proving, queries
from cinnabar.tokens.soft.held import Held
from cinnabar.tokens.soft.signed import Signed

CHANGE = "pin-change"
"""The purpose that a device signs for another PIN."""


def change_pin(env: Env, visitor: Visitor, bearer: Bearer, signed: Signed, secret: str) -> None:
    """Put K_otp of another PIN, base64, in the place of that of the PIN that is proved.

    Raises `Refused` as `proving.by_pin`, INPUT_MALFORMED, TOKEN_NOT_PROVED for a device that is
    another customer's.
    """

    def put(held: Held) -> None:
        if held.customer_id != visitor.customer_id:
            raise Refused(Refusal.TOKEN_NOT_PROVED)
        pin.put(env, held.id, _octets(secret))
        note(env, visitor, Event.TOKEN_PIN_CHANGED, {"token": held.key_id})
        telling.pin_changed(env, held.customer_id, held.id, visitor.amr)

    proving.by_pin(env, bearer, signed, CHANGE, {"secret": secret}, put)


def clear(env: Env, visitor: Visitor) -> None:
    """End the token of the visitor's device (P222).

    Raises `Refused`: TOKEN_NONE where the device holds none, STEP_UP_NEEDED where
    `token.clear_asks_step_up`.
    """
    if env.firm.token.clear_asks_step_up:
        require(env, visitor, Assurance.TWO)
    with transaction.atomic():
        lock_customer(visitor.customer_id)
        mine = queries.on_device(visitor.customer_id, visitor.device)
        if mine is None or not actions.clear(env, mine.id, "customer"):
            raise Refused(Refusal.TOKEN_NONE)
        note(env, visitor, Event.TOKEN_CLEARED, {"token": mine.key_id, "why": "customer"})
        telling.cleared(env, visitor.customer_id, mine.id, visitor.amr)


def _octets(secret: str) -> bytes:
    try:
        return base64.b64decode(secret, validate=True)
    except ValueError as problem:
        raise Refused(Refusal.INPUT_MALFORMED, field="secret") from problem
