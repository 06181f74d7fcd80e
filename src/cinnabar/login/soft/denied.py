"""A customer says in the app: this was not me. Whoever asked has the password, or a session.

His attempt ends, and no other is put to the customer until that is looked into (TOK-08).
"""

from django.db import transaction

from cinnabar.codes import notices
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.flows.actions import steps
from cinnabar.flows.kinds import FlowKind
from cinnabar.journal.events import Event
from cinnabar.kernel.agents import read_agent
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.login import sessions
from cinnabar.login.soft import approvals as answers
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind
from cinnabar.tokens.challenges import Bearer
from cinnabar.tokens.models import Approval
from cinnabar.tokens.soft import approvals, restrictions
from cinnabar.tokens.soft.questions import Question
from cinnabar.tokens.soft.signed import Signed

DENY, _EVENT = "deny", "approval-denied"


def deny(env: Env, bearer: Bearer, signed: Signed, name: str) -> None:
    """End the attempt, restrict the customer, tell him and staff: in one transaction, or nothing.

    The key alone says so: one need not know a PIN to shout. Raises `Refused` as
    `approvals.answered` does, and APPROVAL_OVER for what was answered before.
    """
    held, question, kept = answers.answered(env, bearer, signed, DENY, name)
    with transaction.atomic(durable=True):
        lock_customer(question.customer_id)
        mine = (env, question.customer_id, question.id, Approval.REFUSED)
        if approvals.answer(*mine, kept) is None:
            raise Refused(Refusal.APPROVAL_OVER)
        approvals.end_all(question.customer_id)
        restrictions.restrict(env, question.customer_id)
        _end(env, question)
        answers.note(env, Event.APPROVAL_DENIED, held, question, kept)
        _tell(env, question)
        _alert(env, question, held.subject)


def allow(env: Env, customer_id: int, subject: str, *, case: str) -> bool:
    """Let the app be asked again, as staff decided who spoke to him; False if it could be."""
    with transaction.atomic(durable=True):
        lock_customer(customer_id)
        return restrictions.lift(
            env, customer_id, subject=subject, by="branch", channel="cli", why=case
        )


def _end(env: Env, question: Question) -> None:
    """Close the flow it was asked in; a step-up's session as well: he is not the one in there."""
    closed = steps.close_one(question.customer_id, question.flow)
    if closed is not None and closed.kind == FlowKind.STEP_UP:
        sessions.end_one(env, question.customer_id, closed.session)


def _tell(env: Env, question: Question) -> None:
    browser = read_agent(question.agent)
    facts = {
        "event": _EVENT,
        "browser": browser.browser,
        "system": browser.system,
        "address": question.region,
    }
    notices.tell(env, question.customer_id, Kind.ACCOUNT_NOTICE, facts, key=question.id)


def _alert(env: Env, question: Question, subject: str) -> None:
    post(
        env,
        kind=Kind.STAFF_ALERT,
        customer_id=question.customer_id,
        subject=subject,
        channel="email",
        to=env.firm.notify.staff_mail,
        language=env.firm.identity.locale,
        facts={"event": _EVENT, "at": env.clock.now().isoformat(), "subject": subject},
        key=f"{_EVENT}:{question.id}",
        expires_at=None,
    )
