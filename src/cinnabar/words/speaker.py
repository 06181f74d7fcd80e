"""Saying a sentence of the catalogue in a customer's language, for a firm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter

from cinnabar.firm.model import Firm
from cinnabar.kernel.refusal import Refused
from cinnabar.words.catalogue import catalogue
from cinnabar.words.variants import lacking, variants


class UnknownWordError(LookupError):
    """There is no such sentence, or a fact it mentions was not given."""


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """What a refusal says: a heading, what happened, and what to do next."""

    title: str
    detail: str
    next: str


class Words:
    """The sentences of one language, with a firm's own where it says something its own way."""

    def __init__(self, firm: Firm, language: str) -> None:
        """Speak `language` if the firm does, else the firm's usual one."""
        identity = firm.identity
        self.language = language if language in identity.languages else identity.locale
        self._firm = firm
        self._all = catalogue(self.language)
        self._own = {**variants(firm, self.language), **firm.words[self.language]}
        self._always = {
            "firm": identity.names[self.language],
            "hotline": identity.hotline,
            "hotlines": self._all["formats.join"].join(identity.hotlines),
            "hours": identity.hotline_hours[self.language],
            "mail": identity.service_mail,
            "id": firm.login.id_label[self.language],
        }

    @property
    def says_all(self) -> bool:
        """Say whether the firm offers all that the usual sentences speak of."""
        return not lacking(self._firm)

    def say(self, key: str, /, **facts: object) -> str:
        """Return the sentence of `key` with its places filled.

        `{firm}`, `{hotline}`, `{hotlines}`, `{hours}`, `{mail}` and `{id}`, what the identifier is
        called, are always there; an instant is written in the firm's time zone. Raises
        `UnknownWordError`.
        """
        return self._fill(self._sentence(key), facts, key)

    def under(self, prefix: str) -> Mapping[str, str]:
        """Return the sentences whose keys start with `prefix`, for a script that fills them.

        The facts that are always there are filled in; other places stay as `{name}`. Keys are
        given without the prefix.
        """
        return {
            key.removeprefix(prefix): self._fill_known(self._sentence(key))
            for key in self._all
            if key.startswith(prefix)
        }

    def refusal(self, refused: Refused) -> RefusalWords:
        """Return what is said to a customer who was refused.

        `{where}` is there besides the refusal's facts: the field concerned, or nothing. A fact
        `why` holds keys of sentences, which are said with the other facts.
        """
        key = f"refusals.{refused.refusal.value}"
        field = refused.facts.get("field")
        where = self.say("refusals.where", field=field) if field else ""
        facts = {**refused.facts, "where": where, "why": self._why(refused.facts)}
        title, detail, then = (
            self.say(f"{key}.{part}", **facts) for part in ("title", "detail", "next")
        )
        return RefusalWords(title, detail, then)

    def moment(self, pattern: str, at: datetime) -> str:
        """Return `at` in the firm's time zone, written with a pattern of `firm.formats`."""
        return self._firm.local(at).strftime(pattern)

    def span(self, pattern: str, start: datetime, end: datetime) -> str:
        """Return two instants in the firm's time zone, joined as the firm does."""
        local = self._firm.local
        return self._firm.formats.between(pattern, local(start), local(end))

    def _why(self, facts: Mapping[str, object]) -> str:
        keys = facts.get("why")
        if not isinstance(keys, tuple):
            return ""
        return self.say("formats.reasons").join(self.say(key, **facts) for key in keys)

    def _sentence(self, key: str) -> str:
        try:
            return self._own[key] if key in self._own else self._all[key]
        except KeyError:
            msg = f"no sentence {key} in {self.language}"
            raise UnknownWordError(msg) from None

    def _fill(self, sentence: str, facts: Mapping[str, object], key: str) -> str:
        try:
            return sentence.format_map({**self._always, **self._shown(facts)})
        except KeyError as missing:
            msg = f"{key} mentions {missing}, which was not given"
            raise UnknownWordError(msg) from None

    def _shown(self, facts: Mapping[str, object]) -> dict[str, object]:
        pattern = self._firm.formats.panel
        return {
            name: self.moment(pattern, fact) if isinstance(fact, datetime) else fact
            for name, fact in facts.items()
        }

    def _fill_known(self, sentence: str) -> str:
        pieces: list[str] = []
        for text, name, _, _ in Formatter().parse(sentence):
            pieces.append(text)
            if name is not None:
                pieces.append(self._always.get(name, f"{{{name}}}"))
        return "".join(pieces)
