"""Whether one certificate was signed by another's key."""

from dataclasses import replace
from datetime import timedelta

from cinnabar.pki.certificate import read_certificate
from cinnabar.pki.chain import is_issued_by
from tests.pki.support import NOW, flipped, issue


def test_what_the_issuing_ca_signed_is_its_own(env):
    ca = env.signer.authority()
    certificate = read_certificate(issue(env))
    assert is_issued_by(certificate, ca.issuing, NOW)
    assert is_issued_by(ca.issuing, ca.root, NOW)
    assert not is_issued_by(certificate, ca.root, NOW)


def test_the_right_name_under_a_wrong_signature_is_not(env):
    ca = env.signer.authority().issuing
    certificate = read_certificate(issue(env))
    wrong = replace(certificate, signature=flipped(certificate.signature, -1, 0))
    assert not is_issued_by(wrong, ca, NOW)
    assert not is_issued_by(replace(certificate, tbs=flipped(certificate.tbs, -1, 0)), ca, NOW)


def test_an_issuer_counts_within_its_dates_only(env):
    ca = env.signer.authority().issuing
    certificate = read_certificate(issue(env))
    assert is_issued_by(certificate, ca, ca.fields.not_after)
    assert not is_issued_by(certificate, ca, ca.fields.not_after + timedelta(seconds=1))
    assert not is_issued_by(certificate, ca, ca.fields.not_before - timedelta(seconds=1))
