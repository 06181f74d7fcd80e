"""Who may import whom, and which words the journal knows."""

import re
import subprocess
import sys
from pathlib import Path

from cinnabar.journal.events import Event
from tests.support.tree import TOP, source

_DEFINED_AND_SAID = 2


def test_each_part_uses_only_those_that_stand_before_it():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_word_of_the_journal_is_said_somewhere():
    said = source("src/cinnabar")
    silent = [
        event.name
        for event in Event
        if not re.search(rf"\bEvent\.{event.name}\b", said)
        and said.count(f'"{event.value}"') < _DEFINED_AND_SAID
    ]
    assert silent == []


def test_every_word_of_the_journal_is_in_the_past_tense_of_a_noun():
    assert [e.value for e in Event if not re.fullmatch(r"[a-z-]+:[a-z-]+", e.value)] == []
