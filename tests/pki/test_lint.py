"""The lint reads the octets that get signed and lets nothing else through (CAK-03)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cinnabar.pki import oids
from cinnabar.pki.certificate import VERSION_3, extension, read_tbs
from cinnabar.pki.der import Cursor, context, integer, octet_string, oid, sequence, time, tlv
from cinnabar.pki.keys import spki_of, subject_key_identifier
from cinnabar.pki.lint import lint_customer
from cinnabar.pki.profile import CustomerProfile, customer_profile
from tests.pki.support import NOW, P256, SUBJECT, Facts, flipped, profile_of, shard_of_now, tbs_of

TINY_RSA = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused


def _rules(tbs: bytes, profile: CustomerProfile) -> set[str]:
    return {finding.rule for finding in lint_customer(tbs, profile)}


def test_what_the_profile_builds_is_clean(env):
    profile = profile_of(env)
    assert lint_customer(tbs_of(profile), profile) == ()


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (Facts(serial=1), "serial"),
        (Facts(serial=(1 << 63) - 1), "serial"),
        (Facts(serial=1 << 160), "serial"),
        (Facts(not_after=NOW - timedelta(seconds=1)), "validity"),
        (Facts(not_after=NOW), "validity"),
        (Facts(not_after=NOW + timedelta(days=400)), "validity"),
        (
            Facts(
                not_before=datetime(2036, 10, 30, tzinfo=UTC),
                not_after=datetime(2036, 11, 29, tzinfo=UTC),
            ),
            "validity",
        ),
        (Facts(subject="0123456789ABCDE"), "subject"),
        (Facts(subject="0123456789ABCDEI"), "subject"),
        (Facts(subject="A123456789"), "subject"),
        (Facts(key=TINY_RSA), "key"),
        (Facts(key=ec.generate_private_key(ec.SECP256K1())), "key"),
    ],
)
def test_a_wrong_fact_is_found(env, facts, rule):
    profile = profile_of(env)
    assert _rules(tbs_of(profile, facts), profile) == {rule}


def test_a_certificate_that_would_outlive_the_ca_is_found_by_a_second(env):
    profile = profile_of(env)
    end = profile.issuer_not_after
    last = Facts(not_before=end - timedelta(days=30), not_after=end)
    assert _rules(tbs_of(profile, last), profile) == set()
    over = replace(last, not_after=end + timedelta(seconds=1))
    assert _rules(tbs_of(profile, over), profile) == {"validity"}


@pytest.mark.parametrize(
    "change",
    [
        {"country": "HK"},
        {"organisation": "Somebody Else"},
        {"cn_template": "{subject}-01-CN01"},
        {"cn_template": "A123456789 {subject}"},
    ],
)
def test_a_name_of_another_firm_is_found(env, change):
    profile = profile_of(env)
    assert _rules(tbs_of(replace(profile, **change)), profile) == {"subject"}


def test_a_national_id_is_found_even_if_the_firm_file_asks_for_it(env):
    profile = replace(profile_of(env), cn_template="A123456789 {subject}")
    assert _rules(tbs_of(profile), profile) == {"subject"}


@pytest.mark.parametrize(
    "change",
    [{"policy_oid": "1.3.6.1.4.1.32473.9"}, {"order_signing_oid": "1.3.6.1.4.1.32473.9"}],
)
def test_a_policy_or_purpose_of_another_firm_is_found(env, change):
    profile = profile_of(env)
    assert _rules(tbs_of(replace(profile, **change)), profile) == {"extension"}


def test_addresses_of_another_installation_are_found(env):
    profile, policy = profile_of(env), env.firm.certificate
    elsewhere = customer_profile(
        policy, env.signer.authority(), "http://127.0.0.1:9", shard_of_now(env.firm)
    )
    assert len(lint_customer(tbs_of(elsewhere), profile)) == 2


def _tbs(profile: CustomerProfile, **parts: bytes) -> bytes:
    """Build by hand, so that each part can be another."""
    facts = Facts()
    spki = spki_of(P256.public_key())
    own = octet_string(subject_key_identifier(spki))
    made = {
        "version": VERSION_3,
        "serial": integer(facts.serial),
        "head": profile.algorithm_and_issuer,
        "validity": sequence(time(facts.not_before), time(facts.not_after)),
        "subject": read_tbs(tbs_of(profile)).subject,
        "spki": spki,
        "fixed": profile.fixed_extensions,
        "own": extension(oids.SUBJECT_KEY_IDENTIFIER, own),
        **parts,
    }
    extensions = sequence(made.pop("fixed"), made.pop("own"))
    return sequence(*made.values(), tlv(context(3), extensions))


def _fixed(profile: CustomerProfile, without: str, instead: bytes = b"") -> bytes:
    found = Cursor(profile.fixed_extensions)
    kept = []
    while found.peek() != -1:
        one = found.whole()
        kept.append(instead if oid(without) in one else one)
    return b"".join(kept)


def test_the_hand_made_one_is_clean_too(env):
    profile = profile_of(env)
    assert _tbs(profile) == tbs_of(profile)


CRITICAL_CA = extension(oids.BASIC_CONSTRAINTS, sequence(b"\x01\x01\xff"), critical=True)


@pytest.mark.parametrize(
    ("dotted", "instead"),
    [
        (oids.BASIC_CONSTRAINTS, b""),
        (oids.BASIC_CONSTRAINTS, CRITICAL_CA),
        (oids.BASIC_CONSTRAINTS, extension(oids.BASIC_CONSTRAINTS, sequence())),
        (oids.KEY_USAGE, b""),
        (oids.KEY_USAGE, extension(oids.KEY_USAGE, b"\x03\x02\x06\xc0")),
        (oids.KEY_USAGE, extension(oids.KEY_USAGE, b"\x03\x02\x02\xc4", critical=True)),
        (oids.EXTENDED_KEY_USAGE, b""),
        (
            oids.EXTENDED_KEY_USAGE,
            extension(oids.EXTENDED_KEY_USAGE, sequence(oid("2.5.29.37.0"))),
        ),
        (oids.CERTIFICATE_POLICIES, b""),
        (oids.AUTHORITY_KEY_IDENTIFIER, b""),
        (oids.AUTHORITY_INFORMATION_ACCESS, b""),
        (oids.CRL_DISTRIBUTION_POINTS, b""),
    ],
)
def test_an_extension_missing_or_saying_something_else_is_found(env, dotted, instead):
    profile = profile_of(env)
    tbs = _tbs(profile, fixed=_fixed(profile, dotted, instead))
    assert _rules(tbs, profile) == {"extension"}


def test_an_extension_too_many_or_twice_is_found(env):
    profile = profile_of(env)
    name = extension("2.5.29.17", sequence(tlv(0x82, b"example.com")))
    assert _rules(_tbs(profile, own=b""), profile) == {"subject-key-identifier"}
    more = _tbs(profile, fixed=profile.fixed_extensions + name)
    assert _rules(more, profile) == {"extension"}
    twice = _tbs(profile, fixed=profile.fixed_extensions * 2)
    assert "extensions" in _rules(twice, profile)


def test_the_identifier_of_another_key_is_found(env):
    profile = profile_of(env)
    other = extension(oids.SUBJECT_KEY_IDENTIFIER, octet_string(b"\x00" * 20))
    assert _rules(_tbs(profile, own=other), profile) == {"subject-key-identifier"}


def test_a_long_time_before_2050_is_found(env):
    profile = profile_of(env)
    long = sequence(tlv(0x18, b"20261120020000Z"), time(Facts().not_after))
    assert _rules(_tbs(profile, validity=long), profile) == {"validity"}


def test_another_version_issuer_or_algorithm_is_found(env):
    profile = profile_of(env)
    root = env.signer.authority().root.fields.subject
    sha384 = sequence(oid(oids.ECDSA_SHA384))
    assert _rules(_tbs(profile, version=b""), profile) == {"der"}
    foreign = _tbs(profile, head=oids.ECDSA_SHA256_ALGORITHM + root)
    assert _rules(foreign, profile) == {"issuer"}
    other = _tbs(profile, head=sha384 + env.signer.authority().issuing_name)
    assert _rules(other, profile) == {"algorithm"}


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_found_to_be_no_der(env, octets):
    assert _rules(octets, profile_of(env)) == {"der"}


@given(st.integers(0, 700), st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)
def test_a_turned_bit_is_found_unless_it_makes_another_right_certificate(env, at, bit):
    profile = profile_of(env)
    right = read_tbs(tbs_of(profile))
    changed = flipped(tbs_of(profile), at, bit)
    if lint_customer(changed, profile):
        return
    read = read_tbs(changed)
    assert (read.issuer, read.algorithm) == (right.issuer, right.algorithm)
    assert (read.spki, read.extensions) == (right.spki, right.extensions)
    assert (read.serial, read.validity, read.subject) != (
        right.serial,
        right.validity,
        right.subject,
    )


def test_an_id_hidden_by_chance_in_a_random_subject_is_no_finding(env):
    profile = profile_of(env)
    subject = "KKKKKA123456789K"
    assert len(subject) == len(SUBJECT)
    assert _rules(tbs_of(profile, Facts(subject=subject)), profile) == set()
