"""A revocation reaches relying parties by the machine face over the real records (REV-03)."""

import io
from dataclasses import dataclass, field, replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.presigning import presign
from cinnabar.certificates.publishing import publish
from cinnabar.certificates.status import published
from cinnabar.env import Env
from cinnabar.faces.machine.app import MachineState, machine_app
from cinnabar.faces.machine.board import StatusBoard
from cinnabar.faces.machine.records import Records
from cinnabar.kernel.refusal import Refused
from cinnabar.pki.ocsp_answer import State
from tests.support.authority import AwaySigner
from tests.support.centre import Customer
from tests.support.people import visit

pytestmark = pytest.mark.django_db

GOOD, REVOKED = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED
SHA1 = hashes.SHA1()  # noqa: S303 - names a certificate (RFC 6960, section 4.1.1), signs nothing
NONCE = bytes(range(16))


@dataclass
class Face:
    """The machine face; a refresh is what its thread does each second."""

    env: Env
    board: StatusBoard = field(init=False)

    def __post_init__(self) -> None:
        validity = self.env.firm.status.ocsp_validity
        records = Records(self.env.clock)
        env = self.env
        state = MachineState(source=records, signer=env.signer, clock=env.clock, validity=validity)
        self.board = state.board()
        self.board.refresh()
        self._app = machine_app(state, self.board)

    def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        status: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/ocsp-request",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        answer = b"".join(self._app(environ, lambda said, _: status.append(said)))
        assert status == ["200 OK"]
        return answer

    def status(self, der: bytes, *, nonce: bytes | None = None) -> ocsp.OCSPResponse:
        issuer = x509.load_der_x509_certificate(self.env.signer.authority().issuing_der)
        certificate = x509.load_der_x509_certificate(der)
        question = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1)
        if nonce:
            question = question.add_extension(x509.OCSPNonce(nonce), critical=False)
        sent = question.build().public_bytes(Encoding.DER)
        return ocsp.load_der_ocsp_response(self.ask("POST", "/ocsp", sent))

    def listed(self) -> set[int]:
        """Return what is on the lists that are fetched, of every shard."""
        return {
            entry.serial_number
            for name in published()
            for entry in x509.load_der_x509_crl(self.ask("GET", f"/crl/{name}.crl"))
        }


def tick(env):
    """What the worker does each second."""
    publish(env)
    presign(env)


@pytest.fixture
def face(env):
    return Face(env)


@pytest.fixture
def at_home(env, ming):
    return Customer(env, visit(env, ming))


@pytest.mark.parametrize("end", ["revoke", "report_loss"])
def test_a_revocation_is_seen_after_one_refresh_and_listed_after_one_tick(
    env, clock, at_home, face, end
):
    issued = at_home.apply()
    tick(env)
    face.board.refresh()
    assert [face.status(issued.der).certificate_status for _ in range(2)] == [GOOD, GOOD]
    assert face.listed() == set()
    clock.move(seconds=61)
    getattr(at_home, end)()
    face.board.refresh()
    told = face.status(issued.der)
    assert told.certificate_status is REVOKED
    assert told.revocation_time_utc == clock.now().replace(microsecond=0)
    clock.move(seconds=4)
    tick(env)
    face.board.refresh()
    assert face.listed() == {int(issued.serial, 16)}
    for _ in range(3):
        clock.move(seconds=3600)
        tick(env)
        face.board.refresh()
        assert face.status(issued.der).certificate_status is REVOKED


def test_what_was_signed_before_the_revocation_is_not_given_after_it(env, clock, at_home, face):
    """The pre-signed answer is of before; nobody has signed a new one yet."""
    issued = at_home.apply()
    tick(env)
    clock.move(seconds=61)
    at_home.revoke()
    face.board.refresh()
    assert face.status(issued.der).certificate_status is REVOKED


def test_a_nonce_comes_back_and_such_an_answer_is_of_now(env, clock, at_home, face):
    issued = at_home.apply()
    tick(env)
    told = face.status(issued.der, nonce=NONCE)
    assert told.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE
    clock.move(seconds=61)
    at_home.revoke()
    assert face.status(issued.der, nonce=NONCE).certificate_status is REVOKED


def test_a_renewed_one_is_good_and_the_one_before_revoked(env, clock, at_home, face):
    old = at_home.apply()
    clock.set(old.not_after.replace(day=10))
    new = at_home.renew()
    face.board.refresh()
    assert face.status(old.der).certificate_status is REVOKED
    assert face.status(new.der).certificate_status is GOOD


def test_what_is_being_issued_is_not_yet_known(env, at_home, face):
    """Its octets exist before its signature does; nobody must rely on it yet."""
    flow = at_home.ready_to_finish()
    away = Customer(replace(env, signer=AwaySigner(env.signer)), at_home.visitor, at_home.device)
    with pytest.raises(Refused):
        away.finish(flow)
    serial = int(Certificate.objects.get().serial, 16)
    records = Records(env.clock)
    assert records.lookup(serial).status.state is State.UNKNOWN
    issued = at_home.finish(flow)
    face.board.refresh()
    assert face.status(issued.der).certificate_status is GOOD
