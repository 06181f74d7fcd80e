"""The registration mail (P204, P215, P216, P219)."""

from dataclasses import dataclass, field

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.flows.note import note
from cinnabar.flows.visitor import Visitor
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Secret
from cinnabar.limits import actions as limits
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind
from cinnabar.tokens.soft import registration

_MAILS = "token-mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """Where the registration mail went, masked, and the seconds until another may be asked."""

    to: str = field(repr=False)
    resend_in: int


def mail(env: Env, visitor: Visitor, token: str, *, again: bool) -> None:
    """Post the mail, in the caller's transaction, unless the earlier one still counts (P219).

    `again`: the customer asks for another. Raises `Refused`: CODE_TOO_SOON, CODE_DAY_LIMIT,
    NO_CONTACT.
    """
    policy, waiting = env.firm.activation_code, registration.waiting(env, token)
    if waiting is not None and not again and env.firm.token.retry_same_mail:
        return
    left = _left(env, waiting)
    if again and left:
        raise Refused(Refusal.CODE_TOO_SOON, retry_after=left)
    if limits.take(env, _MAILS, str(visitor.customer_id), limit=policy.max_per_day) is None:
        raise Refused(Refusal.CODE_DAY_LIMIT)
    _post(env, visitor, token, registration.make(env, token))


def mailed(env: Env, visitor: Visitor, token: str) -> Mailed | None:
    """Return where the mail went that still counts; None where there is none."""
    waiting = registration.waiting(env, token)
    if waiting is None or not env.firm.token.code_in_mail:
        return None
    masked = customers.contacts(env, visitor.customer_id).masked(env)
    return Mailed(to=masked.email or "", resend_in=_left(env, waiting))


def _left(env: Env, waiting: registration.Waiting | None) -> int:
    if waiting is None:
        return 0
    end = waiting.asked_at + env.firm.activation_code.resend_after
    return max(0, -int((env.clock.now() - end).total_seconds() // 1))


def _post(env: Env, visitor: Visitor, token: str, made: registration.Made) -> None:
    who = customers.reach(env, visitor.customer_id)
    if who.email is None:
        raise Refused(Refusal.NO_CONTACT)
    asked_at = env.clock.now().isoformat()
    both = f"{made.scanned.reveal()} {made.typed.reveal()}"
    account = customers.view(env, visitor.customer_id).masked_identifier
    post(
        env,
        kind=Kind.TOKEN_REGISTRATION,
        customer_id=visitor.customer_id,
        subject=visitor.subject,
        channel="email",
        to=who.email,
        language=who.language,
        facts={"code": Secret(both), "asked_at": asked_at, "account": account},
        key=f"registration:{token}:{asked_at}",
        expires_at=made.expires_at,
    )
    note(env, visitor, Event.TOKEN_REGISTRATION_SENT, {"token": token})
