"""What of a person's data may be shown (P189 to P194, G12, G13)."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.kernel.masks import (
    mask_account,
    mask_cn,
    mask_email,
    mask_identifier,
    mask_mobile,
    mask_name,
)

MASKS = [mask_identifier, mask_mobile, mask_email, mask_account, mask_cn]
IDS = st.from_regex(r"[A-Z][12][0-9]{8}", fullmatch=True)
COMPANIES = st.from_regex(r"[0-9]{8}", fullmatch=True)
LOCALS = st.text(string.ascii_lowercase + string.digits + ".", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_identifier, "A123456789", "A12345****"),
        (mask_identifier, "A127661234", "A12766****"),
        (mask_identifier, "FA12345689", "FA1234****"),
        (mask_identifier, "22099131", "2209****"),
        (mask_mobile, "0958123474", "0958****74"),
        (mask_email, "fredric@example.com", "f*****c@example.com"),
        (mask_email, "abc@example.com", "a*****c@example.com"),
        (mask_email, "ab@example.com", "*****@example.com"),
        (mask_email, "a@example.com", "*****@example.com"),
        (mask_account, "1234567", "****567"),
        (mask_cn, "I100261234-00-QR01::IS0015", "I10026****-00-QR01::IS0015"),
        (mask_cn, "22099131-00-CN01", "2209****-00-CN01"),
        (mask_cn, "7ZQ4M1X0K8W2P5R9-00-CN01", "7ZQ4M1X0K8W2P5R9-00-CN01"),
    ],
)
def test_g12_and_g13_the_masks_read_as_the_documents_show_them(mask, value, shown):
    assert mask(value) == shown


@pytest.mark.parametrize("mask", [mask_identifier, mask_mobile, mask_account])
@pytest.mark.parametrize("value", ["", "1", "A1", "@", "王小明"])
def test_what_has_another_shape_shows_nothing_of_itself(mask, value):
    assert mask(value) == "****"


@pytest.mark.parametrize("value", ["", "fredric", "@example.com", "a@b@example.com", "fredric@"])
def test_what_is_no_mail_address_shows_nothing_of_itself(value):
    assert mask_email(value) == "*****"


@pytest.mark.parametrize("mask", MASKS)
@given(value=st.text(max_size=40))
def test_every_mask_takes_whatever_it_is_given(mask, value):
    assert isinstance(mask(value), str)


@given(IDS, IDS)
def test_ids_alike_in_six_characters_look_alike(one, other):
    assert mask_identifier(one) == mask_identifier(one[:6] + other[6:])


@given(COMPANIES, COMPANIES)
def test_company_numbers_alike_in_four_digits_look_alike(one, other):
    assert mask_identifier(one) == mask_identifier(one[:4] + other[4:])


@given(LOCALS, LOCALS)
def test_mail_addresses_alike_at_their_ends_look_alike_whatever_their_length(one, other):
    ends = (one[0] + one + one[-1], one[0] + other + one[-1])
    assert mask_email(f"{ends[0]}@example.com") == mask_email(f"{ends[1]}@example.com")


@given(st.text(string.digits, max_size=20), st.integers(0, 4))
def test_an_account_hides_four_digits_at_least(number, keep):
    shown = mask_account(number, keep_last=keep)
    assert sum(c.isdigit() for c in shown) <= min(keep, max(0, len(number) - 4))


@given(st.from_regex(r"09[0-9]{8}", fullmatch=True), st.integers(0, 4), st.integers(0, 2))
def test_a_mobile_number_shows_its_ends_and_no_more(number, first, last):
    shown = mask_mobile(number, keep_first=first, keep_last=last)
    assert shown == number[:first] + "****" + number[len(number) - last :]


@given(IDS, st.integers(0, 20))
def test_no_firm_can_ask_for_more_of_an_id_than_six_characters(value, keep):
    assert mask_identifier(value, keep=keep) == value[: min(keep, 6)] + "****"


@given(IDS, st.text("-:/ ", min_size=1, max_size=3), st.text(string.ascii_lowercase, max_size=8))
def test_an_id_is_masked_wherever_it_stands_in_a_name(value, between, word):
    assert value not in mask_cn(word + between + value + between + word)


@pytest.mark.parametrize(("keep", "shown"), [(4, "****-9990"), (2, "****-**90"), (0, "****-****")])
def test_an_account_number_that_is_a_name_shows_its_end(keep, shown):
    assert mask_identifier("9999-9990", keep_account=keep) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("陳志明", "陳**"),
        ("Chan Tai Man", "C*** T** M**"),
        ("", ""),
        ("王", "王"),
        (" A  B ", "A B"),
    ],
)
def test_a_name_shows_how_its_words_begin(name, shown):
    assert mask_name(name) == shown
