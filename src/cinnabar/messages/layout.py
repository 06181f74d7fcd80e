"""One letter, laid out as text and as HTML.

The HTML loads nothing, links nowhere and escapes every value; the seal is text with a ground.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.template import Context, Engine, Template

from cinnabar.firm.model import Firm
from cinnabar.words import Words

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mail says, before it has a shape. It prints without its code.

    `rows` are pairs of label and value; `care` says what to do if it was not the reader.
    """

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    care: str
    code_label: str = ""
    code: str = field(default="", repr=False)
    rows: tuple[tuple[str, str], ...] = ()


def as_text(firm: Firm, words: Words, letter: Letter, *, signed: bool) -> str:
    """Return the letter as plain text; the code comes right below the heading."""
    pairs = [(letter.code_label, letter.code)] if letter.code else []
    blocks = [
        _banner(firm, words),
        letter.heading,
        _pairs(words, pairs),
        firm.notify.greeting[words.language],
        *letter.paragraphs,
        _pairs(words, letter.rows),
        letter.care,
        firm.notify.signoff[words.language],
        "\n".join([words.say("messages.mail.notes-title"), *_bullets(words, signed=signed)]),
        "\n".join([words.say("messages.mail.hotlines"), firm.identity.address[words.language]]),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def as_html(firm: Firm, words: Words, letter: Letter, *, signed: bool) -> str:
    """Return the letter as one HTML page of its own."""
    language = words.language
    context = {
        "letter": letter,
        "language": language,
        "firm": firm.identity.names[language],
        "group": firm.identity.group_line[language],
        "seal": firm.identity.seal,
        "accent": firm.identity.accent,
        "banner": _banner(firm, words),
        "greeting": firm.notify.greeting[language],
        "signoff": firm.notify.signoff[language],
        "notes_title": words.say("messages.mail.notes-title"),
        "notes": _notes(words, signed=signed),
        "hotline": words.say("messages.mail.hotlines"),
        "address": firm.identity.address[language],
    }
    return _template("mail.html").render(Context(context, autoescape=True))


def _banner(firm: Firm, words: Words) -> str:
    return firm.identity.environment_banner[words.language]


def _pairs(words: Words, pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> str:
    return "\n".join(words.say("messages.mail.pair", label=a, value=b) for a, b in pairs)


def _bullets(words: Words, *, signed: bool) -> list[str]:
    return [f"- {note}" for note in _notes(words, signed=signed)]


def _notes(words: Words, *, signed: bool) -> list[str]:
    """Return the notes that are true of this mail (M-MAIL-NOTE-1, -2, M-MAIL-NOREPLY)."""
    names = ("note-no-ask", *(("note-signed",) if signed else ()), "note-no-reply")
    return [words.say(f"messages.mail.{name}") for name in names]


@cache
def _template(name: str) -> Template:
    # An engine of its own: a mail needs no setting, and no setting can switch escaping off.
    return Engine(dirs=[str(_TEMPLATES)]).get_template(name)
