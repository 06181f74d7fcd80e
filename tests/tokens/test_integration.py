"""What docs/integration/soft-token.md tells integrators and auditors is so."""

import json
import re
import subprocess
import sys

import pytest

from cinnabar.flows.assurance import acr
from cinnabar.journal.events import Event
from cinnabar.tokens.soft import evidence
from cinnabar.tokens.soft.words import pair
from tests.support.tree import TOP

PAGE = (TOP / "docs" / "integration" / "soft-token.md").read_text()


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return found


def rows(heading: str) -> list[list[str]]:
    """Return the names in code of each row of the first table below a heading."""
    (part,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [re.findall(r"`([^`]+)`", line) for line in lines]


def test_the_worked_example_is_good_evidence():
    good = evidence.check(block("json").encode())
    assert (good.answer, good.by, good.seen["number"]) == ("approve", "pin", "47")
    assert set(json.loads(block("json"))) <= set(re.findall(r"`(\w+)`", PAGE))


@pytest.mark.parametrize(("lie", "found"), [("", 0), ("Firefox", 1), ("approve", 1)])
def test_it_is_checked_without_the_product(tmp_path, lie, found):
    file, script = tmp_path / "evidence.json", tmp_path / "check.py"
    script.write_text(block("python"))
    file.write_text(block("json").replace(lie or "\0", "Safari"))
    command = [sys.executable, "-I", str(script), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == found, done.stderr
    assert found or done.stdout.startswith("approve {")


def test_the_two_words_are_those_of_the_key():
    key = json.loads(block("json"))
    named = evidence.check(json.dumps(key).encode()).key
    told = dict(re.findall(r"^\| `?([\w-]+)`? \| `?([^|`]+?)`? \|$", PAGE, re.MULTILINE))
    assert told["name"] == named
    assert told["en"] == pair("en", named)
    assert told["zh-Hant"] == pair("zh-Hant-TW", named) == pair("zh-Hant-HK", named)


def test_the_names_of_what_was_proved_add_up_as_told():
    told = rows("What was proved")
    assert told
    for *amr, level in told:
        assert acr(frozenset(amr)) == level


def test_every_event_of_tokens_is_told_and_none_else():
    told = {name for row in rows("The journal") for name in row if ":" in name}
    ours = ("token:", "token-pin:", "token-code:", "approval:", "approvals:", "biometrics:", "push")
    assert told == {event for event in Event if event.startswith(ours)}
