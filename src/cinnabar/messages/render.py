"""A claimed message put into words: at hand-over, in the customer's language, from the firm's file.

SMS are one sentence or two and hold no link (COD-16). Mails are told once, as a `Letter`, and
laid out twice, as text and as HTML, so that both say the same. Neither names an id, an account
or a phone number (MSG-09); a firm that greets by name and account has both masked (P205). What
mails about passwords say stands in `letters.py`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.firm.shape import placeholders
from cinnabar.kernel import qr
from cinnabar.messages import letters
from cinnabar.messages.channel import Rendered
from cinnabar.messages.claims import Claimed
from cinnabar.messages.envelope import open_facts, open_to
from cinnabar.messages.kinds import Kind
from cinnabar.messages.layout import Letter, as_html, as_text
from cinnabar.messages.policy import DELIVERY
from cinnabar.messages.rules import minutes_left
from cinnabar.words import Words

_Said = Mapping[str, str]


def render(env: Env, message: Claimed) -> Rendered:
    """Open `message` and return it in words.

    Raises `VaultError` if its contents were altered or belong to another message.
    """
    facts = open_facts(env, message.id, message.facts_sealed)
    words = Words(env.firm, message.language)
    kind = Kind(message.kind)
    written = {"sms": _sms, "email": _mail, "push": _nothing}[message.channel]
    said = _sayable(env, words, facts, message.expires_at)
    if message.channel == "email":
        said["greeting"] = _greeting(env, words, message)
    subject, text, html = written(env, words, kind, said, facts)
    scanned = letters.scanned(facts["code"]) if kind is Kind.TOKEN_REGISTRATION else ""
    return Rendered(
        id=message.id,
        channel=message.channel,
        language=words.language,
        to=open_to(env, message.id, message.to_sealed),
        subject=subject,
        text=text,
        html=html,
        picture=qr.png(scanned) if scanned else b"",
        signed=message.channel == "email" and kind.value in env.firm.notify.smime_signed,
        valid_minutes=_validity(env, message),
        expires_at=message.expires_at,
    )


def _validity(env: Env, message: Claimed) -> int | None:
    if message.expires_at is None:
        return None
    return minutes_left(env.clock.now(), message.expires_at, DELIVERY.margin[message.channel])


def _nothing(
    _env: Env, _words: Words, _kind: Kind, _said: _Said, _facts: _Said
) -> tuple[str, str, str]:
    """Return what wakes the app: it says nothing at all (MSG-07)."""
    return "", "", ""


def _sms(_env: Env, words: Words, kind: Kind, said: _Said, facts: _Said) -> tuple[str, str, str]:
    typed = "undo" in facts and letters.is_typed(facts["undo"])
    return "", words.say(f"messages.sms.{kind}{'-code' if typed else ''}", **said), ""


def _mail(env: Env, words: Words, kind: Kind, said: _Said, facts: _Said) -> tuple[str, str, str]:
    signed = kind.value in env.firm.notify.smime_signed
    letter = _LETTERS[kind](env, words, said, facts)
    greeting = said["greeting"]
    return (
        letter.subject,
        as_text(env.firm, words, letter, signed=signed, greeting=greeting),
        as_html(env.firm, words, letter, signed=signed, greeting=greeting),
    )


def _greeting(env: Env, words: Words, message: Claimed) -> str:
    """Return how the mail begins; whoever is greeted by name is looked up, masked as the firm says.

    The name is not kept with the message: it is that of the moment in which the mail leaves.
    """
    text = env.firm.notify.greeting[words.language]
    if not placeholders(text):
        return text
    who = customers.view(env, message.customer_id)
    return text.format(**env.firm.masks.greeted(who.name, who.identifier))


def _sayable(env: Env, words: Words, facts: _Said, expires_at: datetime | None) -> dict[str, str]:
    """Return what sentences may mention: the facts, with instants and events as people say them.

    `minutes` and `hours` are the whole life of what is sent, from the request to its end.
    """
    formats, entries = env.firm.formats, env.firm.identity.entries
    at = datetime.fromisoformat(facts.get("asked_at") or facts["at"])
    life = env.firm.code.ttl if expires_at is None else expires_at - at
    said = {
        "date": words.moment(formats.mail_date, at),
        "time": words.moment(formats.change_time, at),
        "moment": words.moment(formats.reissue_mail, at),
        "until": "" if expires_at is None else words.moment(formats.reissue_mail, expires_at),
        "minutes": str(life // timedelta(minutes=1)),
        "hours": str(life // timedelta(hours=1)),
        "days": str(env.firm.link.not_me.days),
        "entry": entries.web[words.language],
        "centre": entries.password_centre[words.language],
        "way": " › ".join(env.firm.identity.password_centre_path[words.language]),
        "undo": letters.grouped(facts.get("undo", "")),
    }
    event = facts.get("purpose") or facts.get("event")
    if event:
        said["event"] = words.say(f"messages.event.{event}")
    return {**said, **{name: facts[name] for name in ("code", "serial") if name in facts}}


def _code(env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    return Letter(
        subject=env.firm.notify.code_mail_subject[words.language],
        heading=env.firm.notify.code_mail_heading[words.language],
        paragraphs=(words.say(f"messages.code.{_lead(env)}", **said),),
        code_label=words.say("messages.code.label"),
        code=facts["code"],
        care=words.say("messages.code.care"),
    )


def _code_notice(env: Env, words: Words, said: _Said, _facts: _Said) -> Letter:
    return Letter(
        subject=words.say("messages.code-notice.subject"),
        heading=words.say("messages.code-notice.heading"),
        paragraphs=(words.say(f"messages.code-notice.{_lead(env)}", **said),),
        care=words.say("messages.code-notice.care"),
    )


def _changed(env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    say = words.say
    event = facts["event"]
    rows = (
        ("what", say("messages.certificate-changed.what", **said)),
        ("date", said["date"]),
        ("serial", said["serial"]),
    )
    return Letter(
        subject=env.firm.notify.cert_change_subject[words.language],
        heading=env.firm.notify.cert_change_heading[words.language],
        paragraphs=(
            say("messages.certificate-changed.lead", **said),
            say(f"messages.certificate-changed.{event}"),
        ),
        rows=tuple((say(f"messages.certificate-changed.row-{row}"), it) for row, it in rows),
        care=say(f"messages.certificate-changed.not-you-{event}", **said),
    )


def _lead(env: Env) -> str:
    return "lead" if env.firm.code.mail_shows_request_date else "lead-undated"


_LETTERS: Mapping[Kind, Callable[[Env, Words, _Said, _Said], Letter]] = {
    Kind.CODE: _code,
    Kind.CODE_NOTICE: _code_notice,
    Kind.CERTIFICATE_CHANGED: _changed,
    Kind.PASS_CODE: letters.pass_code,
    Kind.SIGN_IN_CODE: letters.sign_in_code,
    Kind.REISSUE_LINK: letters.reissue_link,
    Kind.REISSUE_IMPOSSIBLE: letters.reissue_impossible,
    Kind.RESET_LINK: letters.reset_link,
    Kind.RESET_IMPOSSIBLE: letters.reset_impossible,
    Kind.PASSWORD_CHANGED: letters.password_changed,
    Kind.ACCOUNT_NOTICE: letters.account_notice,
    Kind.PASSWORD_ENDS: letters.password_ends,
    Kind.TOKEN_REGISTRATION: letters.token_registration,
    Kind.STAFF_ALERT: letters.staff_alert,
}
