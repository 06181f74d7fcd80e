"""The field for a new password: what the page says of it, and what comes back (PWD-07, PWD-08)."""

from collections.abc import Iterator
from dataclasses import dataclass

from cinnabar.faces.web.inputs import form_text
from cinnabar.faces.web.request import WebRequest
from cinnabar.firm.password import Blocked, PasswordPolicy
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Standard, standard
from cinnabar.words import Words

AGAIN = "_again"

_MOST = 1000
"""Characters read of a field. A password is never cut: one too long is refused by name (PWD-02)."""

_OWN: tuple[Blocked, ...] = ("identifier", "birth-date", "mobile", "account")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule on the page; `check` is how the script calls it if it can tell by itself."""

    says: str
    check: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What `parts/new_password.html` shows; its fields are called `name` and `again`."""

    name: str
    again: str
    label: str
    rules: Standard
    lines: tuple[Line, ...]
    live: bool
    for_managers: str
    """How a password manager makes one that fits (the attribute `passwordrules`)."""


def asked(request: WebRequest, kind: PasswordKind, name: str = "new") -> Asked:
    """Return what the page says of a new password of `kind` in the field `name`."""
    policy, words = request.env.firm.password, request.words
    rules = standard(policy, kind)
    return Asked(
        name=name,
        again=name + AGAIN,
        label=words.say(f"new-password.label-{_of_length(rules, rules.charset)}", **_facts(rules)),
        rules=rules,
        lines=(*_lines(words, rules), *_lasting(policy, words, kind)),
        live=policy.live_ticks,
        for_managers=_for_managers(rules),
    )


def typed(request: WebRequest, name: str = "new") -> Password:
    """Return the new password in the field `name` of the form that was sent.

    Raises `Refused`: INPUT_MISSING, INPUT_REPEATED, INPUT_MALFORMED, INPUT_TOO_LONG, and
    PASSWORD_DIFFERS if it was not typed the same twice (P88).
    """
    first, second = (
        Password(form_text(request, field, most=_MOST)) for field in (name, name + AGAIN)
    )
    if first != second:
        raise Refused(Refusal.PASSWORD_DIFFERS)
    return first


def _lines(words: Words, rules: Standard) -> Iterator[Line]:
    say = words.say
    yield Line(
        says=say(f"new-password.{_of_length(rules, 'length')}", **_facts(rules)), check="length"
    )
    yield Line(says=say(f"new-password.{rules.charset}"), check="charset")
    if rules.charset != "digits":
        yield Line(says=say("new-password.case"))
    for name, least in (("needs-letter", rules.min_letters), ("needs-digit", rules.min_digits)):
        if least:
            yield Line(says=say(f"new-password.{name}", n=least), check=name)
    yield from _blocked(words, rules)
    if rules.history:
        key = "history" if rules.history > 1 else "history-one"
        yield Line(says=say(f"new-password.{key}", n=rules.history))
    yield Line(says=say("new-password.same"), check="same")


def _lasting(policy: PasswordPolicy, words: Words, kind: PasswordKind) -> Iterator[Line]:
    """Yield how long the new password will hold, where it ends at all (P87, M-HK-RULE-6)."""
    ages = {
        PasswordKind.LOGIN: policy.login.max_age,
        PasswordKind.WITHDRAWAL: policy.withdrawal.max_age,
    }
    if age := ages.get(kind):
        yield Line(says=words.say("new-password.lasts", days=age.days))


def _blocked(words: Words, rules: Standard) -> Iterator[Line]:
    own = [words.say(f"new-password.own-{name}") for name in _OWN if name in rules.blocklist]
    if own:
        what = words.say("formats.join").join(own)
        yield Line(says=words.say("new-password.own", what=what))
    if "firm" in rules.blocklist:
        yield Line(says=words.say("new-password.firm-name"))
    listed = [name for name in ("common", "breached") if name in rules.blocklist]
    if listed:
        yield Line(says=words.say(f"new-password.{'-or-'.join(listed)}"))


def _of_length(rules: Standard, key: str) -> str:
    return f"{key}-exact" if rules.min == rules.max else key


def _facts(rules: Standard) -> dict[str, int]:
    return {"min": rules.min, "max": rules.max}


def _for_managers(rules: Standard) -> str:
    allowed = {
        "digits": "digit",
        "letters-and-digits": "upper, lower, digit",
        "any": "ascii-printable",
    }[rules.charset]
    wanted = [f"minlength: {rules.min}", f"maxlength: {rules.max}", f"allowed: {allowed}"]
    if rules.min_letters:
        wanted.append("required: upper, lower")
    if rules.min_digits:
        wanted.append("required: digit")
    return "; ".join(wanted) + ";"
