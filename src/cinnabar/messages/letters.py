"""What mails about passwords say, each told once as a `Letter`.

A link leads to one of our own pages and carries its secret behind the `#`, which no browser
sends: it reaches no server's log and no mail scanner's request spends it (RST-03, RST-04). A
firm that mails no links hands out a short secret instead, to be typed into a page the customer
finds without us (RST-10, CONFLICT-8).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from cinnabar.env import Env
from cinnabar.messages.kinds import Kind
from cinnabar.messages.layout import Letter
from cinnabar.words import Words

PAGES: Mapping[Kind, str] = {
    Kind.REISSUE_LINK: "/passwords/link/",
    Kind.RESET_LINK: "/reset/",
    Kind.PASSWORD_CHANGED: "/passwords/not-me/",
    Kind.ACCOUNT_NOTICE: "/passwords/not-me/",
}
"""The page a mailed secret is for."""

_ENDS = ("lead", "how", "after")
_LONGEST_TYPED = 16
_GROUP = 5

_Said = Mapping[str, str]


def is_typed(secret: str) -> bool:
    """Tell whether a mailed secret is short enough to have been made for typing."""
    return len(secret) <= _LONGEST_TYPED


def grouped(secret: str) -> str:
    """Return a secret for typing as people copy it: in groups of five."""
    return "-".join(secret[i : i + _GROUP] for i in range(0, len(secret), _GROUP))


def pass_code(env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    """Return the mail with a reissue's pass code (P201)."""
    heading = env.firm.notify.pass_mail_heading[words.language]
    return Letter(
        subject=heading,
        heading=heading,
        paragraphs=(words.say("messages.pass-code.lead", **said),),
        code_label=words.say("messages.pass-code.label"),
        code=facts["code"],
        care=words.say("messages.pass-code.care"),
    )


def sign_in_code(env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    """Return the mail with the code of a second factor (P66, P67)."""
    del env
    heading = words.say("messages.sign-in-code.heading")
    return Letter(
        subject=heading,
        heading=heading,
        paragraphs=(words.say("messages.sign-in-code.lead", **said),),
        code_label=words.say("messages.sign-in-code.label"),
        code=facts["code"],
        care=words.say("messages.sign-in-code.care"),
    )


def token_registration(env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    """Return the mail with the registration code of a soft token (P204, P215)."""
    heading = words.say("messages.token-registration.heading")
    scanned, typed = facts["code"].split()
    rows = ((env.firm.login.id_label[words.language], facts["account"]),)
    return Letter(
        subject=env.firm.notify.token_mail_subject[words.language] or heading,
        heading=heading,
        paragraphs=(
            words.say("messages.token-registration.lead", **said),
            words.say("messages.token-registration.again", until=said["until"]),
        ),
        code_label=words.say("messages.token-registration.label"),
        code=grouped(typed),
        picture=scanned,
        rows=rows,
        care=words.say("messages.token-registration.care"),
    )


def scanned(both: str) -> str:
    """Return what the camera is to read of a registration code: its first half."""
    return both.split(maxsplit=1)[0]


def reissue_link(env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    """Return the mail that opens a reissue without a certificate (P202, P203, M-RE-MAIL, G19)."""
    heading = env.firm.notify.reissue_mail_heading[words.language]
    way = "code" if is_typed(facts["token"]) else "link"
    letter = Letter(
        subject=env.firm.notify.reset_mail_subject[words.language] or heading,
        heading=heading,
        paragraphs=(words.say(f"messages.reissue-link.lead-{way}", **said),),
        care=words.say("messages.reissue-link.care"),
    )
    return _with_secret(env, words, letter, Kind.REISSUE_LINK, facts["token"])


def reissue_impossible(env: Env, words: Words, said: _Said, _facts: _Said) -> Letter:
    """Return the mail that says what the page could not say to a stranger: not this way."""
    heading = env.firm.notify.reissue_mail_heading[words.language]
    return Letter(
        subject=env.firm.notify.reset_mail_subject[words.language] or heading,
        heading=heading,
        paragraphs=(
            words.say("messages.reissue-impossible.lead", **said),
            words.say("messages.reissue-impossible.then"),
        ),
        care=words.say("messages.reissue-impossible.care"),
    )


def reset_link(env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    """Return the mail that a password is set with (P73, P203, M-HK-RESET-1 to -10, G20)."""
    say, why = words.say, facts["why"]
    typed = is_typed(facts["token"])
    hours = env.firm.link.reset // timedelta(hours=1)
    start = "new-account" if why == "new-account" else "forgotten"
    rows = [(env.firm.login.id_label[words.language], facts["account"])]
    if not typed:  # a mail without a link names no address at all (RST-10)
        rows.append((say("messages.reset-link.at"), f"{env.base_url}/sign-in/"))
    subject = env.firm.notify.reset_mail_subject[words.language]
    letter = Letter(
        subject=subject or say("messages.reset-link.subject"),
        heading=subject or say("messages.reset-link.subject"),
        paragraphs=(
            say(f"messages.reset-link.{start}", **said),
            say(f"messages.reset-link.then-{'code' if typed else 'link'}", hours=hours),
            say("messages.reset-link.too-late"),
            *filter(None, [env.firm.password.advice[words.language]]),
        ),
        rows=tuple(rows),
        care=say(f"messages.reset-link.care-{start}"),
    )
    return _with_secret(env, words, letter, Kind.RESET_LINK, facts["token"])


def reset_impossible(_env: Env, words: Words, said: _Said, _facts: _Said) -> Letter:
    """Return the mail that says what the page could not say to a stranger: not this way."""
    say = words.say
    return Letter(
        subject=say("messages.reset-impossible.subject"),
        heading=say("messages.reset-impossible.heading"),
        paragraphs=(
            say("messages.reset-impossible.lead", **said),
            say("messages.reset-impossible.then"),
        ),
        care=say("messages.reset-impossible.care"),
    )


def password_changed(env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    """Return the notice of a change, with the answer to it (P208, MSG-03, RST-08)."""
    say, event = words.say, facts["event"]
    way = "code" if is_typed(facts["undo"]) else "link"
    rows = (("what", said["event"]), ("date", said["moment"]))
    letter = Letter(
        subject=say("messages.password-changed.subject"),
        heading=say("messages.password-changed.heading"),
        paragraphs=(
            say("messages.password-changed.lead", **said),
            say(f"messages.password-changed.{event}"),
            say(f"messages.password-changed.not-you-{way}", **said),
        ),
        rows=tuple((say(f"messages.password-changed.row-{row}"), it) for row, it in rows),
        care=say("messages.password-changed.care"),
    )
    return _with_secret(env, words, letter, Kind.PASSWORD_CHANGED, facts["undo"])


def account_notice(env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    """Return the notice of what happened around the sign-in, with the answer to it (MSG-03)."""
    say, event = words.say, facts["event"]
    way = "code" if is_typed(facts["undo"]) else "link"
    rows = (
        ("what", said["event"]),
        ("date", said["moment"]),
        ("device", _device(words, facts)),
        ("address", facts["address"]),
    )
    letter = Letter(
        subject=say("messages.account-notice.subject"),
        heading=say("messages.account-notice.heading"),
        paragraphs=(
            say(f"messages.account-notice.{event}", **said),
            say(f"messages.account-notice.not-you-{way}", **said),
        ),
        rows=tuple((say(f"messages.account-notice.row-{row}"), it) for row, it in rows if it),
        care=say("messages.account-notice.care"),
    )
    return _with_secret(env, words, letter, Kind.ACCOUNT_NOTICE, facts["undo"])


def _device(words: Words, facts: _Said) -> str:
    """Return the device as people call it, "" if it said nothing of itself."""
    names = {name: facts[name] for name in ("browser", "system")}
    if all(names.values()):
        return words.say("messages.account-notice.device", **names)
    return names["browser"] or names["system"]


def password_ends(_env: Env, words: Words, said: _Said, _facts: _Said) -> Letter:
    """Return the reminder that a password has its time soon; it holds no link."""
    say = words.say
    return Letter(
        subject=say("messages.password-ends.subject"),
        heading=say("messages.password-ends.heading"),
        paragraphs=tuple(say(f"messages.password-ends.{part}", **said) for part in _ENDS),
        rows=((say("messages.password-ends.row-date"), said["date"]),),
        care=say("messages.password-ends.care"),
    )


def staff_alert(_env: Env, words: Words, said: _Said, facts: _Said) -> Letter:
    """Return what the firm's own people are told: whom it is about stands under his pseudonym."""
    say, event = words.say, facts["event"]
    rows = (("subject", facts["subject"]), ("date", said["moment"]))
    return Letter(
        subject=say(f"messages.staff-alert.{event}-subject", subject=facts["subject"]),
        heading=say(f"messages.staff-alert.{event}-heading"),
        paragraphs=(say(f"messages.staff-alert.{event}", **said),),
        rows=tuple((say(f"messages.staff-alert.row-{row}"), it) for row, it in rows),
        care=say(f"messages.staff-alert.{event}-next"),
        to_staff=True,
    )


def _with_secret(env: Env, words: Words, letter: Letter, kind: Kind, secret: str) -> Letter:
    """Return `letter` with its secret: to be typed, or as a link."""
    if is_typed(secret):
        label = words.say(f"messages.{kind}.label")
        return replace(letter, code_label=label, code=grouped(secret))
    own = {
        Kind.REISSUE_LINK: env.firm.link.reissue_label,
        Kind.RESET_LINK: env.firm.link.reset_label,
    }
    label = own[kind][words.language] if kind in own else words.say(f"messages.{kind}.open")
    return replace(letter, link_label=label, link=f"{env.base_url}{PAGES[kind]}#{secret}")
