"""Every refusal is a question with an answer, or stands in the table of those nobody meets."""

from fnmatch import fnmatchcase

from cinnabar.faces.web.questions import ASKED, LEFT_OUT, REFUSED
from cinnabar.firm.shape import placeholders
from cinnabar.kernel.refusal import Refusal
from cinnabar.words import catalogue

ALWAYS = {"firm", "hotline", "hotlines", "hours", "mail", "id", "where"}
WHERE = "put it under a subject in REFUSED or LEFT_OUT of faces/web/questions.py"


def places(refusal: Refusal) -> int:
    return sum(fnmatchcase(refusal.value, name) for name in (*REFUSED, *LEFT_OUT))


def test_each_refusal_has_one_place():
    assert [refusal.value for refusal in Refusal if places(refusal) != 1] == [], WHERE


def test_the_tables_name_no_subject_that_is_not_there():
    assert set(REFUSED.values()) <= set(ASKED)


def test_what_differs_from_case_to_case_can_be_said_in_general():
    """`[questions.some]` of words/*/reading.toml has a word for each fact of a refusal."""
    words = catalogue("en")
    general = {key.rpartition(".")[2] for key in words if key.startswith("questions.some.")}
    facts = {
        (refusal.value, fact)
        for refusal in Refusal
        if any(fnmatchcase(refusal.value, name) for name in REFUSED)
        for part in ("title", "detail", "next")
        for fact in placeholders(words[f"refusals.{refusal.value}.{part}"]) or ()
    }
    assert [found for found in sorted(facts) if found[1] not in general | ALWAYS] == []


def test_every_general_question_is_asked():
    words = catalogue("en")
    written = {
        key.split(".")[1]
        for key in words
        if key.startswith("questions.") and key.endswith((".ask", ".answer"))
    }
    assert written == {name for names in ASKED.values() for name in names}
