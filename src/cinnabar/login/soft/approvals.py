"""What the app answers: yes with the number, cancel, or "this was not me" (TOK-08, P223).

Each answer is a statement that the device signs over everything the customer saw
(docs/flows/approval.md). The page's side is in `login/soft/factor_token.py`.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows import assurance
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.canonical import JsonValue
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.ceremony import Assertion
from cinnabar.tokens.challenges import Bearer
from cinnabar.tokens.models import Approval, SoftToken
from cinnabar.tokens.soft import approvals, biometrics, proving, questions
from cinnabar.tokens.soft.approvals import Tried
from cinnabar.tokens.soft.evidence import Answer, Evidence, evidence
from cinnabar.tokens.soft.held import Held
from cinnabar.tokens.soft.questions import Question
from cinnabar.tokens.soft.signed import Signed

LIST, APPROVE, CANCEL = "approvals", "approve", "cancel"
"""Purposes of statements."""

BY_PIN = frozenset({assurance.TOKEN, assurance.PIN})

Data = dict[str, JsonValue]
Prove = Callable[[Env, Bearer, Signed, str, Data, Callable[[Held], "Counted"]], "Counted"]
"""`proving.by_pin`, or what does the same with biometrics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """How the token was opened: the proof, what it proves (RFC 8176), what biometrics showed."""

    prove: Prove
    factors: frozenset[str]
    shown: Assertion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Who typed a number, and what came of counting it; None: there is nothing to answer."""

    held: Held
    tried: Tried | None


def opened(shown: Assertion | None) -> Opened:
    """Return how the token is opened: by the PIN, or by what biometrics have `shown`."""
    if shown is None:
        return Opened(prove=proving.by_pin, factors=BY_PIN)

    def prove(  # noqa: PLR0917 - as `proving.by_pin`
        env: Env,
        bearer: Bearer,
        signed: Signed,
        purpose: str,
        data: Data,
        then: Callable[[Held], Counted],
    ) -> Counted:
        return biometrics.by_biometrics(env, bearer, signed, purpose, data, shown, then)

    return Opened(prove=prove, factors=biometrics.FACTORS, shown=shown)


def waiting(env: Env, bearer: Bearer, signed: Signed) -> list[Data]:
    """Return what waits for the device's customer, newest first, with the seconds `left`.

    Each is what its answer is signed over, but for `left`. Raises `Refused(TOKEN_NOT_PROVED)` and
    as `proving.by_device` does.
    """
    held = proving.by_device(env, bearer, signed, LIST, {})
    if not _answers(held):
        return []
    now = env.clock.now()
    return [
        {**questions.shown(env, one), "left": questions.seconds(one.expires_at - now)}
        for one in questions.waiting(env, held.customer_id)
    ]


def approve(
    env: Env, bearer: Bearer, signed: Signed, asked: tuple[str, str], opened: Opened
) -> None:
    """Give the approval, if the number is right. `asked` is its name and the number typed.

    What opens the token is proved and the number counted in one transaction, both before the
    number is compared. Raises `Refused`: APPROVAL_OVER, APPROVAL_NUMBER_WRONG, INPUT_MALFORMED
    for what is no number of ours and was not counted, and those of `opened.prove`.
    """
    name, typed = asked
    digits = env.firm.token.approval_digits
    if not (typed.isascii() and typed.isdigit() and len(typed) == digits):
        raise Refused(Refusal.INPUT_MALFORMED, field="number")
    question = _asked(name)
    data: Data = {**questions.shown(env, question), "number": typed}

    def count(held: Held) -> Counted:
        mine = _answers(held) and held.customer_id == question.customer_id
        tried = approvals.count_try(env, held.customer_id, name, held.id) if mine else None
        return Counted(held=held, tried=tried)

    counted = opened.prove(env, bearer, signed, APPROVE, data, count)
    _compare(env, counted, question, typed)
    said = Answer(signed=signed, purpose=APPROVE, data=data, shown=opened.shown)
    kept = evidence(counted.held.id, opened.factors, said)
    with transaction.atomic(durable=True):
        lock_customer(question.customer_id)
        _answer(env, question, Approval.APPROVED, kept)
        factors = sorted(opened.factors)
        note(env, Event.APPROVAL_GIVEN, counted.held, question, kept, factors=factors)


def cancel(env: Env, bearer: Bearer, signed: Signed, name: str) -> None:
    """End an approval; its sign-in goes on another way. Raises `Refused` as `answered` does."""
    held, question, kept = answered(env, bearer, signed, CANCEL, name)
    with transaction.atomic(durable=True):
        lock_customer(question.customer_id)
        _answer(env, question, Approval.CANCELLED, kept)
        note(env, Event.APPROVAL_CANCELLED, held, question, kept)


def answered(
    env: Env, bearer: Bearer, signed: Signed, purpose: str, name: str
) -> tuple[Held, Question, Evidence]:
    """Return who answered, what, and the evidence, for an answer that the key alone gives.

    Raises `Refused`: APPROVAL_OVER for what is not this customer's, and as `proving.by_device`.
    """
    question = _asked(name)
    data = questions.shown(env, question)
    held = proving.by_device(env, bearer, signed, purpose, data)
    if not _answers(held) or held.customer_id != question.customer_id:
        raise Refused(Refusal.APPROVAL_OVER)
    said = Answer(signed=signed, purpose=purpose, data=data)
    return held, question, evidence(held.id, frozenset({assurance.TOKEN}), said)


def note(
    env: Env,
    event: Event,
    held: Held,
    question: Question,
    kept: Evidence | None = None,
    **more: JsonValue,
) -> None:
    """Record an answer in the transaction that gives it, with the hash of what was signed."""
    signed: dict[str, JsonValue] = {"statement": kept.digest} if kept else {}
    record(
        env,
        event,
        subject=held.subject,
        by=held.subject,
        channel="mobile",
        details={
            "flow": question.flow,
            "approval": question.id,
            "token": held.key_id,
            **signed,
            **more,
        },
    )


def _answers(held: Held) -> bool:
    """Tell whether a token counts as a factor: not before it is bound, nor for a certificate."""
    return held.factor and held.state == SoftToken.ACTIVE


def _asked(name: str) -> Question:
    question = questions.find(name)
    if question is None:
        raise Refused(Refusal.APPROVAL_OVER)
    return question


def _compare(env: Env, counted: Counted, question: Question, typed: str) -> None:
    tried = counted.tried
    if tried is None:
        raise Refused(Refusal.APPROVAL_OVER)
    if hmac.compare_digest(tried.right, typed):
        return
    with transaction.atomic(durable=True):
        approvals.end_if_spent(env, question.id)
        note(env, Event.APPROVAL_REFUSED, counted.held, question, tries_left=tried.left)
    raise Refused(Refusal.APPROVAL_NUMBER_WRONG, tries_left=tried.left)


def _answer(env: Env, question: Question, state: str, kept: Evidence) -> None:
    if approvals.answer(env, question.customer_id, question.id, state, kept) is None:
        raise Refused(Refusal.APPROVAL_OVER)
