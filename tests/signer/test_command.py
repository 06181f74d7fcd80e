"""`cinnabar ca`, as an operator types it on a new machine."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cinnabar.signer.files import Places, load_authority
from cinnabar.signer.key_store import load_keys
from tests.support.authority import BASE_URL
from tests.support.place import FIRM
from tests.support.softhsm import PIN, token

pytestmark = pytest.mark.faults


class Machine:
    """A machine with an empty data directory and a passphrase in a file."""

    def __init__(self, place: Path) -> None:
        self.data = place / "data"
        self.passphrase = place / "passphrase"
        self.passphrase.write_text("correct horse battery\nnot this line\n")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environ = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
            "CINNABAR_DATA": str(self.data),
            "CINNABAR_FIRM": FIRM,
            "CINNABAR_BASE_URL": BASE_URL,
            "CINNABAR_MODE": "production",
        }
        command = [sys.executable, "-m", "cinnabar.cli", *words]
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, check=False, timeout=60
        )

    def init(self) -> subprocess.CompletedProcess[str]:
        return self.run("ca", "init", "--passphrase-file", str(self.passphrase))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    assert made.run("prepare").returncode == 0
    return made


def test_the_ceremony_prints_fingerprints_and_what_to_do_next_and_is_journalled(machine):
    done = machine.init()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("root CA     ")
    assert "cinnabar signer" in done.stdout
    assert (machine.data / "ca" / "chain.pem").exists()
    with closing(sqlite3.connect(machine.data / "cinnabar.sqlite3")) as database:
        (said,) = database.execute(
            "SELECT count(*) FROM journal_entry WHERE event = 'ca:initialised'"
        ).fetchone()
    assert said == 1
    again = machine.init()
    assert again.returncode == 2
    assert "already" in again.stderr


def test_a_short_passphrase_is_refused_in_a_sentence(machine):
    machine.passphrase.write_text("short\n")
    done = machine.init()
    assert done.returncode == 2
    assert "15 characters" in done.stderr
    assert "short\n" not in done.stderr
    assert not (machine.data / "ca").exists()


def test_an_empty_passphrase_file_is_a_short_passphrase(machine):
    machine.passphrase.write_text("")
    assert "15 characters" in machine.init().stderr


def test_the_roots_list_is_renewed_with_the_key_brought_back(machine):
    assert machine.init().returncode == 0
    words = ("ca", "root-crl", "--root-key", str(machine.data / "offline" / "root.key"))
    done = machine.run(*words, "--passphrase-file", str(machine.passphrase))
    assert "now holds until" in done.stdout
    machine.passphrase.write_text("another passphrase\n")
    refused = machine.run(*words, "--passphrase-file", str(machine.passphrase))
    assert refused.returncode == 2
    assert "does not open" in refused.stderr


def test_without_a_ca_neither_signer_nor_list_pretends(machine):
    assert "cinnabar ca init" in machine.run("signer").stderr


def _in_hsm(machine: Machine, *words: str) -> subprocess.CompletedProcess[str]:
    place = token()
    options = {
        "--pkcs11": str(place.module),
        "--token": place.token,
        "--pin-file": str(place.pin_file),
    }
    chosen = [word for pair in options.items() if pair[0] not in words for word in pair]
    return machine.run("ca", "init", "--passphrase-file", str(machine.passphrase), *chosen)


def test_the_ceremony_makes_the_keys_in_an_hsm_and_the_signer_finds_them(machine):
    done = _in_hsm(machine)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (machine.data / "signer").iterdir()} == {"hsm.json", "ledger.log"}
    assert (machine.data / "offline" / "root.key").exists()
    assert PIN not in done.stdout + done.stderr
    keys = load_keys(Places(machine.data).generation(1))
    assert keys.issuing.spki == load_authority(Places(machine.data)).issuing.fields.spki


@pytest.mark.parametrize("missing", ["--pkcs11", "--token", "--pin-file"])
def test_half_an_address_of_an_hsm_makes_nothing(machine, missing):
    done = _in_hsm(machine, missing)
    assert done.returncode == 2
    assert "go together" in done.stderr
    assert not (machine.data / "ca").exists()
