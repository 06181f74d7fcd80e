"""A customer's certificate, written by us, is octet for octet what the library would write."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cinnabar.env import Env
from cinnabar.pki.assemble import assemble_certificate
from cinnabar.pki.certificate import read_certificate
from cinnabar.pki.der import DerError
from cinnabar.pki.keys import spki_of, subject_key_identifier
from cinnabar.pki.lint import lint_customer
from cinnabar.pki.tbs import customer_tbs
from tests.pki.support import P256, P384, RSA2048, Facts, issue, profile_of, tbs_of

ANY_CA_KEY = ec.generate_private_key(ec.SECP256R1())
OFF = (
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
SECONDS = st.integers(0, 70 * 365 * 86400).map(
    lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)


def _by_the_library(env: Env, facts: Facts) -> bytes:
    policy, where = env.firm.certificate, profile_of(env).where
    issuing = x509.load_der_x509_certificate(env.signer.authority().issuing_der)
    name = policy.cn_template.format(subject=facts.subject)
    spki = spki_of(facts.key.public_key())
    usage = dict.fromkeys(OFF, False)
    access = [
        x509.AccessDescription(kind, x509.UniformResourceIdentifier(url))
        for kind, url in (
            (AuthorityInformationAccessOID.OCSP, where.ocsp),
            (AuthorityInformationAccessOID.CA_ISSUERS, where.issuer),
        )
    ]
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(where.crl)], None, None, None)
    key_identifier = issuing.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), True),
        (
            x509.ExtendedKeyUsage(
                [
                    ExtendedKeyUsageOID.CLIENT_AUTH,
                    x509.ObjectIdentifier(policy.order_signing_oid),
                ]
            ),
            False,
        ),
        (
            x509.CertificatePolicies(
                [x509.PolicyInformation(x509.ObjectIdentifier(policy.policy_oid), None)]
            ),
            False,
        ),
        (x509.AuthorityKeyIdentifier(key_identifier.value.digest, None, None), False),
        (x509.AuthorityInformationAccess(access), False),
        (x509.CRLDistributionPoints([point]), False),
        (x509.SubjectKeyIdentifier(subject_key_identifier(spki)), False),
    ]
    builder = x509.CertificateBuilder(
        issuer_name=issuing.subject,
        subject_name=x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, policy.country),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, policy.organisation),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        ),
        public_key=facts.key.public_key(),
        serial_number=facts.serial,
        not_valid_before=facts.not_before.replace(tzinfo=None),
        not_valid_after=facts.not_after.replace(tzinfo=None),
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(ANY_CA_KEY, hashes.SHA256()).tbs_certificate_bytes


FACTS = st.builds(
    Facts,
    serial=st.integers(1 << 64, (1 << 127) - 1),
    subject=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=16, max_size=16),
    key=st.sampled_from([P256, P384, RSA2048]),
    not_before=SECONDS,
    not_after=SECONDS,
)


@given(FACTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_our_octets_are_the_librarys(env, facts):
    assume(facts.not_before < facts.not_after)  # the library builds no other
    assert tbs_of(profile_of(env), facts) == _by_the_library(env, facts)


@pytest.mark.parametrize("key", [P256, P384, RSA2048])
def test_the_signed_certificate_follows_from_the_issuing_ca(env, key):
    certificate = x509.load_der_x509_certificate(issue(env, Facts(key=key)))
    issuing = x509.load_der_x509_certificate(env.signer.authority().issuing_der)
    certificate.verify_directly_issued_by(issuing)


def test_what_was_built_reads_back(env):
    facts = Facts()
    found = read_certificate(issue(env, facts)).fields
    assert (found.serial, found.not_before, found.not_after) == (
        facts.serial,
        facts.not_before,
        facts.not_after,
    )
    assert found.spki == spki_of(P256.public_key())


def test_the_profile_follows_the_firm_file(env):
    der = issue(env)
    certificate = x509.load_der_x509_certificate(der)
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [p.policy_identifier.dotted_string for p in policies] == [
        env.firm.certificate.policy_oid
    ]
    name = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
    assert name == env.firm.certificate.organisation


def test_a_serial_of_every_roll_of_the_dice_passes_the_lint(env):
    profile = profile_of(env)
    for _ in range(200):
        assert lint_customer(tbs_of(profile, Facts(serial=env.dice.serial())), profile) == ()


def test_a_name_too_long_for_a_certificate_is_an_error_not_a_certificate(env):
    with pytest.raises(DerError):
        tbs_of(profile_of(env), Facts(subject="X" * 65))


def test_a_broken_key_is_an_error_not_a_certificate(env):
    with pytest.raises(DerError):
        customer_tbs(
            profile_of(env),
            serial=1,
            subject="X",
            spki_der=b"\x30\x00",
            not_before=Facts().not_before,
            not_after=Facts().not_after,
        )


def test_reading_a_certificate_with_something_behind_it_fails(env):
    with pytest.raises(DerError):
        read_certificate(issue(env) + b"\x00")
    assert assemble_certificate(b"", b"")[0] == 0x30
