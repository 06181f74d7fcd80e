"""Our own look at a customer's TBSCertificate before it is signed (CAK-03, CRT-01 to CRT-05).

It reads the very octets that get signed and knows nothing of how they were built. Extensions
that are the same in every certificate are judged once and remembered.
"""

from collections.abc import Iterator
from functools import lru_cache

from cinnabar.pki import oids
from cinnabar.pki.certificate import TbsFields, extension, read_extension, read_tbs
from cinnabar.pki.der import OID, Cursor, DerError, context, octet_string, oid, sequence, time
from cinnabar.pki.findings import Finding, Findings
from cinnabar.pki.keys import KeyRefused, load_key, subject_key_identifier
from cinnabar.pki.names import read_name, shows_national_id
from cinnabar.pki.profile import NOT_A_CA, SIGNING_ONLY, CustomerProfile

_SERIAL_BITS = range(64, 160)
_OWN = oid(oids.SUBJECT_KEY_IDENTIFIER)
_URI = context(6, constructed=False)


def lint_customer(tbs: bytes, profile: CustomerProfile) -> Findings:
    """Return what stands against signing `tbs` under `profile`; nothing if it is right."""
    try:
        return lint_fields(read_tbs(tbs), profile)
    except DerError as problem:
        return (Finding("der", str(problem)),)


def lint_fields(fields: TbsFields, profile: CustomerProfile) -> Findings:
    """Do the same for a TBSCertificate already taken apart."""
    try:
        return tuple(_judge(fields, profile))
    except DerError as problem:
        return (Finding("der", str(problem)),)


def _judge(fields: TbsFields, profile: CustomerProfile) -> Iterator[Finding]:
    if fields.serial < 0 or fields.serial.bit_length() not in _SERIAL_BITS:
        yield Finding("serial", f"{fields.serial.bit_length()} bits")
    if fields.algorithm != oids.ECDSA_SHA256_ALGORITHM:
        yield Finding("algorithm")
    if fields.issuer != profile.authority.issuing_name:
        yield Finding("issuer")
    yield from _judge_validity(fields, profile)
    yield from _judge_subject(fields.subject, profile)
    own = tuple(found for found in fields.extensions if _OWN in found)
    yield from _judge_key(fields.spki, own)
    yield from _judge_fixed(
        tuple(found for found in fields.extensions if found not in own), profile
    )


def _judge_validity(fields: TbsFields, profile: CustomerProfile) -> Iterator[Finding]:
    if fields.validity != sequence(time(fields.not_before), time(fields.not_after)):
        yield Finding("validity", "a time of the wrong type")
    if not fields.not_before < fields.not_after:
        yield Finding("validity", "ends before it begins")
    if fields.not_after - fields.not_before > profile.longest:
        yield Finding("validity", "longer than the firm allows")
    if fields.not_after > profile.issuer_not_after:
        yield Finding("validity", "outlives the issuer")


def _judge_subject(subject: bytes, profile: CustomerProfile) -> Iterator[Finding]:
    pairs = read_name(Cursor(subject))
    expected = [
        (oid(oids.COUNTRY), profile.country),
        (oid(oids.ORGANISATION), profile.organisation),
    ]
    if pairs[:2] != expected or len(pairs) != 3 or pairs[2][0] != oid(oids.COMMON_NAME):  # noqa: PLR2004 - C, O, CN
        yield Finding("subject", "not country, organisation and common name of the firm")
        return
    name = pairs[2][1]
    if not profile.cn_pattern.fullmatch(name):
        yield Finding("subject", "common name is not of the template")
    if shows_national_id(name):
        yield Finding("subject", "shows a national id")


def _judge_key(spki: bytes, own: tuple[bytes, ...]) -> Iterator[Finding]:
    try:
        load_key(spki)
    except KeyRefused as refused:
        yield Finding("key", refused.why)
        return
    identifier = octet_string(subject_key_identifier(spki))
    if own != (extension(oids.SUBJECT_KEY_IDENTIFIER, identifier),):
        yield Finding("subject-key-identifier", "not there once, of this key")


@lru_cache(maxsize=64)
def _judge_fixed(found: tuple[bytes, ...], profile: CustomerProfile) -> Findings:
    findings = []
    by_kind = {one.kind: one for one in map(read_extension, found)}
    if len(by_kind) != len(found):
        findings.append(Finding("extensions", "one kind twice"))
    expected = {oid(one[0]): one for one in _expected(profile)}
    findings.extend(
        Finding("extension", "unexpected " + kind.hex()) for kind in by_kind.keys() - expected
    )
    for kind, (dotted, critical, content) in expected.items():
        one = by_kind.get(kind)
        if one is None:
            findings.append(Finding("extension", f"{dotted} is missing"))
        elif one.critical is not critical:
            findings.append(Finding("extension", f"{dotted} has the wrong criticality"))
        elif _content(dotted, one.value) != content:
            findings.append(Finding("extension", f"{dotted} says something else"))
    return tuple(findings)


def _expected(profile: CustomerProfile) -> Iterator[tuple[str, bool, object]]:
    where = profile.where
    purposes = [oid(oids.PURPOSE_CLIENT_AUTH), oid(profile.order_signing_oid)]
    access = [(oid(oids.ACCESS_OCSP), where.ocsp), (oid(oids.ACCESS_CA_ISSUERS), where.issuer)]
    yield oids.BASIC_CONSTRAINTS, True, NOT_A_CA
    yield oids.KEY_USAGE, True, SIGNING_ONLY
    yield oids.EXTENDED_KEY_USAGE, False, purposes
    yield oids.CERTIFICATE_POLICIES, False, [oid(profile.policy_oid)]
    yield oids.AUTHORITY_KEY_IDENTIFIER, False, profile.authority.issuing_key_identifier
    yield oids.AUTHORITY_INFORMATION_ACCESS, False, access
    yield oids.CRL_DISTRIBUTION_POINTS, False, [where.crl]


def _content(dotted: str, value: bytes) -> object:
    read = {
        oids.EXTENDED_KEY_USAGE: _read_purposes,
        oids.CERTIFICATE_POLICIES: _read_policies,
        oids.AUTHORITY_KEY_IDENTIFIER: _read_authority_key,
        oids.AUTHORITY_INFORMATION_ACCESS: _read_access,
        oids.CRL_DISTRIBUTION_POINTS: _read_distribution,
    }.get(dotted)
    if read is None:
        return value
    outer = Cursor(value)
    inside = outer.enter()
    outer.finish()
    return read(inside)


def _read_purposes(inside: Cursor) -> object:
    found = []
    while inside.peek() != -1:
        found.append(inside.whole(OID))
    return found


def _read_policies(inside: Cursor) -> object:
    found = []
    while inside.peek() != -1:
        policy = inside.enter()
        found.append(policy.whole(OID))
        policy.finish()
    return found


def _read_authority_key(inside: Cursor) -> object:
    identifier = inside.content(context(0, constructed=False))
    inside.finish()
    return identifier


def _read_access(inside: Cursor) -> object:
    found = []
    while inside.peek() != -1:
        description = inside.enter()
        found.append((description.whole(OID), description.content(_URI).decode("ascii", "replace")))
        description.finish()
    return found


def _read_distribution(inside: Cursor) -> object:
    found = []
    while inside.peek() != -1:
        point = inside.enter()
        names = point.enter(context(0)).enter(context(0))
        point.finish()
        found.append(names.content(_URI).decode("ascii", "replace"))
        names.finish()
    return found
