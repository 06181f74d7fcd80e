"""A customer signs an order in the browser; the server judges the signature (SIG-01, SIG-02)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.pki.cms import MAX_OCTETS, SignatureBroken, SignatureFacts, read_signature
from cinnabar.pki.keys import key_id, spki_of
from tests.pki.support import NOW, P256, P384, RSA2048, Facts, flipped, issue

ORDER = b'{"order":"buy 1000 of 0000 at 21.50"}'

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha1": hashes.SHA1(),  # noqa: S303 - to be refused
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """How a signature is made; every part may be bent. Built by a library that is not ours."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = P256
    digest: str = "sha256"
    named: bytes | None = None
    content: bytes = ORDER
    at: datetime = NOW
    without: str = ""
    by_key_identifier: bool = False
    bend: Callable[[cms.SignedData], None] = lambda _: None
    order: Callable[[list[cms.CMSAttribute]], list[cms.CMSAttribute]] = lambda given: given

    def sign(self, certificate_der: bytes, content: bytes = ORDER) -> bytes:
        certificate = x509.Certificate.load(certificate_der)
        attributes = self._attributes(certificate_der, content)
        signed = self._as_set(attributes)
        info = cms.SignerInfo(
            {
                "version": "v3" if self.by_key_identifier else "v1",
                "sid": self._sid(certificate),
                "digest_algorithm": {"algorithm": self.digest},
                "signed_attrs": attributes,
                "signature_algorithm": self._algorithm(),
                "signature": self._signature(signed),
            }
        )
        data = cms.SignedData(
            {
                "version": "v1",
                "digest_algorithms": [{"algorithm": self.digest}],
                "encap_content_info": {"content_type": "data"},
                "certificates": [certificate],
                "signer_infos": [info],
            }
        )
        self.bend(data)
        whole = bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())
        dumps = [bytes(one.dump()) for one in attributes]
        return whole.replace(b"".join(sorted(dumps)), b"".join(dumps))  # the library sorts them

    def _sid(self, certificate: x509.Certificate) -> cms.SignerIdentifier:
        if self.by_key_identifier:
            value = certificate.key_identifier_value.native
            return cms.SignerIdentifier("subject_key_identifier", value)
        named = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
        return cms.SignerIdentifier("issuer_and_serial_number", named)

    def _attributes(self, certificate_der: bytes, content: bytes) -> list[cms.CMSAttribute]:
        named = hashlib.sha256(self.named or certificate_der).digest()
        ess = tsp.SigningCertificateV2({"certs": [{"cert_hash": named}]})
        values = {
            "content_type": "data",
            "message_digest": hashlib.new(self.digest, content).digest(),
            "signing_time": cms.Time("utc_time", self.at),
            "signing_certificate_v2": ess,
        }
        made = [
            cms.CMSAttribute({"type": kind, "values": [value]})
            for kind, value in values.items()
            if kind != self.without
        ]
        return self.order(sorted(made, key=lambda one: bytes(one.dump())))

    @staticmethod
    def _as_set(attributes: list[cms.CMSAttribute]) -> bytes:
        inside = b"".join(bytes(one.dump()) for one in attributes)
        return bytes(core.OctetString(inside).dump().replace(b"\x04", b"\x31", 1))

    def _algorithm(self) -> algos.SignedDigestAlgorithm:
        kind = "ecdsa" if isinstance(self.key, ec.EllipticCurvePrivateKey) else "rsa"
        return algos.SignedDigestAlgorithm({"algorithm": f"{self.digest}_{kind}"})

    def _signature(self, octets: bytes) -> bytes:
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(octets, ec.ECDSA(HASHES[self.digest]))
        return self.key.sign(octets, padding.PKCS1v15(), HASHES[self.digest])


def _rules(found: SignatureFacts | SignatureBroken) -> set[str]:
    assert isinstance(found, SignatureBroken)
    return {finding.rule for finding in found.findings}


@pytest.mark.parametrize(
    "made",
    [
        Made(),
        Made(digest="sha384"),
        Made(digest="sha512"),
        Made(key=P384, digest="sha384"),
        Made(key=RSA2048),
        Made(by_key_identifier=True),
    ],
)
def test_a_right_signature_says_who_signed_what_and_when(env, made: Made):
    certificate = issue(env, Facts(key=made.key))
    found = read_signature(made.sign(certificate), ORDER)
    assert found == SignatureFacts(
        certificate_der=certificate,
        serial=Facts().serial,
        key_id=key_id(spki_of(made.key.public_key())),
        signed_at=NOW,
        content_sha256=hashlib.sha256(ORDER).hexdigest(),
    )


def test_another_order_is_not_what_was_signed_but_the_claim_is_shown(env):
    certificate = issue(env)
    found = read_signature(Made().sign(certificate), ORDER + b" ")
    assert _rules(found) == {"digest"}
    assert isinstance(found, SignatureBroken)
    assert (found.certificate_der, found.signed_at) == (certificate, NOW)


def test_a_signature_of_another_key_is_broken(env):
    other = ec.generate_private_key(ec.SECP256R1())
    assert _rules(read_signature(Made(key=other).sign(issue(env)), ORDER)) == {"signature"}


def test_a_signature_that_names_another_certificate_is_broken(env):
    made = Made(named=b"another certificate")
    assert _rules(read_signature(made.sign(issue(env)), ORDER)) == {"signing-certificate"}


@pytest.mark.parametrize(
    "without", ["content_type", "message_digest", "signing_time", "signing_certificate_v2"]
)
def test_no_signed_attribute_may_be_missing(env, without):
    made = Made(without=without)
    assert _rules(read_signature(made.sign(issue(env)), ORDER)) == {"malformed"}


def _with_content(data: cms.SignedData) -> None:
    data["encap_content_info"] = {"content_type": "data", "content": ORDER}


def _without_certificate(data: cms.SignedData) -> None:
    data["certificates"] = []


def _two_signers(data: cms.SignedData) -> None:
    infos = data["signer_infos"]
    data["signer_infos"] = [infos[0], infos[0]]


@pytest.mark.parametrize("bend", [_with_content, _without_certificate, _two_signers])
def test_only_a_detached_signature_of_one_signer_with_certificate_is_read(env, bend):
    assert _rules(read_signature(Made(bend=bend).sign(issue(env)), ORDER)) == {"malformed"}


def test_sha1_is_not_accepted(env):
    assert _rules(read_signature(Made(digest="sha1").sign(issue(env)), ORDER)) == {"malformed"}


def test_a_digest_that_the_signature_algorithm_does_not_name_is_found(env):
    def bend(data: cms.SignedData) -> None:
        data["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha512_ecdsa"}

    assert _rules(read_signature(Made(bend=bend).sign(issue(env)), ORDER)) == {"algorithm"}


def test_attributes_twice_or_out_of_order_are_not_read(env):
    for order in (lambda given: given[::-1], lambda given: [given[0], *given]):
        made = Made(order=order)
        assert _rules(read_signature(made.sign(issue(env)), ORDER)) == {"malformed"}


def test_what_is_too_long_is_not_read():
    assert _rules(read_signature(b"0" * (MAX_OCTETS + 1), ORDER)) == {"malformed"}


@given(st.binary(max_size=300))
def test_garbage_is_broken_and_raises_nothing(octets):
    assert _rules(read_signature(octets, ORDER)) == {"malformed"}


@pytest.fixture
def right(env: Env) -> bytes:
    return Made().sign(issue(env))


@given(st.integers(0, 5000), st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=500)
def test_a_turned_bit_never_makes_another_order_or_signer_right(right, at, bit):
    before = read_signature(right, ORDER)
    after = read_signature(flipped(right, at, bit), ORDER)
    assert isinstance(after, SignatureBroken) or after == before


def test_a_signature_cut_off_anywhere_is_broken(env):
    whole = Made().sign(issue(env))
    for end in range(len(whole)):
        assert _rules(read_signature(whole[:end], ORDER)) == {"malformed"}
