"""What a firm file says its own way must be something the product says at all."""

from collections.abc import Iterator
from difflib import get_close_matches

from cinnabar.firm.faults import FirmFileError, wrong
from cinnabar.firm.model import Firm
from cinnabar.firm.shape import placeholders
from cinnabar.words.catalogue import catalogue


def refuse_unknown(firm: Firm) -> None:
    """Raise `FirmFileError` for the first entry of `[words]` that would never be said rightly."""
    for fault in faults(firm):
        raise fault


def faults(firm: Firm) -> Iterator[FirmFileError]:
    """Yield what is wrong with the firm's own sentences: unknown keys and other places."""
    for language, own in firm.words.items():
        known = catalogue(language)
        for key, sentence in own.items():
            at = f"words.{language}.{key}"
            if key not in known:
                near = get_close_matches(key, known, n=1)
                meant = f"a key of the catalogue{f', such as {near[0]}' if near else ''}"
                yield FirmFileError(at, "is not a sentence of the product", meant)
                continue
            places = placeholders(known[key]) or set()
            if not sentence or placeholders(sentence) != places:
                listed = ", ".join(f"{{{name}}}" for name in sorted(places)) or "none"
                yield wrong(at, sentence, f"a text with the placeholders {listed}")
