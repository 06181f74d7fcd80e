"""A long file takes no more memory than a short one, and a kill in its middle loses nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from cinnabar.customers.models import Contact, Customer, TradingAccount
from tests.customers.support import csv_of, nobody
from tests.support.processes import eventually
from tests.support.world import RING

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

SHORT, LONG = 6_000, 36_000
ALLOWED = 24 * 1024
"""KiB between the peaks of the two: a quarter of what their difference would take as objects."""


@pytest.fixture
def keyring():
    path = settings.OPTIONS.keyring
    path.parent.mkdir(parents=True, exist_ok=True)
    RING.save(path)
    yield
    path.unlink()


def start(file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cinnabar.cli", "customers", "import", str(file)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def peak(file: Path) -> int:
    """Import `file` in a process of its own; return the most memory it had, in KiB."""
    process = start(file)
    output, problem = process.stdout.read(), process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (output, problem)
    return used.ru_maxrss


def people(place: Path, count: int) -> Path:
    file = place / f"{count}.csv"
    with file.open("wb") as opened:
        opened.write(csv_of())
        for n in range(count):
            opened.write(csv_of(nobody(n)).partition(b"\r\n")[2])
    return file


def test_memory_does_not_grow_with_the_file(keyring, tmp_path):
    short = peak(people(tmp_path, SHORT))
    long = peak(people(tmp_path, LONG))
    assert Customer.objects.count() == LONG
    assert long - short < ALLOWED


def test_an_import_that_was_killed_is_finished_by_running_it_again(keyring, tmp_path):
    file = people(tmp_path, 12_000)
    process = start(file)
    eventually(Customer.objects.count)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    there = Customer.objects.count()
    assert 0 < there < 12_000
    assert there == TradingAccount.objects.count() == Contact.objects.count() // 2
    peak(file)
    assert Customer.objects.count() == TradingAccount.objects.count() == 12_000
