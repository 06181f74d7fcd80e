"""docs/policy.md says what the dataclasses say, and every rule of the matrix has its key."""

import re
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from click.testing import CliRunner

from cinnabar.cli.firm import firm_group
from cinnabar.firm import Firm, load_firm
from cinnabar.firm.part import Key, inner_kind
from cinnabar.firm.reference import carried, leaves, reference
from cinnabar.firm.said import SAID_BY_WORDS
from cinnabar.firm.shape import Only, Unlike
from cinnabar.words import catalogue, languages

ROOT = Path(__file__).parents[2]
SECTIONS = (range(1, 52), range(136, 209), range(230, 255))
"""The rules of the matrix in 2.1 to 2.3, 2.9 to 2.12, and 2.14 with 2.15."""


def test_the_page_on_the_firm_file_is_current():
    assert (ROOT / "docs/policy.md").read_text(encoding="utf-8") == reference(), (
        "write it anew: cinnabar firm reference > docs/policy.md"
    )


def test_the_command_writes_the_page():
    ran = CliRunner().invoke(firm_group, ["reference"])
    assert (ran.exit_code, ran.output) == (0, reference())


def test_every_rule_of_the_matrix_is_carried_by_a_key_or_a_sentence():
    wanted = {f"P{number}" for section in SECTIONS for number in section}
    assert sorted(wanted - set(carried())) == []


def test_every_sentence_that_carries_a_rule_is_in_every_language():
    for language in languages():
        for rule, sentences in SAID_BY_WORDS.items():
            for sentence in sentences:
                assert sentence in catalogue(language), (rule, language)


def test_every_key_says_what_it_means():
    silent = [name for name, key in leaves(Firm) if not key.about.text.endswith((".", "?"))]
    assert silent == []


def constant(key: Key) -> bool:
    """Say whether only one value is accepted, so that nothing has to read it."""
    plain = key.kind.plain
    if key.kind.mark(Only) or get_origin(plain) is Literal:
        return key.kind.mark(Only) is not None or len(get_args(plain)) == 1
    inner, least = inner_kind(key.kind).plain if get_args(plain) else None, key.kind.mark(Unlike)
    return get_origin(inner) is Literal and getattr(least, "least", 0) == len(get_args(inner))


def test_every_key_is_acted_upon_or_says_for_which_part_it_is_carried():
    here = (ROOT / "src/cinnabar/firm", ROOT / "src/cinnabar/cli/firm.py")
    own = (
        "consent.py",
        "masks.py",
        "formats.py",
        "model.py",
        "mobiles.py",
    )  # these act on keys themselves
    source = "".join(
        path.read_text("utf-8")
        for suffix in ("py", "html")
        for path in (ROOT / "src/cinnabar").rglob(f"*.{suffix}")
        if path.name in own or not any(path.is_relative_to(place) for place in here)
    )
    idle = [
        name
        for name, key in leaves(Firm)
        if not (key.about.later or constant(key)) and not re.search(rf"\.{key.attribute}\b", source)
    ]
    assert idle == []


@pytest.mark.parametrize("sample", ["5523", "0902", "1852", "2357", "1143"])
def test_p51_the_documents_codes_are_codes_of_the_taiwan_firm(sample):
    code = load_firm("taiwan").code
    assert (len(sample), set(sample) <= set(code.alphabet)) == (code.length, True)
