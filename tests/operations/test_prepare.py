"""`cinnabar prepare` and the settings: an installation starts right, or says why not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CINNABAR = Path(sys.executable).with_name("cinnabar")


@pytest.fixture
def cinnabar(tmp_path):
    """Return a function that runs a command on an installation of its own, on SQLite."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("CINNABAR", "DATABASE"))}
    settled = {"CINNABAR_DATA": str(tmp_path / "data"), "CINNABAR_FIRM": "taiwan"}

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [CINNABAR, *arguments],
            env={**outside, **settled, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CINNABAR_MODE", "staging"),
        ("CINNABAR_TRUSTED_PROXIES", "10.0.0.1 *"),
        ("CINNABAR_BASE_URL", "http://certificates.example.com"),
        ("DATABASE_URL", "mysql://127.0.0.1/cinnabar"),
        ("DATABASE_URL_FILE", "/nowhere/url"),
    ],
)
def test_a_wrong_setting_is_named(cinnabar, tmp_path, name, value):
    assert name in sentence(cinnabar("prepare", **{name: value}))
    assert not (tmp_path / "data").exists()


def test_a_firm_file_that_is_not_there_is_named(cinnabar, tmp_path):
    assert "nowhere.toml" in sentence(cinnabar("prepare", CINNABAR_FIRM="nowhere.toml"))
    assert not (tmp_path / "data").exists()


def test_what_exists_is_kept(cinnabar, tmp_path):
    keys = [tmp_path / "data" / "secrets" / n for n in ("keyring.json", "journal.key")]
    assert "next: cinnabar ca init" in cinnabar("prepare").stdout
    before = [key.read_bytes() for key in keys]
    assert cinnabar("prepare").returncode == 0
    assert [key.read_bytes() for key in keys] == before


def test_only_the_owner_can_read_the_secrets(cinnabar, tmp_path):
    assert cinnabar("prepare").returncode == 0
    secrets = tmp_path / "data" / "secrets"
    assert [p.stat().st_mode & 0o077 for p in (secrets.parent, secrets)] == [0, 0]
    private = [p for p in secrets.iterdir() if p.suffix != ".vkey"]
    assert private
    assert [p.stat().st_mode & 0o077 for p in private] == [0] * len(private)


@pytest.mark.parametrize("process", ["serve", "worker"])
def test_nothing_starts_before_it_is_prepared(cinnabar, process):
    assert "keyring.json" in sentence(cinnabar(process))


def test_a_worker_that_could_send_nothing_does_not_start(cinnabar):
    assert cinnabar("prepare").returncode == 0
    assert "CINNABAR_SMTP" in sentence(cinnabar("worker"))
