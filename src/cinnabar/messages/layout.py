"""One letter, laid out as text and as HTML.

The HTML loads nothing, links nowhere and escapes every value; the seal is text with a ground.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.template import Context, Engine, Template

from cinnabar.firm.model import Firm
from cinnabar.words import Words

_LONGEST_LARGE_CODE = 8
"""A longer one would not fit a small phone in large print."""

PICTURE = "registration-code"
"""What the HTML calls the picture that comes with the mail (RFC 2392)."""

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mail says, before it has a shape. It prints without its code and its link.

    `picture` is a text that is shown as a QR code below the code. `rows` are pairs of label and
    value; `care` says what to do if it was not the reader. A letter `to_staff` greets nobody and
    does not tell them what we never ask customers for.
    """

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    care: str
    code_label: str = ""
    code: str = field(default="", repr=False)
    picture: str = field(default="", repr=False)
    link_label: str = ""
    link: str = field(default="", repr=False)
    rows: tuple[tuple[str, str], ...] = ()
    to_staff: bool = False


def as_text(firm: Firm, words: Words, letter: Letter, *, signed: bool, greeting: str) -> str:
    """Return the letter as plain text; the code comes right below the heading.

    A link stands on a line of its own, so that a mail program finds both its ends.
    """
    pairs = [(letter.code_label, letter.code)] if letter.code else []
    link = [words.say("messages.mail.link", label=letter.link_label), letter.link]
    blocks = [
        _banner(firm, words),
        letter.heading,
        _pairs(words, pairs),
        "" if letter.to_staff else greeting,
        *letter.paragraphs,
        "\n".join(link) if letter.link else "",
        _pairs(words, letter.rows),
        letter.care,
        "" if letter.to_staff else firm.notify.signoff[words.language],
        "\n".join(_bullets(words, letter, signed=signed)),
        "\n".join([words.say("messages.mail.hotlines"), firm.identity.address[words.language]]),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def as_html(firm: Firm, words: Words, letter: Letter, *, signed: bool, greeting: str) -> str:
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
        "greeting": "" if letter.to_staff else greeting,
        "signoff": "" if letter.to_staff else firm.notify.signoff[language],
        "notes_title": words.say("messages.mail.notes-title"),
        "notes": _notes(words, letter, signed=signed),
        "longest_large_code": _LONGEST_LARGE_CODE,
        "picture": PICTURE,
        "picture_alt": words.say("messages.mail.picture") if letter.picture else "",
        "hotline": words.say("messages.mail.hotlines"),
        "address": firm.identity.address[language],
    }
    return _template("mail.html").render(Context(context, autoescape=True))


def _banner(firm: Firm, words: Words) -> str:
    return firm.identity.environment_banner[words.language]


def _pairs(words: Words, pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> str:
    return "\n".join(words.say("messages.mail.pair", label=a, value=b) for a, b in pairs)


def _bullets(words: Words, letter: Letter, *, signed: bool) -> list[str]:
    notes = (f"- {note}" for note in _notes(words, letter, signed=signed))
    return [words.say("messages.mail.notes-title"), *notes]


def _notes(words: Words, letter: Letter, *, signed: bool) -> list[str]:
    """Return the notes that are true of this mail (M-MAIL-NOTE-1, -2, M-MAIL-NOREPLY)."""
    names = [
        *(() if letter.to_staff else ("note-no-ask",)),
        *(("note-signed",) if signed else ()),
        "note-no-reply",
    ]
    return [words.say(f"messages.mail.{name}") for name in names]


@cache
def _template(name: str) -> Template:
    # An engine of its own: a mail needs no setting, and no setting can switch escaping off.
    return Engine(dirs=[str(_TEMPLATES)]).get_template(name)
