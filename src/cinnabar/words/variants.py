"""Sentences for firms that do not offer something a usual sentence speaks of.

They stand in `words/<language>/without.toml`, under the name of what is not offered and the key of
the sentence they stand for. So no page, mail or refusal leads to a page that its firm has not.
"""

from collections.abc import Mapping
from functools import cache

from cinnabar.firm.frozen import FrozenMap
from cinnabar.firm.model import Firm
from cinnabar.words.catalogue import catalogue

PREFIX = "without."


def variants(firm: Firm, language: str) -> Mapping[str, str]:
    """Return the sentences that stand for others at `firm`, by the key they stand for."""
    return _variants(lacking(firm), language)


def lacking(firm: Firm) -> tuple[str, ...]:
    """Return what `firm` does not offer; of two that speak for one sentence the later counts."""
    there = {
        "several": len(firm.accounts.modes) > 1,
        "unlock": firm.offers_unlock,
        "voice": firm.offers_voice,
        "certificates": firm.offers_certificates,
        "reissue": firm.offers_reissue,
    }
    return tuple(name for name, offered in there.items() if not offered)


@cache
def _variants(names: tuple[str, ...], language: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in names:
        before = f"{PREFIX}{name}."
        found |= {
            key.removeprefix(before): sentence
            for key, sentence in catalogue(language).items()
            if key.startswith(before)
        }
    return FrozenMap(found)
