"""Finding questions by what somebody types: on the server, so that it needs no script."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cinnabar.faces.web.questions import Question, Subject

LONGEST = 64
"""Characters that count; who types more is not asking for a question."""

IN_FULL = 5
"""How many are shown with their answers; the rest as links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A question that fits, and the subject on whose page it stands."""

    subject: Subject
    question: Question


def plain(typed: str) -> str:
    """Return what counts of what was typed: full-width and capital letters are as plain ones."""
    return " ".join(unicodedata.normalize("NFKC", typed[:LONGEST]).casefold().split())


def search(subjects: Sequence[Subject], typed: str) -> tuple[Found, ...]:
    """Return the questions in which every word of `typed` stands, first those that ask it.

    Nothing for nothing typed.
    """
    wanted = plain(typed).split()
    if not wanted:
        return ()
    asked, answered = [], []
    for one in _all(subjects):
        ask = _text(one.question.ask)
        if _holds(ask, wanted):
            asked.append(one)
        elif _holds(f"{ask} {_text(*one.question.answer)}", wanted):
            answered.append(one)
    return (*asked, *answered)


def _all(subjects: Sequence[Subject]) -> Iterator[Found]:
    for subject in subjects:
        for question in subject.questions:
            yield Found(subject=subject, question=question)


def _text(*parts: str) -> str:
    return unicodedata.normalize("NFKC", " ".join(parts)).casefold()


def _holds(text: str, wanted: Sequence[str]) -> bool:
    return all(word in text for word in wanted)
