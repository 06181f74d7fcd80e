"""Send a customer a code for one act (P29-P51, P52-P60)."""

from dataclasses import dataclass

from django.db import transaction

from cinnabar.codes import rules
from cinnabar.codes.actions import sms
from cinnabar.codes.errand import Errand
from cinnabar.codes.models import Code, Streak
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.dice import new_id
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Digits
from cinnabar.limits import actions as limits
from cinnabar.messages.actions import post
from cinnabar.messages.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Where a code went, masked, and its times in seconds. None: not on file (P41)."""

    sms: str | None
    email: str | None
    resend_after: int
    expires_in: int
    length: int


def ask(env: Env, errand: Errand) -> Sent:
    """Send a fresh code for `errand` to the contacts on file; the one before dies (P35).

    Raises `Refused`: NO_CONTACT, CODE_DISABLED, CODE_TOO_SOON, CODE_DAY_LIMIT, SMS_PAUSED.
    """
    contacts = customers.contacts(env, errand.customer_id)
    policy = rules.making(env.firm, errand.purpose)
    channels = _channels(env, errand, contacts)
    language = customers.view(env, errand.customer_id).language
    if not channels:
        raise Refused(Refusal.NO_CONTACT)
    with transaction.atomic():
        # One customer at a time: two requests must not both find that a code may be sent.
        lock_customer(errand.customer_id)
        _refuse_when_disabled(env, errand)
        _refuse_too_soon(env, errand)
        channels = _count(env, errand, channels)
        digits, code = _replace(env, errand)
        for channel, destination in channels.items():
            letter = _Letter(code, digits, channel, destination, language)
            _post(env, errand, letter)
        record(
            env,
            Event.CODE_SENT,
            subject=errand.subject,
            by=errand.subject,
            channel=errand.channel,
            details={"purpose": errand.purpose, "flow": errand.flow, "by": sorted(channels)},
        )
    masked = contacts.masked(env)
    return Sent(
        sms=masked.sms if "sms" in channels else None,
        email=masked.email if "email" in channels else None,
        resend_after=round(policy.resend_after.total_seconds()),
        expires_in=round(policy.ttl.total_seconds()),
        length=len(digits.reveal()),
    )


def _channels(env: Env, errand: Errand, contacts: customers.Contacts) -> dict[str, str]:
    """Return the destinations on file for the channels that carry codes (P40-P43, P57, P58)."""
    on_file = {"sms": contacts.sms, "email": contacts.email}
    every = errand.purpose in rules.PASS_CODES or errand.purpose in rules.FACTORS
    carry = ("sms", "email") if every else env.firm.code.channels
    return {c: to for c in carry if c in errand.only and (to := on_file[c]) is not None}


def _refuse_when_disabled(env: Env, errand: Errand) -> None:
    streak = Streak.objects.filter(
        pk=errand.customer_id, wrong__gte=env.firm.code.max_wrong_in_a_row
    )
    if streak.exists():
        raise Refused(Refusal.CODE_DISABLED)


def _refuse_too_soon(env: Env, errand: Errand) -> None:
    latest = Code.objects.filter(customer_id=errand.customer_id, purpose=errand.purpose)
    asked_at = latest.order_by("-asked_at").values_list("asked_at", flat=True).first()
    if asked_at is not None:
        policy = rules.making(env.firm, errand.purpose)
        wait = rules.resend_wait(policy, asked_at, env.clock.now())
        if wait:
            raise Refused(Refusal.CODE_TOO_SOON, retry_after=wait)


def _count(env: Env, errand: Errand, channels: dict[str, str]) -> dict[str, str]:
    """Count the code against every budget; return the channels that it may leave by."""
    policy, whom = env.firm.code, str(errand.customer_id)
    if limits.count(env, rules.WRONG, whom) >= policy.max_wrong_per_day:
        raise Refused(Refusal.CODE_DAY_LIMIT)
    most = rules.making(env.firm, errand.purpose).max_per_day
    if limits.take(env, rules.asked(errand.purpose), whom, limit=most) is None:
        raise Refused(Refusal.CODE_DAY_LIMIT)
    carrying = frozenset(c for c in channels if _kind(env, errand, c) is not Kind.CODE_NOTICE)
    channels = sms.within_budget(env, errand, channels, carrying=carrying)
    for destination in channels.values():
        index = env.vault.index("destination", destination).hex()
        if limits.take(env, rules.DESTINATION, index, limit=policy.destination_per_day) is None:
            raise Refused(Refusal.CODE_DAY_LIMIT)
    return channels


def _replace(env: Env, errand: Errand) -> tuple[Digits, Code]:
    policy, now = rules.making(env.firm, errand.purpose), env.clock.now()
    Code.objects.filter(
        customer_id=errand.customer_id, purpose=errand.purpose, state=Code.OPEN
    ).update(state=Code.DEAD)
    spent = limits.count(env, rules.WRONG, "")
    length = rules.length_today(policy, spent, tighten_at=env.firm.code.firm_tighten_at)
    identifier = new_id(env.dice)
    digits = Digits(env.dice.text(policy.alphabet, length))
    code = Code.objects.create(
        id=identifier,
        customer_id=errand.customer_id,
        purpose=errand.purpose,
        flow=errand.flow,
        target=errand.target,
        mac=keyed(env, identifier, errand, digits),
        state=Code.OPEN,
        asked_at=now,
        expires_at=now + policy.ttl,
    )
    return digits, code


def keyed(env: Env, code: str, errand: Errand, digits: Digits) -> bytes:
    """Return the keyed hash by which a code rests and is compared."""
    return env.vault.mac("code", code.encode(), *errand.binding(), digits.reveal().encode())


@dataclass(frozen=True, slots=True)
class _Letter:
    code: Code
    digits: Digits
    channel: str
    to: str
    language: str


def _post(env: Env, errand: Errand, letter: _Letter) -> None:
    """Post the code, or a notice that one was sent where the mail must not carry it."""
    kind = _kind(env, errand, letter.channel)
    asked_at = letter.code.asked_at.isoformat()
    facts: dict[str, str | Digits] = {"asked_at": asked_at}
    if kind in {Kind.CODE, Kind.CODE_NOTICE, Kind.SIGN_IN_CODE}:
        facts["purpose"] = errand.purpose
    if kind is not Kind.CODE_NOTICE:
        facts["code"] = letter.digits
    post(
        env,
        kind=kind,
        customer_id=errand.customer_id,
        subject=errand.subject,
        channel=letter.channel,
        to=letter.to,
        language=letter.language,
        facts=facts,
        key=f"code:{letter.code.id}:{letter.channel}",
        expires_at=letter.code.expires_at,
    )


def _kind(env: Env, errand: Errand, channel: str) -> Kind:
    if errand.purpose in rules.PASS_CODES:
        return Kind.PASS_CODE
    if errand.purpose in rules.FACTORS:
        return Kind.SIGN_IN_CODE
    notice = channel == "email" and not env.firm.code.email_carries_code
    return Kind.CODE_NOTICE if notice else Kind.CODE
