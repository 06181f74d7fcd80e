"""Certificates of the product under the eyes of pkilint, OpenSSL, GnuTLS and NSS.

The baseline of the CA/Browser Forum for S/MIME is left out: it asks for policies of publicly
trusted CAs, which a firm's own CA must not claim. RFC 5280 and RFC 8550 hold for it.
"""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cinnabar.env import Env
from cinnabar.pki.profile import SIGNING_ONLY
from tests.contract.support import Office, look, run
from tests.pki.support import P256, P384, RSA2048, Private

pytestmark = pytest.mark.contract

RSA4096 = rsa.generate_private_key(65537, 4096)
KEYS: dict[str, Private] = {"P-256": P256, "P-384": P384, "RSA-2048": RSA2048, "RSA-4096": RSA4096}


@pytest.fixture
def office(env: Env, tmp_path: Path) -> Office:
    return Office(env.firm, tmp_path)


@pytest.mark.parametrize("name", ["root", "issuing", "ocsp", "mail"])
def test_pkilint_finds_nothing_in_the_cas_own_certificates(office, name):
    path = office.file(f"{name}.crt")
    assert run("lint_pkix_cert", "lint", path, "-s", "NOTICE").strip() == ""


@pytest.mark.parametrize("kind", KEYS)
def test_pkilint_finds_nothing_in_a_customers_certificate(office, kind):
    path = office.certificate("customer", KEYS[kind])
    assert run("lint_pkix_cert", "lint", path, "-s", "NOTICE").strip() == ""


@pytest.mark.parametrize(
    ("issuer", "subject"), [("root", "issuing"), ("issuing", "ocsp"), ("issuing", "mail")]
)
def test_pkilint_finds_nothing_between_issuer_and_subject(office, issuer, subject):
    words = ("lint", office.file(f"{issuer}.crt"), office.file(f"{subject}.crt"), "-s", "NOTICE")
    assert run("lint_pkix_signer_signee_cert_chain", *words).strip() == ""


def test_pkilint_finds_nothing_between_the_issuing_ca_and_a_customer(office):
    customer = office.certificate("customer", P256)
    words = ("lint", office.file("issuing.crt"), customer, "-s", "NOTICE")
    assert run("lint_pkix_signer_signee_cert_chain", *words).strip() == ""


def test_pkilint_would_have_found_something(office):
    status, said = look("lint_pkix_cert", "lint", _spoilt(office), "-s", "NOTICE")
    assert status != 0
    assert "keyusage_set (ERROR)" in said


def _spoilt(office: Office) -> Path:
    """Return a customer's certificate that may sign certificates without being a CA."""
    path = office.certificate("customer", P256)
    der = base64.b64decode("".join(path.read_text().splitlines()[1:-1]))
    assert SIGNING_ONLY in der
    return office.pem("customer.crt", "CERTIFICATE", der.replace(SIGNING_ONLY, b"\x03\x02\x02\x04"))


@pytest.mark.parametrize("kind", KEYS)
def test_openssl_verifies_the_chain_strictly_and_under_the_firms_policy(office, kind):
    customer = office.certificate("customer", KEYS[kind])
    said = run(
        "openssl",
        "verify",
        "-x509_strict",
        "-policy_check",
        "-explicit_policy",
        "-policy",
        office.firm.certificate.policy_oid,
        "-purpose",
        "sslclient",
        "-CAfile",
        office.file("root.crt"),
        "-untrusted",
        office.file("issuing.crt"),
        customer,
    )
    assert said.endswith("OK\n")


@pytest.mark.parametrize(("name", "purpose"), [("mail", "smimesign"), ("ocsp", "ocsphelper")])
def test_openssl_verifies_the_signers_of_mails_and_answers(office, name, purpose):
    words = ("-x509_strict", "-purpose", purpose, "-CAfile", office.file("root.crt"))
    said = run(
        "openssl",
        "verify",
        *words,
        "-untrusted",
        office.file("issuing.crt"),
        office.file(f"{name}.crt"),
    )
    assert said.endswith("OK\n")


def test_openssl_does_not_take_a_customer_for_a_server_or_a_ca(office):
    customer = office.certificate("customer", P256)
    for purpose in ("sslserver", "smimesign", "timestampsign"):
        status, _ = look(
            "openssl", "verify", "-purpose", purpose,
            "-CAfile", office.file("root.crt"), "-untrusted", office.file("issuing.crt"), customer,
        )  # fmt: skip
        assert status != 0


@pytest.mark.parametrize("kind", KEYS)
def test_gnutls_verifies_the_chain(office, kind):
    customer = office.certificate("customer", KEYS[kind])
    chain = customer.read_bytes() + office.file("issuing.crt").read_bytes()
    said = run(
        "certtool", "--verify", "--load-ca-certificate", office.file("root.crt"), given=chain
    )
    assert "Chain verification output: Verified." in said


@pytest.mark.parametrize("kind", ["P-256", "P-384", "RSA-2048"])
def test_nss_verifies_a_customer_as_client_and_signer(office, tmp_path, kind):
    store = f"sql:{tmp_path}"
    run("certutil", "-N", "-d", store, "--empty-password")
    for name, trust, path in (
        ("root", "CT,C,C", office.file("root.crt")),
        ("issuing", ",,", office.file("issuing.crt")),
        ("customer", ",,", office.certificate("customer", KEYS[kind])),
    ):
        run("certutil", "-A", "-d", store, "-n", name, "-t", trust, "-i", path)
    said = run("certutil", "-V", "-d", store, "-n", "customer", "-u", "C", "-e", "-l")
    assert "certificate is valid" in said


def test_a_certificate_of_another_root_is_not_verified(office, tmp_path, env):
    other = tmp_path / "other"
    other.mkdir()
    stranger = Office(env.firm, other)
    customer = office.certificate("customer", ec.generate_private_key(ec.SECP256R1()))
    status, _ = look(
        "openssl", "verify", "-CAfile", stranger.file("root.crt"),
        "-untrusted", office.file("issuing.crt"), customer,
    )  # fmt: skip
    assert status != 0
