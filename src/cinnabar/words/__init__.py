"""Sentences and labels, per language and topic; firms may say some of them their own way."""

from cinnabar.words.catalogue import CatalogueError, catalogue, languages
from cinnabar.words.overrides import refuse_unknown
from cinnabar.words.speaker import RefusalWords, UnknownWordError, Words

__all__ = [
    "CatalogueError",
    "RefusalWords",
    "UnknownWordError",
    "Words",
    "catalogue",
    "languages",
    "refuse_unknown",
]
