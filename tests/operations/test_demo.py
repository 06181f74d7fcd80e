"""`cinnabar demo`, as a person starts it: one line when it is ready, nothing left when it stops."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.support.processes import alive, eventually, of_the_demo

CINNABAR = Path(sys.executable).with_name("cinnabar")


@contextmanager
def demo(data: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """Run the demo in `data`; whatever the test did to it, it is over afterwards."""
    process = subprocess.Popen(
        [CINNABAR, "demo", "--port", "0", "--data", data, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with process:
            try:
                yield process
            finally:
                process.kill()  # else a test that fails would wait for the demo's end
    finally:
        eventually(lambda: not of_the_demo(data))


def address(process: subprocess.Popen[str]) -> str:
    """Wait for the line that says where the demo answers."""
    assert process.stdout is not None
    line = process.stdout.readline()
    said = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+/)\n", line)
    assert said, line or (process.stderr and process.stderr.read())
    return said[1]


def refused(*arguments: object) -> str:
    """Run a demo that must not start; return its sentence."""
    done = subprocess.run(
        [CINNABAR, "demo", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    (sentence,) = done.stderr.splitlines()
    return sentence


def _dead(pid: int) -> bool:
    return not alive(pid)


def get(url: str) -> bytes:
    """Return the body of a page."""
    with urllib.request.urlopen(url) as answer:
        body: bytes = answer.read()
    return body


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


def test_it_answers_when_it_says_ready_and_ctrl_c_leaves_nothing(data):
    with demo(data) as process:
        url = address(process)
        assert b"A123456789" in get(url + "sign-in/")
        assert json.loads(get(url + "tray/messages.json")) == []
        assert json.loads(get(url + "healthz")) == dict.fromkeys(
            ("database", "signer", "worker"), True
        )
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        assert (process.returncode, out, err) == (0, "", "")
        assert of_the_demo(data) == []


def test_a_second_run_finds_the_first_ones_keys_and_customers(data):
    kept = ["ca/root.crt", "secrets/keyring.json", "cinnabar.sqlite3"]
    before = [(data / name).stat().st_ino for name in kept]
    with demo(data) as process:
        url = address(process)
        assert b"A123456789" in get(url + "sign-in/")
        assert [(data / name).stat().st_ino for name in kept] == before
        assert "runs in" in refused("--port", 0, "--data", data)
        process.terminate()
        assert process.wait() == 0


def test_what_is_killed_comes_back(data):
    with demo(data) as process:
        url = address(process)
        for name in ("signer", "worker", "serve"):
            (pid, *_) = of_the_demo(data, name)
            os.kill(pid, signal.SIGKILL)
            eventually(partial(_dead, pid))

        def well() -> bool:
            try:
                return all(json.loads(get(url + "healthz")).values())
            except OSError:
                return False

        eventually(lambda: len(of_the_demo(data, "signer")) == 1 and well())
        process.send_signal(signal.SIGHUP)
        assert process.wait() == 0
        assert process.stderr is not None
        said = process.stderr.read()
        assert [f"{n} was killed by SIGKILL" in said for n in ("signer", "worker", "web")] == [
            True
        ] * 3


def test_nothing_outlives_a_demo_that_is_killed(data):
    with demo(data) as process:
        address(process)
        process.kill()
        eventually(lambda: of_the_demo(data) == [])


def test_the_other_shipped_firm_starts_too(tmp_path):
    with demo(tmp_path, "--firm", "strong") as process:
        assert b"A123456789" in get(address(process) + "sign-in/")


def test_a_port_in_use_is_said_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert "--port" in refused("--port", port, "--data", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_firm_is_told_that_the_directory_is_taken(data):
    assert "firm taiwan" in refused("--port", 0, "--firm", "strong", "--data", data)


def test_a_firm_file_that_is_wrong_is_named(tmp_path):
    firm = tmp_path / "firm.toml"
    firm.write_text("[identity]\ncode = 3\n")
    sentence = refused("--port", 0, "--firm", firm, "--data", tmp_path / "data")
    assert "identity.code" in sentence


def test_a_place_that_cannot_be_written_is_said_in_one_sentence():
    assert "--data" in refused("--port", 0, "--data", "/proc/demo")
