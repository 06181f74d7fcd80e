"""Every refusal has words in every language, and its words ask for no fact it does not bring."""

import ast
from pathlib import Path

import pytest

from cinnabar.firm import load_firm
from cinnabar.firm.shape import placeholders
from cinnabar.kernel.refusal import Refusal
from cinnabar.words import catalogue, languages

SOURCE = Path(__file__).parents[2] / "src/cinnabar"
PARTS = ("title", "detail", "next")
ALWAYS = {"firm", "hotline", "hotlines", "hours", "mail", "id", "where"}
TAIWAN = load_firm("taiwan")


def raised() -> list[tuple[str, str, set[str]]]:
    """Return every `Refused(Refusal.NAME, fact=…)` of the source: where, name, facts."""
    found = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (name := refusal_of(node)):
                facts = {keyword.arg for keyword in node.keywords if keyword.arg}
                found.append((f"{path.name}:{node.lineno}", name, facts))
    return found


def refusal_of(call: ast.Call) -> str | None:
    if not (isinstance(call.func, ast.Name) and call.func.id == "Refused" and call.args):
        return None
    first = call.args[0]
    if isinstance(first, ast.Attribute) and isinstance(first.value, ast.Name):
        return first.attr if first.value.id == "Refusal" else None
    return None


def mentioned(refusal: Refusal) -> set[str]:
    facts: set[str] = set()
    for part in PARTS:
        facts |= placeholders(catalogue("en")[f"refusals.{refusal.value}.{part}"]) or set()
    return facts - ALWAYS


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_says_what_happened_and_what_to_do_next(language, refusal):
    for part in PARTS:
        said = catalogue(language)[f"refusals.{refusal.value}.{part}"]
        if part != "title":
            assert said.endswith(("。", "."))


@pytest.mark.parametrize("language", languages())
def test_no_words_are_kept_for_refusals_there_are_not(language):
    spoken = {key.split(".")[1] for key in catalogue(language) if key.startswith("refusals.")}
    assert spoken - {"where"} == {refusal.value for refusal in Refusal}


def test_whoever_refuses_brings_the_facts_its_sentence_mentions():
    calls = raised()
    assert len(calls) > 10
    short = [
        (where, name, mentioned(Refusal[name]) - facts)
        for where, name, facts in calls
        if mentioned(Refusal[name]) - facts
    ]
    assert short == []


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("refusal", [Refusal.SIGN_IN_FAILED, Refusal.TOO_MANY_TRIES])
def test_a_stranger_learns_nothing_of_who_is_a_customer(language, refusal):
    said = " ".join(catalogue(language)[f"refusals.{refusal.value}.{part}"] for part in PARTS)
    telling = {"不存在", "鎖定", "未註冊", "locked", "no such", "exist", "unknown", "registered"}
    assert {word for word in telling if word in said.lower()} == set()


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "refusal",
    [
        *(Refusal.SIGN_IN_FAILED, Refusal.TOO_MANY_TRIES, Refusal.NO_CONTACT),
        *(Refusal.CODE_DAY_LIMIT, Refusal.CODE_DISABLED, Refusal.REVOKE_LIMIT),
        *(Refusal.REAPPLY_BLOCKED, Refusal.TROUBLE, Refusal.SIGNING_UNAVAILABLE),
    ],
)
def test_where_a_customer_cannot_help_himself_there_is_somebody_to_call(language, refusal):
    assert "{hotline}" in catalogue(language)[f"refusals.{refusal.value}.next"]
