"""Words, firm facts and built files in templates. Nothing is decided here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString

from cinnabar.faces.web import assets
from cinnabar.faces.web.request import WebRequest
from cinnabar.firm.model import Firm
from cinnabar.words import Words

register = template.Library()

_NUMBER = re.compile(r"(\(?\d[\d:]*\)?(?:[-– ]\d[\d:]*)+)")
"""A telephone number, a date or hours: digits joined by dashes or blanks, where lines may break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """The consent text in one language, in the order it is read (CRT-19)."""

    version: str
    title: str
    lead: str
    preamble: str
    basis: tuple[str, ...]
    duties: tuple[str, ...]


@register.simple_tag(takes_context=True)
def say(context: Context, key: str, **facts: object) -> str:
    """Return the sentence `key` in the page's language; templates escape it."""
    return _words(context).say(key, **facts)


@register.simple_tag(takes_context=True)
def words_for(context: Context, *topics: str) -> SafeString:
    """Return the data block `words` with the scripts' sentences of `topics` (`js.<topic>.…`)."""
    words = _words(context)
    said = {
        f"{topic}.{key}": sentence
        for topic in topics
        for key, sentence in words.under(f"js.{topic}.").items()
    }
    return json_script(said, "words")


@register.simple_tag(takes_context=True)
def house(context: Context) -> Firm:
    """Return the firm: its formats, columns and labels."""
    return _request(context).env.firm


@register.simple_tag(takes_context=True)
def phone_keys(context: Context) -> Sequence[tuple[int, str]]:
    """Return the keys of a telephone as they lie, with the voice line's letters on each (P99)."""
    letters = house(context).password.voice.letters
    on = {
        digit: "".join(text for text, at in letters.items() if at == digit) for digit in range(10)
    }
    return [(digit, on[digit]) for digit in (*range(1, 10), 0)]


@register.simple_tag(takes_context=True)
def consent_text(context: Context) -> ConsentText:
    """Return the consent in the page's language."""
    consent, language = house(context).consent, _words(context).language
    return ConsentText(
        version=consent.version,
        title=consent.title[language],
        lead=consent.lead[language],
        preamble=consent.preamble[language],
        basis=consent.legal_basis[language],
        duties=consent.duties(language),
    )


@register.simple_tag(takes_context=True)
def span(context: Context, start: str, end: str) -> SafeString:
    """Return two written instants joined as the firm does (P182, P183), neither of them broken."""
    instant = '<time class="figures">{}</time>'
    pieces = {"start": format_html(instant, start), "end": format_html(instant, end)}
    return format_html(house(context).formats.span, **pieces)


@register.filter
def of(texts: Mapping[str, object], key: str) -> object:
    """Return the entry of a mapping: the text of a language."""
    return texts[key]


@register.filter
def unbroken(text: str) -> SafeString:
    """Return `text` with its numbers kept whole: a dash in them ends no line."""
    pieces = _NUMBER.split(text)
    kept = ('<span class="keep">{}</span>' if at % 2 else "{}" for at in range(len(pieces)))
    return format_html_join(
        "", "{}", ((format_html(how, piece),) for how, piece in zip(kept, pieces, strict=True))
    )


@register.simple_tag
def style() -> SafeString:
    """Return the link to the built style."""
    found = assets.find("style.css")
    link = '<link rel="stylesheet" href="{}" integrity="{}">'
    return format_html(link, found.address, found.integrity)


@register.simple_tag
def scripts() -> SafeString:
    """Return the element of the built script, which serves every page."""
    found = assets.find("app.js")
    element = '<script type="module" src="{}" integrity="{}"></script>'
    return format_html(element, found.address, found.integrity)


@register.simple_tag
def scanner() -> SafeString:
    """Return the element of the script that reads QR codes, for the one page with a camera."""
    found = assets.find("scan.js")
    element = '<script type="module" src="{}" integrity="{}"></script>'
    return format_html(element, found.address, found.integrity)


@register.simple_tag
def script(name: str) -> SafeString:
    """Say which of its parts brings this page to life (frontend/src/main.ts)."""
    return format_html('<meta name="script" content="{}">', name)


def _words(context: Context) -> Words:
    return cast("Words", context["words"])


def _request(context: Context) -> WebRequest:
    return cast("WebRequest", context.request)  # type: ignore[attr-defined]  # a RequestContext
