"""What may be a password, and when one has had its time. Pure (PWD-01 … PWD-05, PWD-08).

A password is judged before it is hashed, and every rule it breaks has a name, so that a refusal
can say what to change. What the firm asks stands in `firm.password`; nothing of it is here.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from cinnabar.firm.password import Blocked, PasswordPolicy
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.kinds import PasswordKind

_RUN = 6
"""So many characters in a row of somebody's own number give it away."""

_SHORTEST = 4
"""A number of fewer characters is in too many passwords by chance."""

_ROC = 1911
"""Year 1 of the calendar of Taiwan is 1912."""

_JOINERS = "\u200c\u200d"
"""Invisible, but part of how some scripts are written."""

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's categories of what does not print and could hardly be typed again."""


class Rule(StrEnum):
    """Every reason for which a password is refused; its words are `password-rule.<value>`."""

    FULL_WIDTH = "full-width"
    BLANK = "blank"
    SYMBOL = "symbol"
    DIGITS_ONLY = "digits-only"
    UNPRINTABLE = "unprintable"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    NEEDS_LETTER = "needs-letter"
    NEEDS_DIGIT = "needs-digit"
    OWN_ID = "own-id"
    BIRTH_DATE = "birth-date"
    PHONE = "phone"
    ACCOUNT = "account"
    FIRM_NAME = "firm-name"
    COMMON = "common"
    BREACHED = "breached"
    USED_BEFORE = "used-before"


class Expiry(StrEnum):
    """How a password stands with the firm's dates (P110); words `password-expiry.<value>`."""

    GOOD = "good"
    SOON = "soon"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What is asked of a new password of one kind. Lengths are in characters, after NFC."""

    min: int
    max: int
    charset: Literal["digits", "letters-and-digits", "any"]
    min_letters: int = 0
    min_digits: int = 0
    history: int = 0
    blocklist: frozenset[Blocked] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What others know, or may find out, of who chooses, and where (PWD-05, ASVS 6.1.2).

    `firm_names` are the names that the firm goes by.
    """

    identifier: str
    birth_date: date | None
    phones: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    firm_names: tuple[str, ...] = ()


def standard(policy: PasswordPolicy, kind: PasswordKind) -> Standard:
    """Return what the firm asks of a password of `kind`.

    A voice password is digits, and is kept from the same lists as the login password.
    """
    if kind is PasswordKind.VOICE:
        voice, blocklist = policy.voice, policy.login.blocklist
        return Standard(min=voice.min, max=voice.max, charset="digits", blocklist=blocklist)
    asked = policy.login if kind is PasswordKind.LOGIN else policy.withdrawal
    return Standard(
        min=asked.min,
        max=asked.max,
        charset=asked.charset,
        min_letters=asked.min_letters,
        min_digits=asked.min_digits,
        history=asked.history,
        blocklist=asked.blocklist,
    )


def shape(asked: Standard, password: Password) -> tuple[Rule, ...]:
    """Return the rules that the characters of `password` break, the telling ones first (G21)."""
    text = unicodedata.normalize("NFC", password.reveal())
    found = {rule for letter in text if (rule := _character(asked, letter))}
    found |= set(_length(asked, text)) | set(_kinds(asked, text))
    return tuple(rule for rule in Rule if rule in found)


def own(asked: Standard, password: Password, facts: Own) -> tuple[Rule, ...]:
    """Return which of the person's own facts are in `password`, however it spells them."""
    text = _plain(password.reveal())
    judged: tuple[tuple[Blocked, Rule, bool], ...] = (
        ("identifier", Rule.OWN_ID, _holds(text, facts.identifier)),
        ("birth-date", Rule.BIRTH_DATE, any(day in text for day in _days(facts.birth_date))),
        ("mobile", Rule.PHONE, any(_holds(text, phone) for phone in facts.phones)),
        ("account", Rule.ACCOUNT, any(_holds(text, number) for number in facts.accounts)),
        ("firm", Rule.FIRM_NAME, _little_besides(text, facts.firm_names, asked.min)),
    )
    return tuple(rule for name, rule, held in judged if held and name in asked.blocklist)


def refused(asked: Standard, broken: tuple[Rule, ...]) -> Refused:
    """Return the refusal that names each rule in `broken`, of which there is at least one."""
    exact = asked.min == asked.max
    lengths = {Rule.TOO_SHORT, Rule.TOO_LONG}
    names = [f"{rule}-exact" if exact and rule in lengths else rule.value for rule in broken]
    return Refused(
        Refusal.PASSWORD_REFUSED,
        rule=broken[0].value,
        rules=tuple(rule.value for rule in broken),
        why=tuple(f"password-rule.{name}" for name in names),
        min=asked.min,
        max=asked.max,
        letters=asked.min_letters,
        digits=asked.min_digits,
    )


def expires(max_age: timedelta, changed_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the last second of the last day on which a password changed then is good.

    `max_age` counts whole days of the firm's calendar; zero: it never ends (PWD-04).
    """
    if not max_age:
        return None
    day = changed_at.astimezone(zone).date() + max_age
    return datetime.combine(day, time(23, 59, 59), zone)


def expiry(expires_at: datetime | None, now: datetime, remind: timedelta) -> Expiry:
    """Return how a password stands that is good until `expires_at`; None: for ever (G22)."""
    if expires_at is None:
        return Expiry.GOOD
    if now > expires_at:
        return Expiry.OVER
    return Expiry.SOON if now > expires_at - remind else Expiry.GOOD


def ending(
    max_age: timedelta, remind: timedelta, now: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """Return from when until before when a password was chosen whose end is near.

    Those are the passwords of which `expiry` says SOON.
    """
    first = now.astimezone(zone).date() - max_age
    return datetime.combine(first, time(), zone), datetime.combine(first + remind, time(), zone)


def _character(asked: Standard, letter: str) -> Rule | None:
    """Return what is wrong with one character, if anything is."""
    if asked.charset == "any":
        bad = unicodedata.category(letter) in _UNSEEN and letter not in _JOINERS
        return Rule.UNPRINTABLE if bad else None
    if letter.isascii() and letter.isalnum():
        digit = asked.charset != "digits" or letter.isdigit()
        return None if digit else Rule.DIGITS_ONLY
    if letter.isspace() or unicodedata.category(letter) in _UNSEEN:
        return Rule.BLANK
    if "\uff01" <= letter <= "\uff5e":
        return Rule.FULL_WIDTH
    return Rule.SYMBOL if asked.charset == "letters-and-digits" else Rule.DIGITS_ONLY


def _length(asked: Standard, text: str) -> Iterator[Rule]:
    if len(text) < asked.min:
        yield Rule.TOO_SHORT
    if len(text) > asked.max:
        yield Rule.TOO_LONG


def _kinds(asked: Standard, text: str) -> Iterator[Rule]:
    if sum(letter.isalpha() for letter in text) < asked.min_letters:
        yield Rule.NEEDS_LETTER
    if sum(letter.isdecimal() for letter in text) < asked.min_digits:
        yield Rule.NEEDS_DIGIT


def _plain(text: str) -> str:
    """Return `text` as somebody would compare it: one width, capitals, nothing in between."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).upper())


def _holds(text: str, number: str) -> bool:
    """Tell whether `text` holds the number, or enough of it in a row."""
    value = _plain(number)
    if len(value) < _SHORTEST:
        return False
    run = min(_RUN, len(value))
    return any(value[at : at + run] in text for at in range(len(value) - run + 1))


def _little_besides(text: str, names: tuple[str, ...], least: int) -> bool:
    """Tell whether, without the words of `names`, too little of `text` is left to be one."""
    words = {_plain(word) for name in names for word in name.split()}
    left = text
    for word in sorted(words, key=len, reverse=True):
        telling = len(word) >= _SHORTEST or not word.isascii()
        left = left.replace(word, "") if word and telling else left
    return left != text and len(left) < least


def _days(day: date | None) -> Iterator[str]:
    """Yield the ways in which people write a day without separators."""
    if day is None:
        return
    for pattern in ("%Y%m%d", "%y%m%d", "%d%m%Y", "%m%d%Y", "%d%m%y", "%m%d%y"):
        yield day.strftime(pattern)
    if day.year > _ROC:
        yield f"{day.year - _ROC}{day:%m%d}"
