"""What a telephone's keys make of a password (P99, ITU-T E.161)."""

from dataclasses import replace

import pytest

from cinnabar.firm import load_firm
from cinnabar.kernel.secrets import Password
from cinnabar.passwords.voice import digits_of

POLICY = load_firm("taiwan").password.voice


@pytest.mark.parametrize(
    ("password", "keys"),
    [
        ("abc1234", "2221234"),
        ("AbCdEfG", "2223334"),
        ("pqrsTUV", "7777888"),
        ("wxyzZ09", "9999909"),
        ("ghijklmno", "444555666"),
        ("", ""),
    ],
)
def test_each_letter_is_the_key_it_stands_on_in_either_case(password, keys):
    assert digits_of(POLICY, Password(password)).reveal() == keys


def test_what_is_no_letter_of_the_table_stays_and_is_refused_later():
    assert digits_of(POLICY, Password("\uff21a-é")).reveal() == "\uff212-é"


def test_the_table_is_the_firms():
    other = replace(POLICY, letters={**POLICY.letters, "ABC": 0})
    assert digits_of(other, Password("abc")).reveal() == "000"
