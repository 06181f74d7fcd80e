"""Status of the product as OpenSSL, GnuTLS, NSS and pkilint read it (REV-01 to REV-04)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from cinnabar.env import Env
from cinnabar.faces.machine.board import StatusBoard
from tests.contract.support import Front, Office, look, run
from tests.pki.support import P256

pytestmark = pytest.mark.contract

SERIAL = (1 << 126) + 4711


@dataclass
class Desk:
    """An office that is open, and a customer with a certificate."""

    office: Office
    board: StatusBoard
    customer: Path
    number: int = 1

    def revoke(self) -> Path:
        """Revoke the customer's certificate; return the new list."""
        self.number += 1
        path = self.office.crl(self.number, [self.office.revoked(SERIAL)])
        self.board.refresh()
        return path

    def openssl(self, *words: str | Path) -> str:
        """Ask with OpenSSL at the address in the certificate."""
        url = run("openssl", "x509", "-in", self.customer, "-noout", "-ocsp_uri").strip()
        return run(
            "openssl", "ocsp", "-url", url, "-issuer", self.office.file("issuing.crt"),
            *words, "-CAfile", self.office.file("root.crt"),
            "-verify_other", self.office.file("issuing.crt"),
        )  # fmt: skip

    def gnutls(self, *words: str | Path) -> tuple[int, str]:
        """Ask with GnuTLS at the address in the certificate."""
        return look(
            "ocsptool", "--ask", "--load-cert", self.customer,
            "--load-issuer", self.office.file("issuing.crt"),
            "--load-trust", self.office.file("chain.pem"), *words,
        )  # fmt: skip


@pytest.fixture
def desk(env: Env, tmp_path: Path) -> Iterator[Desk]:
    front = Front()
    office = Office(env.firm, tmp_path, front.base_url)
    customer = office.certificate("customer", P256, SERIAL)
    office.crl(1, [])
    with front.open(office) as board:
        yield Desk(office, board, customer)


def test_openssl_reads_good_then_revoked_with_reason(desk):
    said = desk.openssl("-cert", desk.customer, "-no_nonce")
    assert "Response verify OK" in said
    assert f"{desk.customer}: good" in said
    desk.revoke()
    said = desk.openssl("-cert", desk.customer, "-no_nonce")
    assert f"{desk.customer}: revoked" in said
    assert "Reason: keyCompromise" in said


def test_openssl_gets_its_nonce_back(desk):
    said = desk.openssl("-cert", desk.customer)
    assert "Response verify OK" in said
    assert "no nonce" not in said.lower()


@pytest.mark.parametrize("algorithm", ["-sha1", "-sha256", "-sha384", "-sha512"])
def test_openssl_may_name_the_ca_by_any_hash(desk, algorithm):
    assert ": good" in desk.openssl(algorithm, "-cert", desk.customer)


def test_openssl_may_ask_about_several_at_once(desk):
    said = desk.openssl("-serial", f"0x{SERIAL:x}", "-serial", "0x1234567890")
    assert f"0x{SERIAL:x}: good" in said
    assert "0x1234567890: unknown" in said


def test_openssl_is_told_that_another_ca_is_not_ours(desk):
    url = f"{desk.office.base_url}/ocsp"
    root = desk.office.file("root.crt")
    _, said = look("openssl", "ocsp", "-url", url, "-issuer", root, "-serial", "0x1")
    assert "unauthorized" in said


def test_gnutls_agrees(desk):
    status, said = desk.gnutls()
    assert status == 0, said
    assert "Certificate Status: good" in said
    desk.revoke()
    _, said = desk.gnutls()
    assert "Certificate Status: revoked" in said


def test_gnutls_gets_its_nonce_back(desk):
    status, said = desk.gnutls("--nonce")
    assert status == 0, said
    assert "nonce" not in said.lower() or "mismatch" not in said.lower()


@pytest.mark.parametrize("words", [("-no_nonce",), ()])
def test_pkilint_finds_nothing_in_an_answer(desk, tmp_path, words):
    for name in ("good", "revoked"):
        path = tmp_path / f"{name}.ocsp"
        assert f": {name}" in desk.openssl("-cert", desk.customer, *words, "-respout", path)
        assert run("lint_ocsp_response", "lint", path, "-s", "NOTICE").strip() == ""
        desk.revoke()


def test_pkilint_finds_nothing_in_the_lists(desk):
    for path in (desk.office.place / "issuing.crl", desk.office.root_crl(), desk.revoke()):
        words = ("lint", "-t", "CRL", "-p", "PKIX", path, "-s", "NOTICE")
        assert run("lint_crl", *words).strip() == ""


def test_openssl_verifies_with_the_lists_until_the_revocation(desk):
    def verify(crl: Path) -> tuple[int, str]:
        office = desk.office
        return look(
            "openssl", "verify", "-x509_strict", "-crl_check_all",
            "-CAfile", office.file("root.crt"), "-untrusted", office.file("issuing.crt"),
            "-CRLfile", crl, "-CRLfile", office.root_crl(), desk.customer,
        )  # fmt: skip

    assert verify(desk.office.place / "issuing.crl")[0] == 0
    status, said = verify(desk.revoke())
    assert status != 0
    assert "certificate revoked" in said


def test_openssl_finds_list_and_issuer_where_the_certificate_points(desk):
    text = run("openssl", "x509", "-in", desk.customer, "-noout", "-text")
    addresses = [line.split("URI:")[1].strip() for line in text.splitlines() if "URI:" in line]
    assert all(address.startswith(desk.office.base_url) for address in addresses)
    for address in addresses:
        if not address.endswith("/ocsp"):
            with urlopen(address) as reply:
                assert reply.status == 200
    assert len(addresses) == 3


def test_openssl_checks_the_signature_of_a_list(desk):
    said = run(
        "openssl", "crl", "-in", desk.revoke(), "-noout", "-crlnumber", "-text",
        "-CAfile", desk.office.file("chain.pem"),
    )  # fmt: skip
    assert "verify OK" in said
    assert "Key Compromise" in said


def test_nss_takes_the_list_and_sees_the_revocation(desk, tmp_path):
    store = f"sql:{tmp_path}"
    office = desk.office
    run("certutil", "-N", "-d", store, "--empty-password")
    for name, trust, path in (
        ("root", "CT,C,C", office.file("root.crt")),
        ("issuing", ",,", office.file("issuing.crt")),
        ("customer", ",,", desk.customer),
    ):
        run("certutil", "-A", "-d", store, "-n", name, "-t", trust, "-i", path)
    desk.revoke()
    der = tmp_path / "issuing.der"
    ((_, octets),) = office.records.published.values()
    der.write_bytes(octets)
    run("crlutil", "-I", "-i", der, "-d", store)
    status, said = look("certutil", "-V", "-d", store, "-n", "customer", "-u", "C")
    assert status != 0
    assert "revoked" in said.lower()
