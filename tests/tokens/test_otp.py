"""Codes by counter and by time: every vector of RFC 4226 and RFC 6238, and another's arithmetic."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from cinnabar.tokens.soft import otp

KEYS: dict[otp.Digest, bytes] = {
    "sha1": b"12345678901234567890",
    "sha256": b"12345678901234567890123456789012",
    "sha512": b"1234567890123456789012345678901234567890123456789012345678901234",
}

HOTP = [
    "755224",
    "287082",
    "359152",
    "969429",
    "338314",
    "254676",
    "287922",
    "162583",
    "399871",
    "520489",
]
"""RFC 4226, appendix D, counters 0 to 9."""

TOTP_CODES = {
    59: ("94287082", "46119246", "90693936"),
    1111111109: ("07081804", "68084774", "25091201"),
    1111111111: ("14050471", "67062674", "99943326"),
    1234567890: ("89005924", "91819424", "93441116"),
    2000000000: ("69279037", "90698825", "38618901"),
    20000000000: ("65353130", "77737706", "47863826"),
}
"""RFC 6238, appendix B: seconds, and the codes with SHA-1, SHA-256, SHA-512."""

PERIOD = timedelta(seconds=30)


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def test_the_codes_of_rfc_4226():
    for counter, code in enumerate(HOTP):
        assert otp.hotp(KEYS["sha1"], counter, digits=6, digest="sha1") == code


@pytest.mark.parametrize("seconds", TOTP_CODES)
def test_the_codes_of_rfc_6238(seconds):
    step = otp.step_of(at(seconds), PERIOD)
    made = tuple(otp.hotp(key, step, digits=8, digest=name) for name, key in KEYS.items())
    assert made == TOTP_CODES[seconds]


def test_another_library_makes_the_same_codes():
    for n in range(200):
        key, seconds = bytes([n]) * 32, 1_700_000_000 + n * 12_345_678
        theirs = TOTP(key, 6, hashes.SHA256(), 30).generate(seconds).decode()
        assert otp.hotp(key, otp.step_of(at(seconds), PERIOD), digits=6) == theirs


def test_a_step_begins_on_the_half_minute():
    assert otp.step_of(at(59), PERIOD) == 1
    assert otp.step_of(at(60), PERIOD) == 2
    assert otp.step_of(at(59.999), PERIOD) == 1


@pytest.mark.parametrize(("window", "steps"), [(0, [5]), (1, [4, 5, 6]), (2, [3, 4, 5, 6, 7])])
def test_codes_before_and_after_count_as_far_as_the_firm_says(window, steps):
    assert list(otp.steps_around(at(150), PERIOD, window)) == steps


def test_before_the_first_step_there_is_none():
    assert list(otp.steps_around(at(0), PERIOD, 1)) == [0, 1]


def test_the_latest_step_with_that_code_is_found():
    key = KEYS["sha256"]
    code = otp.hotp(key, 41, digits=6)
    assert otp.matching(key, code, range(40, 43), digits=6) == 41
    assert otp.matching(key, code, range(42, 45), digits=6) is None
    assert otp.matching(key, "０" * 6, range(40, 43), digits=6) is None
