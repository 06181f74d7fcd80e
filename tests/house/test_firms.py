"""Two firms differ by their files alone: no line of code asks which one it serves."""

import ast
import re
from collections.abc import Iterator
from typing import get_args

import pytest

from cinnabar.firm import load_firm, shipped
from cinnabar.firm.identity import Language
from tests.support.tree import TOP, written

NAMES = frozenset(
    {
        *shipped(),
        *get_args(Language),
        *(str(load_firm(name).identity.timezone) for name in shipped()),
        *(load_firm(name).certificate.country for name in shipped()),
    }
)
"""Firms, languages, places: what code could ask for instead of asking for a rule."""

ALLOWED = {
    "src/cinnabar/firm/identity.py": "the languages a firm file may list",
    "src/cinnabar/firm/reference.py": "the files whose values the page of keys shows",
    "src/cinnabar/config/options.py": "the firm of an installation that names none",
    "src/cinnabar/cli/demo.py": "the firm of a demo that names none",
    "src/cinnabar/signer/ca_certificates.py": "the language of the firm's name in a certificate",
    "src/cinnabar/cli/customers.py": "the language in which a command speaks to operators",
}
WORDS = {"en", "strong"}
"""Names that are ordinary words where no Python is written."""

SAID = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(NAMES - WORDS)))})\b")


def code() -> Iterator[tuple[str, str]]:
    """Give each file of the product that people wrote as code, with its text."""
    for path, text in written():
        if path.parts[0] == "src" or path.parts[:2] == ("frontend", "src"):
            yield path.as_posix(), text


def named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Give each name of a firm, language or place that stands as a text in Python code."""
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in NAMES and id(node) not in documented:
            yield node.lineno, str(node.value)


def test_no_python_names_a_firm_a_language_or_a_place():
    found = {
        f"{path}:{line}": name
        for path, text in code()
        if path.endswith(".py") and path not in ALLOWED
        for line, name in named(ast.parse(text))
    }
    assert found == {}


def test_no_template_and_no_script_names_one():
    found = {
        f"{path}:{number}": line.strip()
        for path, text in code()
        if not path.endswith(".py")
        for number, line in enumerate(text.splitlines(), start=1)
        if SAID.search(line)
    }
    assert found == {}


@pytest.mark.parametrize("path", sorted(ALLOWED))
def test_each_exception_is_still_needed(path):
    assert list(named(ast.parse((TOP / path).read_text())))


def test_the_files_that_belong_to_one_firm_hold_data_only():
    """Announcements of a demo lie under the firm's name; no code does."""
    below = [
        path
        for path in (TOP / "src/cinnabar").rglob("*")
        if {*path.relative_to(TOP).parts} & {*shipped()}
    ]
    assert {path.suffix for path in below if path.is_file()} <= {".toml"}


def test_the_test_would_find_one():
    asked = 'def f(env):\n    """hongkong"""\n    return env.firm.identity.code == "hongkong"\n'
    assert list(named(ast.parse(asked))) == [(3, "hongkong")]
    assert SAID.search("if (document.documentElement.lang === 'zh-Hant-HK') {")
