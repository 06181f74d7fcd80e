"""The signer as a process of its own: many clients, bad clients, dying and coming back."""

import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.kernel.clock import SystemClock
from cinnabar.pki.crl import crl_tbs
from cinnabar.pki.crl_marks import Marks
from cinnabar.pki.ocsp_answer import State, Status, cert_id, response_data, single_response
from cinnabar.signer.client import SocketSigner
from cinnabar.signer.core import LocalSigner
from cinnabar.signer.protocol import SignerBusy, SignerRefused, SignerUnavailable
from cinnabar.signer.server import Doors, SignerServer
from cinnabar.signer.wire import LIMITS, Verb, WireError, unpack_findings
from tests.pki.support import NOW, Facts, profile_of, tbs_of

US = frozenset({os.getuid()})


@contextmanager
def _serving(env: Env, *, doors: Doors | None = None, path: Path | None = None):
    """Serve the signer of `env` in a thread; yield the socket."""
    assert isinstance(env.signer, LocalSigner)
    path = path or env.signer.places.socket
    server = SignerServer(env.signer, path, doors or Doors(users=US))
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield path
    finally:
        server.stop()
        thread.join()


@pytest.fixture
def client(env: Env) -> Iterator[SocketSigner]:
    with _serving(env) as path:
        client = SocketSigner(path, SystemClock())
        yield client
        client.close()


def test_everything_is_signed_over_the_socket_as_it_is_in_the_process(env, client):
    authority = client.authority()
    tbs = tbs_of(profile_of(env))
    single = single_response(
        cert_id(authority, Facts().serial),
        Status(state=State.GOOD),
        this_update=NOW,
        next_update=NOW + env.firm.status.ocsp_validity,
    )
    answer = response_data(authority, [single], produced_at=NOW)
    crl = crl_tbs(
        authority,
        Marks(number=7),
        this_update=NOW,
        next_update=NOW + env.firm.status.crl_validity,
        entries=(),
    )
    client.ping()
    assert client.sign_certificate(tbs) == env.signer.sign_certificate(tbs)
    assert client.sign_ocsp(answer) == env.signer.sign_ocsp(answer)
    assert client.sign_crl(crl) == env.signer.sign_crl(crl)
    assert authority == env.signer.authority()


def test_a_refusal_arrives_with_its_findings_and_the_connection_lives_on(env, client):
    with pytest.raises(SignerRefused) as caught:
        client.sign_certificate(tbs_of(profile_of(env), Facts(serial=1)))
    assert [str(finding) for finding in caught.value.findings] == ["serial: 1 bits"]
    client.ping()


def test_forty_clients_at_once_each_get_their_own_signature(env, client):
    profile = profile_of(env)
    all_tbs = [tbs_of(profile, Facts(serial=Facts().serial + n)) for n in range(200)]
    with ThreadPoolExecutor(40) as threads:
        signatures = list(threads.map(client.sign_certificate, all_tbs))
    assert signatures == [env.signer.sign_certificate(tbs) for tbs in all_tbs]


def test_the_socket_is_its_owners_alone(env):
    with _serving(env) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.exists()


def test_a_user_who_was_not_named_is_turned_away(env):
    others = Doors(users=frozenset({os.getuid() + 1}))
    with _serving(env, doors=others) as path, pytest.raises(SignerUnavailable):
        SocketSigner(path, SystemClock()).ping()


def test_more_connections_than_there_is_room_for_are_turned_away(env):
    with _serving(env, doors=Doors(users=US, most=1)) as path:
        first = SocketSigner(path, SystemClock())
        first.ping()
        with ThreadPoolExecutor(1) as another, pytest.raises(SignerUnavailable):
            another.submit(first.ping).result()
        first.ping()


def test_a_path_too_long_for_a_socket_address_serves_too(env, tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    assert isinstance(env.signer, LocalSigner)
    with _serving(env, path=deep / "signer.sock") as path:
        SocketSigner(path, SystemClock(), data=env.signer.places.data).ping()


def _raw(path: Path, octets: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(4096), b""))


@given(st.binary(max_size=64))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_a_client_sends_others_are_answered(client, octets):
    try:
        _raw(client.path, octets)
    except ConnectionError:
        assert octets
    client.ping()


def test_a_message_larger_than_its_verb_takes_ends_the_connection_unread(client):
    for verb, limit in LIMITS.items():
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(client.path))
            connection.sendall(struct.pack(">IB", limit + 1, verb))
            assert connection.recv(1) == b""  # closed at once, not after waiting for the rest
    assert _raw(client.path, struct.pack(">IB", 0, Verb.PING)) == struct.pack(">IB", 0, 0)


def test_findings_that_are_none_are_not_believed():
    for octets in (b"", b"1", b'[["a"]]', b"\xff"):
        with pytest.raises(WireError):
            unpack_findings(octets)


def test_without_a_signer_the_client_says_so_and_knows_the_authority(env):
    assert isinstance(env.signer, LocalSigner)
    client = SocketSigner(env.signer.places.socket, SystemClock())
    with pytest.raises(SignerUnavailable):
        client.ping()
    assert client.authority() == env.signer.authority()


def test_without_a_ca_the_client_says_so(tmp_path):
    with pytest.raises(SignerUnavailable, match="ca init"):
        SocketSigner(tmp_path / "signer" / "signer.sock", SystemClock()).authority()


def test_a_signer_that_came_back_is_found_again(env):
    tbs = tbs_of(profile_of(env))
    with _serving(env) as path:
        client = SocketSigner(path, SystemClock())
        before = client.sign_certificate(tbs)
    with pytest.raises(SignerUnavailable):
        client.ping()
    with _serving(env):
        assert client.sign_certificate(tbs) == before


def test_a_signer_restarted_between_two_questions_is_not_noticed(env):
    tbs = tbs_of(profile_of(env))
    with _serving(env) as path:
        client = SocketSigner(path, SystemClock())
        before = client.sign_certificate(tbs)
    with _serving(env):
        assert client.sign_certificate(tbs) == before


def test_a_signer_that_stalls_is_given_up_on(env):
    assert isinstance(env.signer, LocalSigner)
    path = env.signer.places.socket
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen()
        with pytest.raises(SignerUnavailable):
            SocketSigner(path, SystemClock(), timeout=0.05).ping()


class _Faulty:
    """A signer inside which something breaks."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def authority(self):
        raise self._fault

    authorities = authority

    def ping(self) -> None:
        raise self._fault

    def sign_certificate(self, tbs: bytes) -> bytes:
        assert tbs
        raise self._fault

    sign_crl = sign_ocsp = sign_certificate


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (SignerBusy(), SignerBusy),
        (SignerUnavailable("the disk is full"), SignerUnavailable),
        (ZeroDivisionError(), SignerUnavailable),
    ],
)
def test_what_breaks_inside_the_signer_says_nothing_of_it_outside(env, fault, seen):
    assert isinstance(env.signer, LocalSigner)
    path = env.signer.places.socket
    server = SignerServer(_Faulty(fault), path, Doors(users=US))
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        with pytest.raises(seen) as caught:
            SocketSigner(path, SystemClock()).sign_certificate(b"x")
    finally:
        server.stop()
        thread.join()
    assert "disk" not in str(caught.value)
    assert type(caught.value) is seen
