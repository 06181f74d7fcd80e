"""`cinnabar signer`: dying, coming back, and saying why it cannot start."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from cinnabar.env import Env
from cinnabar.firm import Firm
from cinnabar.kernel.clock import SystemClock
from cinnabar.kernel.dice import SystemDice
from cinnabar.kernel.secrets import Secret
from cinnabar.pki.profile import customer_profile
from cinnabar.signer.ceremony import init_authority
from cinnabar.signer.client import SocketSigner
from cinnabar.signer.files import Places, load_authority
from cinnabar.signer.ledger import read_ledger
from cinnabar.signer.protocol import SignerUnavailable
from tests.pki.support import Facts, shard_of_now, tbs_of
from tests.support.authority import BASE_URL


@contextmanager
def _process(data: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    environ = {**os.environ, "CINNABAR_DATA": str(data), "CINNABAR_BASE_URL": BASE_URL}
    command = [sys.executable, "-m", "cinnabar.cli", "signer", *options]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def _until_signing(running: subprocess.Popen[str]) -> None:
    assert running.stderr is not None
    seen = []
    for line in running.stderr:
        seen.append(line)
        if '"signing"' in line:
            return
    raise AssertionError("".join(seen))


@dataclass(frozen=True)
class Present:
    """A CA of the present day, for a process has the machine's clock."""

    data: Path
    firm: Firm

    @property
    def client(self) -> SocketSigner:
        return SocketSigner(self.data / "signer" / "signer.sock", SystemClock())

    def tbs(self, serial: int) -> bytes:
        """Return a certificate that begins now."""
        authority = load_authority(Places(self.data))
        now = SystemClock().now()
        shard = shard_of_now(self.firm, now)
        profile = customer_profile(self.firm.certificate, authority, BASE_URL, shard)
        return tbs_of(
            profile, Facts(serial=serial, not_before=now, not_after=now + timedelta(days=365))
        )


@pytest.fixture
def present(env: Env, tmp_path: Path) -> Present:
    init_authority(
        tmp_path,
        env.firm,
        SystemDice(),
        root_passphrase=Secret("correct horse battery"),
        base_url=BASE_URL,
        now=SystemClock().now(),
        rounds=1,
    )
    return Present(tmp_path, env.firm)


@pytest.mark.faults
def test_the_process_signs_and_ends_cleanly_on_sigterm(present):
    with _process(present.data) as running:
        _until_signing(running)
        present.client.sign_certificate(present.tbs(Facts().serial))
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0
    assert not (present.data / "signer" / "signer.sock").exists()


@pytest.mark.faults
def test_after_kill_9_the_same_octets_get_the_same_signature_and_one_record(present):
    client = present.client
    all_tbs = [present.tbs(Facts().serial + n) for n in range(400)]
    signed: dict[bytes, bytes] = {}
    with _process(present.data) as running:
        _until_signing(running)
        for n, tbs in enumerate(all_tbs):
            if n == 250:
                running.kill()
                running.wait()
            try:
                signed[tbs] = client.sign_certificate(tbs)
            except SignerUnavailable:
                break
    assert len(signed) >= 250
    with _process(present.data) as running:
        _until_signing(running)
        for tbs in all_tbs:
            assert signed.setdefault(tbs, client.sign_certificate(tbs)) == (
                client.sign_certificate(tbs)
            )
    entries = [e.number for e in read_ledger(present.data / "signer" / "ledger.log")]
    assert len(entries) == len(set(entries))
    assert {Facts().serial + n for n in range(400)} <= set(entries)


@pytest.mark.faults
def test_a_second_signer_does_not_start(present):
    with _process(present.data) as running:
        _until_signing(running)
        with _process(present.data) as second:
            assert second.wait(20) == 2
            assert second.stderr is not None
            assert "in use by another signer" in second.stderr.read()
        present.client.ping()


@pytest.mark.faults
@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda data: (data / "signer" / "issuing.key").chmod(0o640), "others than its owner"),
        (lambda data: (data / "signer" / "ocsp.key").unlink(), "ocsp.key"),
        (lambda data: (data / "ca" / "ocsp.crt").write_text("x"), "ocsp.crt"),
        (
            lambda data: (data / "signer" / "ocsp.key").write_bytes(
                (data / "signer" / "issuing.key").read_bytes()
            ),
            "does not go with its certificate",
        ),
    ],
)
def test_a_signer_that_cannot_work_says_why_in_a_sentence(present, harm, sentence):
    harm(present.data)
    with _process(present.data) as running:
        assert running.wait(20) == 2
        assert running.stderr is not None
        said = running.stderr.read()
    assert sentence in said
    assert "Traceback" not in said


@pytest.mark.faults
def test_a_user_that_does_not_exist_is_named(present):
    with _process(present.data, "--allow", "nobody-of-that-name") as running:
        assert running.wait(20) == 2
        assert running.stderr is not None
        assert "nobody-of-that-name" in running.stderr.read()
