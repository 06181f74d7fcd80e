"""kill -9 at any point: the journal loses nothing, doubles nothing and still verifies."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from cinnabar.journal.models import Entry
from cinnabar.kernel.dice import LoadedDice
from tests.journal.support import Journal

KILLS = 60

# For every line it is sent it starts a sequencer, as the worker runs it but without rest, that
# tells its process id and then a line for each tick.
NURSERY = """
import os, sys, types
from pathlib import Path
import django
django.setup()
from cinnabar.journal.notary import load_notary
from cinnabar.journal.sequencer import tick
from cinnabar.kernel.clock import SystemClock
world = types.SimpleNamespace(clock=SystemClock())
notary, outside = load_notary(Path(sys.argv[1])), Path(sys.argv[2])
for line in sys.stdin:
    if child := os.fork():
        os.waitpid(child, 0)
        print("gone", flush=True)
        continue
    print(os.getpid(), flush=True)
    while True:
        tick(world, notary, outside, limit=5)
        print(flush=True)
"""


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_sequencer_killed_again_and_again_loses_and_doubles_nothing(journal, tmp_path):
    dice, told = LoadedDice(2026), 0
    with nursery(tmp_path / "journal.key", journal.outside) as (ask, answers):
        for _ in range(KILLS):
            ask.write("\n")
            ask.flush()
            told += outlive_a_kill(journal, answers, dice)
    while journal.tick() is not None:
        pass
    assert Entry.objects.count() == told
    places = Entry.objects.order_by("leaf_index").values_list("leaf_index", flat=True)
    assert list(places) == list(range(told))
    findings, summary = journal.look()
    assert findings == []
    assert (summary.entries, summary.waiting, summary.behind) == (told, 0, False)
    assert summary.outside == summary.inside > KILLS


def outlive_a_kill(journal: Journal, answers: IO[str], dice: LoadedDice) -> int:
    """Write while a sequencer works, kill it somewhere; return how much was written."""
    ticks, batch, rest = (octet % 6 for octet in dice.octets(3))
    pid = int(answers.readline())
    try:
        for _ in range(ticks):
            journal.tell(batch)
            assert answers.readline() == "\n"
        journal.tell(rest)
    finally:
        os.kill(pid, signal.SIGKILL)
    while answers.readline().strip() != "gone":
        pass
    assert journal.check() == []
    return ticks * batch + rest


@contextmanager
def nursery(key: Path, outside: Path) -> Iterator[tuple[IO[str], IO[str]]]:
    """Start what starts sequencers; yield how to ask it and where they answer."""
    command: list[str | os.PathLike[str]] = [sys.executable, "-c", NURSERY, key, outside]
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "cinnabar.config.settings"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdin, process.stdout
        process.stdin.close()
        assert process.wait() == 0
