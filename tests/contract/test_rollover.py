"""openssl on what a rollover makes: the request, the CA a root signed offline, both generations."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.publishing import publish
from cinnabar.env import Env
from cinnabar.faces.machine.app import MachineState
from cinnabar.faces.machine.records import Records
from cinnabar.kernel.clock import FrozenClock, SystemClock
from cinnabar.kernel.dice import SystemDice
from cinnabar.pki.authority import list_name
from cinnabar.signer.ceremony import init_authority
from cinnabar.signer.core import LocalSigner, open_signer
from cinnabar.signer.files import Places
from cinnabar.signer.protocol import authority_of
from cinnabar.signer.rollover import request_generation
from tests.contract.support import look, run
from tests.support.authority import BASE_URL, PASSPHRASE, rules
from tests.support.centre import Customer
from tests.support.lists import full_lists
from tests.support.people import visit
from tests.support.rollover import answer_of, roll_over
from tests.support.softhsm import token
from tests.support.world import make_env

pytestmark = pytest.mark.contract


@dataclass
class Office:
    """An installation of today whose files openssl looks at."""

    env: Env
    places: Places
    desk: Path

    def roll_over(self) -> None:
        """Exchange the issuing CA; the second generation's keys are in an HSM."""
        assert isinstance(self.env.signer, LocalSigner)
        self.env.signer.close()
        roll_over(self.places, self.env.firm, self.env.clock.now(), token=token())
        signer = open_signer(self.places, rules(self.env.firm), self.env.clock)
        self.env = replace(self.env, signer=signer)

    def pem(self, name: str, found: x509.Certificate | x509.CertificateRevocationList) -> Path:
        path = self.desk / name
        path.write_bytes(found.public_bytes(Encoding.PEM))
        return path

    def issuer(self, generation: int) -> Path:
        return self.places.generation(generation).issuing_certificate

    def list_of(self, row: Certificate, generation: int) -> Path:
        """Return the full list of a generation's that the certificate would point to."""
        authority = authority_of(self.env.signer, generation)
        assert authority
        name = list_name(authority.issuing_key_id, row.shard)
        return self.pem(f"{generation}.crl", full_lists()[name])

    def verify(self, row: Certificate, generation: int) -> tuple[int, str]:
        """Let openssl judge a certificate with chain and lists of a generation."""
        customer = self.pem("customer.crt", _read(row))
        root = x509.load_der_x509_crl(self.places.root_crl.read_bytes())
        return look(
            "openssl", "verify", "-x509_strict", "-crl_check_all",
            "-CAfile", self.places.certificate("root"), "-untrusted", self.issuer(generation),
            "-CRLfile", self.list_of(row, generation), "-CRLfile", self.pem("root.crl", root),
            customer,
        )  # fmt: skip

    def ask(self, customer: Path, generation: int) -> str:
        """Let openssl ask the desk for the status of a certificate, and judge the answer."""
        request, answer = self.desk / "request", self.desk / "answer"
        named = ("-issuer", self.issuer(generation), "-cert", customer)
        run("openssl", "ocsp", *named, "-no_nonce", "-reqout", request)
        state = MachineState(
            source=Records(self.env.clock),
            signer=self.env.signer,
            clock=self.env.clock,
            validity=self.env.firm.status.ocsp_validity,
        )
        answer.write_bytes(state.desk().answer(request.read_bytes()).body)
        return run(
            "openssl", "ocsp", *named, "-respin", answer, "-no_nonce",
            "-CAfile", self.places.certificate("root"), "-verify_other", self.issuer(generation),
        )  # fmt: skip


def _read(row: Certificate) -> x509.Certificate:
    assert row.der is not None
    return x509.load_der_x509_certificate(bytes(row.der))


@pytest.fixture
def env(tmp_path) -> Env:
    now = SystemClock().now().replace(microsecond=0)
    made, place = make_env(clock=FrozenClock(now)), tmp_path / "data"
    (place / "secrets").parent.mkdir()
    init_authority(
        place,
        made.firm,
        SystemDice(),
        root_passphrase=PASSPHRASE,
        base_url=BASE_URL,
        now=now,
        rounds=1,
    )
    return replace(made, signer=open_signer(Places(place), rules(made.firm), made.clock))


@pytest.fixture
def office(env, tmp_path) -> Office:
    desk = tmp_path / "desk"
    desk.mkdir()
    return Office(env, env.signer.places, desk)


def test_both_generations_stand_side_by_side_each_with_its_chain_list_and_answers(
    office, ming, mei
):
    his, hers = (Customer(office.env, visit(office.env, one)) for one in (ming, mei))
    his.apply()
    office.roll_over()
    hers.env = office.env
    hers.apply()
    publish(office.env)
    for row in Certificate.objects.order_by("id"):
        customer = office.pem("customer.crt", _read(row))
        other = 3 - row.generation
        status, said = office.verify(row, row.generation)
        assert status == 0, said
        assert office.verify(row, other)[0] != 0
        answered = office.ask(customer, row.generation)
        assert "Response verify OK" in answered
        assert ": good" in answered
    his.env = office.env
    his.revoke()
    office.env.clock.move(office.env.firm.status.crl_cadence)
    publish(office.env)
    row = Certificate.objects.get(generation=1)
    customer = office.pem("customer.crt", _read(row))
    assert "revoked" in office.ask(customer, 1)
    listed = run("openssl", "crl", "-in", office.list_of(row, 1), "-noout", "-text")
    assert row.serial.upper().lstrip("0") in listed


def test_openssl_reads_the_request_and_finds_its_signature_right(office):
    places, firm = office.places, office.env.firm
    for where in (None, token()):
        asked = request_generation(places.data, firm, SystemDice(), base_url=BASE_URL, token=where)
        path = office.desk / "g2.csr"
        path.write_bytes(asked.pem)
        said = run("openssl", "req", "-in", path, "-verify", "-noout", "-text")
        assert "verify OK" in said
        assert "Issuing CA G2" in said
        assert f"URI:{BASE_URL}" in said
        places.generation(2).issuing_key.unlink(missing_ok=True)


def test_openssl_and_pkilint_find_the_ca_right_that_the_root_signed(office):
    places, now = office.places, office.env.clock.now()
    asked = request_generation(
        places.data, office.env.firm, SystemDice(), base_url=BASE_URL, token=None
    )
    answer = office.desk / "g2.crt"
    answer.write_bytes(answer_of(places, asked.pem, now).pem())
    root = places.certificate("root")
    run("openssl", "verify", "-x509_strict", "-CAfile", root, answer)
    shown = run("openssl", "x509", "-in", answer, "-noout", "-purpose", "-text")
    assert "CA:TRUE, pathlen:0" in shown
    assert "Any Purpose CA : Yes" in shown
    assert "verify OK" in run("openssl", "crl", "-in", answer, "-CAfile", root, "-noout")
    alone = office.pem("alone.crt", x509.load_pem_x509_certificate(answer.read_bytes()))
    words = ("lint", root, alone, "-s", "NOTICE")
    assert run("lint_pkix_signer_signee_cert_chain", *words).strip() == ""
