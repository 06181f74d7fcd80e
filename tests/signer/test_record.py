"""The signer's record: nothing signed is forgotten, whatever dies (CAK-03)."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cinnabar.signer.ledger import Ledger, LedgerConflict, LedgerDamaged, read_ledger
from tests.pki.support import NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.log"


def _write(path: Path, *serials: int) -> None:
    ledger = Ledger(path)
    for serial in serials:
        ledger.record_certificate(serial, b"tbs", NOW)
    ledger.close()


def test_what_was_recorded_is_there_after_a_restart(path):
    _write(path, 5, 6)
    ledger = Ledger(path)
    assert ledger.signed_serials() == {5, 6}
    assert ledger.knows(5)
    assert ledger.holds(5, b"tbs")
    assert not ledger.holds(5, b"another")
    ledger.close()
    assert [(entry.kind, entry.number, entry.at) for entry in read_ledger(path)] == [
        ("certificate", 5, NOW),
        ("certificate", 6, NOW),
    ]


def test_a_serial_keeps_its_contents_over_a_restart(path):
    _write(path, 5)
    ledger = Ledger(path)
    ledger.record_certificate(5, b"tbs", NOW)
    with pytest.raises(LedgerConflict):
        ledger.record_certificate(5, b"another", NOW)
    ledger.close()
    assert len(list(read_ledger(path))) == 1


def test_the_numbers_of_lists_rise_over_a_restart(path):
    ledger = Ledger(path)
    ledger.record_crl(7, b"list", NOW)
    ledger.close()
    ledger = Ledger(path)
    ledger.record_crl(7, b"list", NOW)
    for number, tbs in ((7, b"another"), (6, b"older")):
        with pytest.raises(LedgerConflict):
            ledger.record_crl(number, tbs, NOW)
    ledger.close()


def test_a_line_torn_by_a_crash_is_cut_off_and_the_rest_stays(path):
    _write(path, 5, 6)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert [entry.number for entry in read_ledger(path)] == [5]
    _write(path, 7)
    assert [entry.number for entry in read_ledger(path)] == [5, 7]


@pytest.mark.parametrize("what", ["changed", "taken out", "moved"])
def test_a_line_altered_later_is_found(path, what):
    _write(path, 5, 6, 7)
    lines = path.read_bytes().splitlines(keepends=True)
    if what == "changed":
        lines[1] = lines[1].replace(b"certificate 6", b"certificate 8")
    elif what == "taken out":
        del lines[1]
    else:
        lines[0], lines[1] = lines[1], lines[0]
    path.write_bytes(b"".join(lines))
    with pytest.raises(LedgerDamaged, match=r"line [12]"):
        Ledger(path)


def test_two_signers_cannot_use_one_record(path):
    first = Ledger(path)
    with pytest.raises(LedgerDamaged, match="another signer"):
        Ledger(path)
    first.close()
    Ledger(path).close()


def test_many_threads_lose_nothing(path):
    ledger = Ledger(path)
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda n: ledger.record_certificate(n, b"tbs", NOW), range(1, 801)))
    ledger.close()
    assert sorted(entry.number for entry in read_ledger(path)) == list(range(1, 801))


def test_many_threads_with_one_serial_and_many_contents_record_one(path):
    ledger = Ledger(path)
    ready = threading.Barrier(16)

    def record(n: int) -> bool:
        ready.wait()
        try:
            ledger.record_certificate(5, b"%d" % n, NOW)
        except LedgerConflict:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(record, range(16))) == 1
    ledger.close()
    assert len(list(read_ledger(path))) == 1


def test_a_record_that_cannot_be_written_signs_nothing_more(path):
    ledger = Ledger(path)
    ledger.close()
    with pytest.raises(LedgerDamaged):
        ledger.record_certificate(5, b"tbs", NOW)


_WRITER = """
import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from cinnabar.signer.ledger import Ledger

ledger = Ledger(Path(sys.argv[1]))

def write(first):
    for n in range(first, first + 1_000_000, 4):
        ledger.record_certificate(n, b"tbs", datetime(2026, 11, 20, tzinfo=UTC))
        os.write(1, b"%d\\n" % n)

for n in range(4):
    threading.Thread(target=write, args=(int(sys.argv[2]) + n,)).start()
"""


@pytest.mark.faults
def test_kill_9_loses_nothing_that_was_acknowledged(path):
    acknowledged: set[int] = set()
    for turn in range(5):
        first = 1 + turn * 1_000_000
        command = [sys.executable, "-c", _WRITER, str(path), str(first)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(100 + 37 * turn):
                acknowledged.add(int(writer.stdout.readline()))
            writer.kill()
            acknowledged.update(int(line) for line in writer.stdout if line.endswith("\n"))
        recorded = [entry.number for entry in read_ledger(path)]
        assert acknowledged <= set(recorded)
        assert len(recorded) == len(set(recorded))
