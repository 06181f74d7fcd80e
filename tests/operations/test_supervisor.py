"""Processes kept running, and none left behind: real processes, told apart by what they write."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from cinnabar.config.supervisor import Job, Supervisor, run_once
from tests.support.processes import alive, eventually

SAYS_ITS_NUMBER = """
import os, signal, sys
sys.path[:0] = {path!r}
from cinnabar.config import leash
leash.wear(os.environ)
with open({pids!r}, "a") as file:
    file.write(f"{{os.getpid()}}\\n")
signal.pause()
"""

STARTS_ANOTHER = """
import subprocess, sys
child = subprocess.Popen(["sleep", "600"])
with open({pids!r}, "a") as file:
    file.write(f"{{child.pid}}\\n")
"""


@pytest.fixture
def pids(tmp_path):
    """Return a function that reads the numbers of the processes that said theirs."""
    file = tmp_path / "pids"
    file.touch()
    return lambda: [int(line) for line in file.read_text().split()]


@pytest.fixture
def job(tmp_path):
    """Return a function that describes a process by its Python source."""

    def describe(source: str) -> Job:
        filled = source.format(pids=str(tmp_path / "pids"), path=sys.path)
        return Job(
            name="child",
            argv=[sys.executable, "-c", filled],
            environ=os.environ,
            log=tmp_path / "child.log",
        )

    return describe


def test_a_killed_process_is_started_again_and_reported(job, pids):
    said: list[str] = []
    supervisor = Supervisor([job(SAYS_ITS_NUMBER)], said.append)
    supervisor.start()
    eventually(lambda: len(pids()) == 1)
    os.kill(pids()[0], signal.SIGKILL)

    def came_back():
        supervisor.look()
        return len(pids()) == 2

    eventually(came_back)
    supervisor.stop(at_once=threading.Event())
    assert said == ["child was killed by SIGKILL; it is started again in 0.5 s"]
    assert not any(alive(pid) for pid in pids())


def test_what_a_dead_process_left_running_is_ended(job, pids):
    said: list[str] = []
    supervisor = Supervisor([job(STARTS_ANOTHER)], said.append)
    supervisor.start()

    def died():
        supervisor.look()
        return said

    eventually(died)
    eventually(lambda: not alive(pids()[0]))
    supervisor.stop(at_once=threading.Event())
    assert said == ["child ended with exit code 0; it is started again in 0.5 s"]


def test_a_process_that_keeps_dying_is_named(job):
    supervisor = Supervisor([job("raise SystemExit(3)")], lambda _: None)
    supervisor.start()

    def named():
        supervisor.look()
        return supervisor.failing()

    assert eventually(named).name == "child"
    supervisor.stop(at_once=threading.Event())


def test_children_end_when_the_supervisor_is_killed(job, pids):
    child = job(SAYS_ITS_NUMBER)
    source = f"""
import os, sys, threading
from pathlib import Path
from cinnabar.config.supervisor import Job, Supervisor
job = Job(name="child", argv={child.argv!r}, environ=os.environ, log=Path({str(child.log)!r}))
Supervisor([job], print).start()
threading.Event().wait()
"""
    supervisor = subprocess.Popen([sys.executable, "-c", source])
    eventually(lambda: len(pids()) == 1)
    supervisor.kill()
    supervisor.wait()
    eventually(lambda: not alive(pids()[0]))


def test_a_job_of_one_run_gives_its_exit_code(job):
    never = threading.Event()
    assert run_once(job("raise SystemExit(3)"), until=never, at_once=never) == 3


def test_a_job_of_one_run_can_be_called_off(job, pids):
    called_off = threading.Event()
    called_off.set()
    assert run_once(job(SAYS_ITS_NUMBER), until=called_off, at_once=threading.Event()) is None
    assert not any(alive(pid) for pid in pids())
