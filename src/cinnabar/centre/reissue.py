"""密碼補發 with a certificate: choose account and channel, get the pass code (P112-P132)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from cinnabar.centre import daily, scope
from cinnabar.centre.certificate import CERTIFICATE
from cinnabar.codes.actions.spend import Attempt
from cinnabar.codes.rules import Verdict
from cinnabar.customers import queries as customers
from cinnabar.customers.queries import AccountView, Contacts
from cinnabar.env import Env
from cinnabar.flows.actions import code, decide, steps
from cinnabar.flows.kinds import FlowKind, FlowState, ProofKind
from cinnabar.flows.note import note
from cinnabar.flows.queries import FlowView, of_stranger, of_visitor
from cinnabar.flows.visitor import Claimant, Stranger, nobody
from cinnabar.journal.events import Event
from cinnabar.kernel.refusal import Refusal, Refused

MAILED = "mailed"
"""The way without a certificate."""

_SAID: Mapping[Verdict, Refusal] = {
    Verdict.LIMIT: Refusal.CODE_DAY_LIMIT,
    Verdict.MALFORMED: Refusal.INPUT_MALFORMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What somebody with a certificate may choose from; contacts are masked, None: not on file."""

    accounts: tuple[AccountView, ...]
    sms: str | None
    email: str | None
    consolidated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A pass code that was sent: where, masked, and the seconds that are left."""

    to: str
    resend_in: int
    expires_in: int


def at_step(env: Env, stranger: Stranger, flow_id: str) -> tuple[FlowView, Claimant]:
    """Return the open reissue of this visit, and whom it says to be.

    Nobody's claim is somebody's to whom no row belongs, so that every step asks the database the
    same. Raises `Refused(FLOW_CLOSED)` for anything else.
    """
    flow, claimant = of_stranger(env, stranger, flow_id, FlowKind.REISSUE)
    if flow.state is not FlowState.OPEN:
        raise Refused(Refusal.FLOW_CLOSED)
    return flow, claimant or nobody(stranger)


def go_without(env: Env, stranger: Stranger, flow_id: str) -> None:
    """Go on without a certificate; for nobody's claim the same is written.

    Raises `Refused(FLOW_CLOSED)`.
    """
    flow, _ = at_step(env, stranger, flow_id)
    steps.add_facts(stranger, flow, {"way": MAILED})


def offer(env: Env, claimant: Claimant) -> Offer:
    """Return the accounts and channels to choose from (P57, P112, P130).

    Raises `Refused(NO_CONTACT)` when nothing that may carry the code is on file.
    """
    masked = customers.contacts(env, claimant.customer_id).masked(env)
    channels = _channels(env, masked)
    if not channels:
        raise Refused(Refusal.NO_CONTACT)
    return Offer(
        accounts=scope.offered(env, claimant.customer_id),
        sms=channels.get("sms"),
        email=channels.get("email"),
        consolidated=customers.view(env, claimant.customer_id).consolidated,
    )


def request(env: Env, stranger: Stranger, flow_id: str, account: str, channel: str) -> None:
    """確定申請: count one of the day's, say what the flow is about, send the code there.

    Raises `Refused`: FLOW_OUT_OF_ORDER without a proved certificate, INPUT_MALFORMED for what was
    not offered, REISSUE_LIMIT, and as `codes.actions.ask` does; then nothing is counted.
    """
    flow, claimant = at_step(env, stranger, flow_id)
    if flow.facts.get("way") != CERTIFICATE:
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)
    there = offer(env, claimant)
    if channel not in {"sms", "email"} or getattr(there, channel) is None:
        raise Refused(Refusal.INPUT_MALFORMED, field="channel")
    target = scope.chosen(env, claimant.customer_id, account)
    with _told_when_refused(env, claimant, flow), transaction.atomic():
        daily.take(env, flow.facts["pair"])
        facts = {"account": account, "only": channel}
        steps.set_target(env, claimant, flow.id, target=target, facts=facts)
        note(env, claimant, Event.REISSUE_REQUESTED, {"flow": flow.id, "way": CERTIFICATE})
        _send(env, claimant, flow.id, channel)


def ask_again(env: Env, stranger: Stranger, flow_id: str) -> None:
    """取得暫時通行碼, 重新發送: send a fresh code where the first went; the one before dies.

    Raises `Refused`: FLOW_OUT_OF_ORDER before everything else is proved, and as
    `codes.actions.ask` does.
    """
    flow, claimant = at_step(env, stranger, flow_id)
    _require_all_but_code(env, claimant, flow)
    with _told_when_refused(env, claimant, flow), transaction.atomic():
        _send(env, claimant, flow.id, flow.facts.get("only", "sms"))


def awaits_code(env: Env, stranger: Stranger, flow_id: str) -> bool:
    """Tell whether the flow still waits for a right code."""
    flow, claimant = at_step(env, stranger, flow_id)
    return ProofKind.CODE in decide.lacking(env, claimant, flow)


def try_code(env: Env, stranger: Stranger, flow_id: str, text: str) -> None:
    """驗證通行碼: try a code; the right one is proved for what the flow is about.

    Raises `Refused`: FLOW_OUT_OF_ORDER before everything else is proved, PASS_CODE_WRONG,
    PASS_CODE_CLOSED, CODE_DAY_LIMIT, INPUT_MALFORMED for what could be no code and was not counted.
    """
    flow, claimant = at_step(env, stranger, flow_id)
    _require_all_but_code(env, claimant, flow)
    judged(code.try_code(env, claimant, flow_id, text))


def judged(tried: Attempt) -> None:
    """Raise the refusal of a tried pass code, unless it was right."""
    if tried.verdict is Verdict.ACCEPTED:
        return
    if tried.verdict is Verdict.WRONG:
        raise Refused(Refusal.PASS_CODE_WRONG, tries_left=tried.tries_left)
    raise Refused(_SAID.get(tried.verdict, Refusal.PASS_CODE_CLOSED), field="")


def waiting(env: Env, claimant: Claimant, flow: FlowView) -> Waiting | None:
    """Return how the newest code of the flow stands; None before the first."""
    if "asked_at" not in flow.facts:
        return None
    policy, now = env.firm.pass_code, env.clock.now()
    asked_at = datetime.fromisoformat(flow.facts["asked_at"])
    masked = customers.contacts(env, claimant.customer_id).masked(env)
    return Waiting(
        to=getattr(masked, flow.facts.get("only", "sms")) or "",
        resend_in=_seconds(asked_at + policy.resend_after - now),
        expires_in=_seconds(asked_at + policy.ttl - now),
    )


def _channels(env: Env, masked: Contacts) -> dict[str, str]:
    """Return the contacts on file that the firm lets a code go to here (P57)."""
    picks = env.firm.pass_code.with_certificate == "customer-picks"
    allowed = {"sms", "email"} if picks else {"sms"}
    on_file = {"sms": masked.sms, "email": masked.email}
    return {c: to for c, to in on_file.items() if to is not None and c in allowed}


def _require_all_but_code(env: Env, claimant: Claimant, flow: FlowView) -> None:
    if decide.lacking(env, claimant, flow) - {ProofKind.CODE}:
        raise Refused(Refusal.FLOW_OUT_OF_ORDER)


def _send(env: Env, claimant: Claimant, flow_id: str, channel: str) -> None:
    """Send the code by this channel only, in the caller's transaction, and note when."""
    asked = {"asked_at": env.clock.now().isoformat()}
    flow = of_visitor(env, claimant, flow_id)
    steps.set_target(env, claimant, flow_id, target=flow.target, facts=asked)
    code.ask_code(env, claimant, flow_id, only=frozenset({channel}))


@contextmanager
def _told_when_refused(env: Env, claimant: Claimant, flow: FlowView) -> Iterator[None]:
    """Let the journal keep a refusal whose transaction is undone, in the pass code's own words."""
    try:
        yield
    except Refused as no:
        with transaction.atomic():
            note(env, claimant, Event.REISSUE_REFUSED, {"flow": flow.id, "why": no.refusal.value})
        raise in_its_own_words(no) from None


def in_its_own_words(no: Refused) -> Refused:
    """Return a refused request for a pass code in the pass code's words."""
    if no.refusal is Refusal.CODE_TOO_SOON:
        return Refused(Refusal.PASS_CODE_TOO_SOON, retry_after=no.facts["retry_after"])
    return no


def _seconds(left: timedelta) -> int:
    return max(0, -(-left // timedelta(seconds=1)))
