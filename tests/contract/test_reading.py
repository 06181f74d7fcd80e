"""What outside programs make and we read: requests by OpenSSL and GnuTLS, CAdES by OpenSSL."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cinnabar.env import Env
from cinnabar.pki.cms import SignatureBroken, SignatureFacts, read_signature
from cinnabar.pki.request import read_request
from tests.contract.support import Office, run
from tests.pki.support import P256, P384, RSA2048

pytestmark = pytest.mark.contract

ORDER = b"buy 1000 of 0000 at 21.50\n"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), "P-256"),
        (("ec", "-pkeyopt", "ec_paramgen_curve:P-384"), "P-384"),
        (("rsa:2048",), "RSA-2048"),
    ],
)
def test_a_request_of_openssl_is_read(tmp_path, words, kind):
    out = tmp_path / "request.der"
    run(
        "openssl", "req", "-new", "-newkey", *words, "-nodes", "-subj", "/CN=x",
        "-keyout", tmp_path / "key.pem", "-outform", "DER", "-out", out,
    )  # fmt: skip
    assert read_request(out.read_bytes()).kind == kind


def test_a_request_of_gnutls_is_read(tmp_path):
    key, template, out = (tmp_path / name for name in ("key.pem", "template", "request.der"))
    template.write_text('cn = "x"\n')
    run("certtool", "--generate-privkey", "--key-type=ecdsa", "--curve=secp256r1", "--outfile", key)
    run(
        "certtool", "--generate-request", "--load-privkey", key, "--template", template,
        "--outder", "--outfile", out,
    )  # fmt: skip
    assert read_request(out.read_bytes()).kind == "P-256"


@pytest.fixture
def office(env: Env, tmp_path: Path) -> Office:
    return Office(env.firm, tmp_path)


def _signed(office: Office, key, *words: str, cades: str = "-cades") -> bytes:
    place = office.place
    customer = office.certificate("customer", key)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (place / "customer.key").write_bytes(pem)
    (place / "order").write_bytes(ORDER)
    run(
        "openssl", "cms", "-sign", cades, "-binary", "-md", "sha256", *words,
        "-in", place / "order", "-signer", customer, "-inkey", place / "customer.key",
        "-outform", "DER", "-out", place / "order.p7s",
    )  # fmt: skip
    return (place / "order.p7s").read_bytes()


@pytest.mark.parametrize("key", [P256, P384, RSA2048])
@pytest.mark.parametrize("words", [(), ("-keyid",)])
def test_a_cades_signature_of_openssl_is_read(office, key, words):
    found = read_signature(_signed(office, key, *words), ORDER)
    assert isinstance(found, SignatureFacts), found
    assert abs(found.signed_at - office.now).total_seconds() < 600


def test_one_over_another_order_is_broken(office):
    found = read_signature(_signed(office, P256), ORDER + b"x")
    assert isinstance(found, SignatureBroken)
    assert [finding.rule for finding in found.findings] == ["digest"]


def test_one_with_the_order_inside_or_without_cades_is_not_read(office):
    for words, cades in (("-nodetach", "-cades"), ("-nocerts", "-cades"), ("-noattr", "-binary")):
        found = read_signature(_signed(office, P256, words, cades=cades), ORDER)
        assert isinstance(found, SignatureBroken)
        assert found.findings[0].rule == "malformed"
