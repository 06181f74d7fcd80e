"""Who somebody says to be: shapes, check digits, and one spelling for each."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.kernel.identifiers import (
    IdKind,
    is_national_id,
    is_uniform_no,
    normalise,
    read_identifier,
)
from cinnabar.kernel.refusal import Refusal, Refused

VALUES = {
    "A": 10,
    "B": 11,
    "C": 12,
    "D": 13,
    "E": 14,
    "F": 15,
    "G": 16,
    "H": 17,
    "I": 34,
    "J": 18,
    "K": 19,
    "L": 20,
    "M": 21,
    "N": 22,
    "O": 35,
    "P": 23,
    "Q": 24,
    "R": 25,
    "S": 26,
    "T": 27,
    "U": 28,
    "V": 29,
    "W": 32,
    "X": 30,
    "Y": 31,
    "Z": 33,
}
TAIWAN: tuple[IdKind, ...] = ("national_id", "uniform_no")
ACCOUNTS: tuple[IdKind, ...] = ("account_no",)
DIGITS = st.text(string.digits, min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A123456789", "national_id"),
        ("B223456782", "national_id"),
        ("C123456781", "national_id"),
        ("22099131", "uniform_no"),
    ],
)
def test_the_demo_customers_identifiers_are_right(text, kind):
    identifier = read_identifier(text, TAIWAN)
    assert (identifier.kind, identifier.value) == (kind, text)


@pytest.mark.parametrize("text", ["A800000014", "FA12345689"])
def test_residents_have_identifiers_of_the_new_and_of_the_old_form(text):
    assert read_identifier(text, TAIWAN).kind == "national_id"


@pytest.mark.parametrize(("letter", "value"), VALUES.items())
def test_every_letter_has_the_value_of_the_household_registry(letter, value):
    check = -(value // 10 + value % 10 * 9 + 1 * 8) % 10
    assert is_national_id(f"{letter}10000000{check}")


@given(st.sampled_from(string.ascii_uppercase), st.sampled_from("1289ABCD"), DIGITS)
def test_a_mistyped_digit_is_found(letter, second, digits):
    right = [d for d in string.digits if is_national_id(letter + second + digits[:7] + d)]
    assert len(right) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "A12345678", "A1234567890", "A123456788", "A323456789", "1123456789"),
        *("AE12345678", "2209913", "220991311", "22099132", "A12345678९", "Ⅷ2345678"),
        "A123456789" + " " * 64,
    ],
)
def test_what_is_no_identifier_is_refused_by_name(text):
    with pytest.raises(Refused) as refused:
        read_identifier(text, TAIWAN)
    assert refused.value.refusal is Refusal.IDENTIFIER_MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        *("a123456789", " A123456789\t", "Ａ１２３４５６７８９", "ａ123456789", "A123-456-789"),
        *("A123 456 789", "A\u3000123456789", "A123456789\u200b", "A123\u2010456789"),
    ],
)
def test_one_person_has_one_spelling_so_that_counters_cannot_be_dodged(text):
    assert normalise(text) == "A123456789"
    assert read_identifier(text, TAIWAN).value == "A123456789"


@pytest.mark.parametrize("value", ["A123456789", "22099131"])
def test_only_so_many_characters_are_read(value):
    assert read_identifier(value.ljust(64), TAIWAN).value == value
    with pytest.raises(Refused):
        read_identifier(value.ljust(65), TAIWAN)


@given(st.text())
def test_every_text_has_one_spelling_and_keeps_it(text):
    once = normalise(text)
    assert normalise(once) == normalise(once.lower()) == normalise(f" {once}")


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("22099131", True),  # a sum of 30
        ("22099136", True),  # a sum of 35: right since 2023, when ten became five
        ("22099130", False),
        ("22099132", False),
        ("12345675", True),  # the seventh digit is 7: its ten may count as one
        ("12345676", True),  # or as ten
        ("12345674", False),
        ("12345677", False),
    ],
)
def test_company_numbers_follow_the_rule_of_2023(number, right):
    assert is_uniform_no(number) is right


@given(DIGITS)
def test_one_company_number_in_five_is_right_or_two_when_the_seventh_is_seven(digits):
    right = [d for d in string.digits if is_uniform_no(digits[:7] + d)]
    assert len(right) == (4 if digits[6] == "7" else 2)


@pytest.mark.parametrize(
    "typed", ["9999-9990", "99999990", " 9999 9990 ", "９９９９－９９９０", "9999–9990"]
)
def test_an_account_number_as_a_name_has_one_spelling_with_its_hyphen(typed):
    identifier = read_identifier(typed, ACCOUNTS)
    assert (identifier.kind, identifier.value) == ("account_no", "9999-9990")


@pytest.mark.parametrize("typed", ["9999-999", "9999-99900", "A123456789", "9999-999O", ""])
def test_what_is_not_eight_digits_is_no_account_number(typed):
    with pytest.raises(Refused) as refused:
        read_identifier(typed, ACCOUNTS)
    assert refused.value.refusal is Refusal.IDENTIFIER_MALFORMED


def test_a_firm_takes_the_kinds_it_names_and_no_other():
    assert read_identifier("22099131", ACCOUNTS).value == "2209-9131"
    assert read_identifier("22099131", TAIWAN).value == "22099131"
    with pytest.raises(Refused):
        read_identifier("A123456789", ACCOUNTS)
    with pytest.raises(Refused):
        read_identifier("22099131", TAIWAN[:1])
