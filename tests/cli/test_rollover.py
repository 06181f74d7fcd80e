"""`cinnabar ca root`, `request`, `sign-request`, `adopt`: what people type, on two machines."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cinnabar.kernel.clock import SystemClock
from cinnabar.signer.client import SocketSigner
from cinnabar.signer.files import Places, load_authorities
from tests.support.authority import BASE_URL
from tests.support.place import FIRM
from tests.support.processes import eventually
from tests.support.softhsm import PIN, token

pytestmark = pytest.mark.faults


@dataclass
class Machine:
    """A machine with a directory and a passphrase in a file; `base_url` is unset at the root."""

    place: Path
    base_url: str | None = BASE_URL

    def __post_init__(self) -> None:
        self.place.mkdir()
        self.data = self.place / "data"
        self.passphrase = self.place / "passphrase"
        self.passphrase.write_text("correct horse battery\n")

    @property
    def environ(self) -> dict[str, str]:
        ours = ("CINNABAR_", "DATABASE_URL")
        kept = {name: said for name, said in os.environ.items() if not name.startswith(ours)}
        given = {"CINNABAR_DATA": str(self.data), "CINNABAR_FIRM": FIRM}
        where = {"CINNABAR_BASE_URL": self.base_url} if self.base_url else {}
        return kept | given | where

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command of the product in the machine's directory."""
        return subprocess.run(
            [sys.executable, "-m", "cinnabar.cli", *map(str, words)],
            env=self.environ,
            cwd=self.place,
            timeout=60,
            capture_output=True,
            text=True,
            check=False,
        )

    def say(self, *words: str | Path) -> dict[str, str]:
        """Run it, see it done, return the facts it shows."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        shown = (line.split("  ", 1) for line in done.stdout.splitlines() if "  " in line)
        return {name.strip(): fact.strip() for name, fact in shown}

    def events(self) -> list[str]:
        with closing(sqlite3.connect(self.data / "cinnabar.sqlite3")) as database:
            said = "SELECT event FROM journal_entry WHERE event LIKE 'ca:%' ORDER BY id"
            return [event for (event,) in database.execute(said)]


@pytest.fixture
def vault(tmp_path) -> Machine:
    """The machine that keeps the root: no installation, no address."""
    return Machine(tmp_path / "vault", base_url=None)


@pytest.fixture
def office(tmp_path) -> Machine:
    made = Machine(tmp_path / "office")
    made.say("prepare")
    return made


def _sign(vault: Machine, request: Path, answer: Path) -> dict[str, str]:
    key = vault.place / "root" / "root.key"
    asked = ("ca", "sign-request", request, "--root-key", key, "-o", answer)
    return vault.say(*asked, "--passphrase-file", vault.passphrase)


def test_a_root_on_a_machine_of_its_own_makes_two_generations(vault, office):
    root = vault.say("ca", "root", vault.place / "root", "--passphrase-file", vault.passphrase)
    fingerprints = []
    for generation in ("1", "2"):
        request, answer = office.place / f"{generation}.csr", office.place / f"{generation}.crt"
        asked = office.say("ca", "request", request)
        signed = _sign(vault, request, answer)
        adopted = office.say("ca", "adopt", answer)
        assert asked["its key"] == signed["its key"]
        assert signed["for"] == BASE_URL
        assert asked["generation"] == adopted["generation"] == generation
        assert root["root CA"] == signed["root CA"] == adopted["root CA"]
        assert signed["issuing CA"] == adopted["issuing CA"]
        fingerprints.append(adopted["issuing CA"])
    known = load_authorities(Places(office.data))
    assert [one.issuing.sha256.hex() for one in known] == fingerprints[::-1]
    assert office.events() == ["ca:requested", "ca:adopted"] * 2
    assert not (office.data / "offline").exists()
    assert not vault.data.exists()


def test_steps_taken_twice_say_the_same_and_are_told_once(vault, office):
    vault.say("ca", "root", vault.place / "root", "--passphrase-file", vault.passphrase)
    request, answer = office.place / "1.csr", office.place / "1.crt"
    assert office.say("ca", "request", request) == office.say("ca", "request", request)
    _sign(vault, request, answer)
    assert office.say("ca", "adopt", answer) == office.say("ca", "adopt", answer)
    assert office.events().count("ca:adopted") == 1


def test_adopting_beside_a_running_signer_is_refused_and_afterwards_it_signs_with_both(office):
    office.say("ca", "init", "--passphrase-file", office.passphrase)
    request, answer = office.place / "2.csr", office.place / "2.crt"
    office.say("ca", "request", request)
    key = office.data / "offline" / "root.key"
    (key.parent / "root.crt").write_bytes((office.data / "ca" / "root.crt").read_bytes())
    office.say(
        *("ca", "sign-request", request, "--root-key", key, "-o", answer),
        *("--passphrase-file", office.passphrase),
    )
    client = SocketSigner(office.data / "signer" / "signer.sock", SystemClock())
    command = [sys.executable, "-m", "cinnabar.cli", "signer"]
    with subprocess.Popen(command, env=office.environ, stderr=subprocess.DEVNULL) as running:
        eventually(lambda: _answers(client))
        refused = office.run("ca", "adopt", answer)
        assert refused.returncode == 2
        assert "stop the signer first" in refused.stderr
        running.terminate()
    office.say("ca", "adopt", answer)
    with subprocess.Popen(command, env=office.environ, stderr=subprocess.DEVNULL) as running:
        eventually(lambda: _answers(client))
        assert [known.generation for known in client.authorities()] == [2, 1]
        running.terminate()


def _answers(client: SocketSigner) -> bool:
    from cinnabar.signer.protocol import SignerUnavailable

    try:
        client.ping()
    except SignerUnavailable:
        return False
    return True


def test_keys_move_into_an_hsm_with_the_next_generation(office):
    office.say("ca", "init", "--passphrase-file", office.passphrase)
    place = token()
    where = ("--pkcs11", place.module, "--token", place.token, "--pin-file", place.pin_file)
    done = office.run("ca", "request", office.place / "2.csr", *where)
    assert done.returncode == 0, done.stderr
    assert PIN not in done.stdout + done.stderr
    names = {path.name for path in (office.data / "signer" / "generation-2").iterdir()}
    assert names == {"hsm.json"}


def test_a_wrong_passphrase_signs_nothing(vault, office):
    vault.say("ca", "root", vault.place / "root", "--passphrase-file", vault.passphrase)
    request, answer = office.place / "1.csr", office.place / "1.crt"
    office.say("ca", "request", request)
    vault.passphrase.write_text("another passphrase\n")
    key = vault.place / "root" / "root.key"
    asked = ("ca", "sign-request", request, "--root-key", key, "-o", answer)
    refused = vault.run(*asked, "--passphrase-file", vault.passphrase)
    assert refused.returncode == 2
    assert "does not open" in refused.stderr
    assert not answer.exists()


@pytest.mark.parametrize("verb", ["adopt", "sign-request"])
def test_a_file_that_is_something_else_is_refused_in_a_sentence(vault, office, verb):
    vault.say("ca", "root", vault.place / "root", "--passphrase-file", vault.passphrase)
    other = office.place / "letter.txt"
    other.write_text("Dear colleague")
    words = {
        "adopt": ("ca", "adopt", other),
        "sign-request": (
            *("ca", "sign-request", other, "--root-key", vault.place / "root" / "root.key"),
            *("-o", other, "--passphrase-file", vault.passphrase),
        ),
    }[verb]
    refused = office.run(*words)
    assert refused.returncode == 2
    assert refused.stderr.startswith("cinnabar: this is no")
    assert other.read_text() == "Dear colleague"


def test_a_file_of_another_kind_is_not_written_over(office):
    letter = office.place / "letter.txt"
    letter.write_text("Dear colleague")
    refused = office.run("ca", "request", letter)
    assert refused.returncode == 2
    assert "name another file" in refused.stderr
    assert letter.read_text() == "Dear colleague"


def test_the_roots_list_is_signed_where_the_root_is_and_put_in_place_by_file(vault, office):
    vault.say("ca", "root", vault.place / "root", "--passphrase-file", vault.passphrase)
    request, answer = office.place / "1.csr", office.place / "1.crt"
    office.say("ca", "request", request)
    _sign(vault, request, answer)
    office.say("ca", "adopt", answer)
    first = Places(office.data).root_crl.read_bytes()
    key, carried = vault.place / "root" / "root.key", office.place / "root.crl"
    sign = ("ca", "root-crl", "--root-key", key, "-o", carried)
    vault.say(*sign, "--passphrase-file", vault.passphrase)
    for _ in range(2):
        done = office.run("ca", "root-crl", "--list", carried)
        assert "now holds until" in done.stdout, done.stderr
    assert Places(office.data).root_crl.read_bytes() != first


@pytest.mark.parametrize("words", [(), ("-o", "root.crl")])
def test_half_told_what_to_do_with_the_list_nothing_is_done(office, words):
    refused = office.run("ca", "root-crl", *words)
    assert refused.returncode == 2
    assert "either --root-key" in refused.stderr
