"""An operator says which machines may ask."""

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.cli.callers import command
from cinnabar.faces.machine import callers
from cinnabar.journal.models import Entry
from tests.support import voice_line


@pytest.fixture
def run(env, db, tmp_path, monkeypatch):
    """Run a command in the world of the test, with a data directory of its own."""
    monkeypatch.setattr("cinnabar.cli.callers.world", lambda: env)
    monkeypatch.setattr("cinnabar.cli.callers._path", lambda: tmp_path / callers.FILE)
    return lambda *words: CliRunner().invoke(command, [str(word) for word in words])


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "line.pub"
    path.write_bytes(voice_line.public_pem(voice_line.ed25519()))
    return path


def test_a_line_is_let_in_listed_and_taken_out_again(run, key):
    """Its key's id is what a signed request must call it."""
    id_ = voice_line.keyid("voice-line", voice_line.ed25519())
    assert run("add", "voice-line", key).output == f"voice-line: let in by key {id_}\n"
    assert run("list").output == f"voice-line: key {id_}, since 2026-11-20 02:00 UTC\n"
    again = run("add", "voice-line", key)
    assert (again.exit_code, "already" in again.output) == (2, True)
    assert run("remove", id_).exit_code == 0
    assert run("list").output == ""
    assert run("remove", id_).exit_code == 2
    assert [e.event for e in Entry.objects.order_by("id")] == ["caller:added", "caller:removed"]


def test_a_line_may_have_a_key_and_a_certificate(run, key, tmp_path, clock):
    path = tmp_path / "line.crt"
    own = voice_line.certificate(voice_line.p256(), since=clock.now())
    path.write_bytes(own.public_bytes(Encoding.DER))
    run("add", "voice-line", key)
    assert "by certificate" in run("add", "voice-line", path).output
    assert run("list").output.count("voice-line: ") == 2


def test_what_is_neither_is_refused_and_nothing_is_written(run, tmp_path):
    path = tmp_path / "line.txt"
    path.write_text("hello")
    assert run("add", "voice-line", path).exit_code == 2
    assert not (tmp_path / callers.FILE).exists()


def test_the_file_is_its_owners_alone(run, key, tmp_path):
    run("add", "voice-line", key)
    assert (tmp_path / callers.FILE).stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_not_written_over(run, key, tmp_path):
    (tmp_path / callers.FILE).write_text("{")
    assert run("add", "voice-line", key).exit_code == 2
    assert (tmp_path / callers.FILE).read_text() == "{"
