"""What a field of a customer may be."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.customers import rules
from cinnabar.customers.faults import Fault, Unfit
from cinnabar.customers.rules import Account
from cinnabar.customers.vocabulary import BusinessLine
from cinnabar.firm import load_firm
from cinnabar.firm.mobiles import MobileNumbers

TODAY = date(2026, 11, 20)
TAIWAN = load_firm("taiwan").mobiles
HONG_KONG = MobileNumbers(country_code="852", trunk="", starts=("9", "4", "5", "6", "7"), digits=8)


def why(rule, *arguments, **named):
    with pytest.raises(Unfit) as unfit:
        rule(*arguments, **named)
    return unfit.value.fault


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("20020201", date(2002, 2, 1)),
        ("2002-02-01", date(2002, 2, 1)),
        ("2000-02-29", date(2000, 2, 29)),
        ("1900-01-01", date(1900, 1, 1)),
        ("2026-11-20", TODAY),
    ],
)
def test_a_day_of_the_calendar_is_a_birth_date(text, born):
    assert rules.read_birth_date(text, today=TODAY) == born


def test_a_year_of_the_republic_is_refused():
    """G18."""
    assert why(rules.read_birth_date, "0910201", today=TODAY) is Fault.DATE_FORM


@given(st.dates(max_value=date(9999, 12, 31)))
def test_a_birth_date_lies_between_1900_and_today(born):
    inside = date(1900, 1, 1) <= born <= TODAY
    try:
        read = rules.read_birth_date(born.isoformat(), today=TODAY)
    except Unfit:
        assert not inside
    else:
        assert inside
        assert read == born


@given(st.from_regex(r"09[0-9]{8}", fullmatch=True).filter(str.isascii), st.data())
def test_every_spelling_of_a_mobile_reads_the_same(number, data):
    lead = data.draw(st.sampled_from(["0", "+886", "886", "00886", "+886-", "+886 (0)", "+8860"]))
    gap = data.draw(st.sampled_from(["", " ", "-"]))
    spelt = lead + number[1:4] + gap + number[4:7] + gap + number[7:]
    assert rules.read_mobile(spelt, numbers=TAIWAN) == number


@given(st.text(max_size=20))
def test_what_reads_as_a_mobile_is_ten_digits_from_09(text):
    try:
        read = rules.read_mobile(text, numbers=TAIWAN)
    except Unfit:
        return
    assert read.isascii()
    assert read.isdigit()
    assert (len(read), read[:2]) == (10, "09")


@given(st.text(max_size=80))
def test_what_reads_as_a_mail_address_cannot_carry_a_header(text):
    try:
        read = rules.read_email(text)
    except Unfit:
        return
    assert not set(read) & set('\r\n\0 ,;<>"')
    assert read.count("@") == 1


def test_the_longest_mail_address_is_254_characters():
    local, label = "f" * 64, "e" * 63
    domain = f"{label}.{label}.{'e' * 57}.com"
    assert len(f"{local}@{domain}") == 254
    assert rules.read_email(f"{local}@{domain}") == f"{local}@{domain}"
    assert why(rules.read_email, f"{local}@e{domain}") is Fault.EMAIL


@pytest.mark.parametrize(
    "name",
    ["王小明", "丹砂貿易（股）有限公司", "O'Brien, Seán", "Ali·巴巴", "𠮷野家", "\U00031350氏"],
)
def test_names_of_people_and_companies_are_taken_as_written(name):
    assert rules.read_name(name) == name


@pytest.mark.parametrize("mark", ["\n", "\t", "\u200b", "\u202e", "\u2028", "\ue000", "\ufeff"])
def test_marks_that_do_not_print_are_refused_in_names(mark):
    assert why(rules.read_name, f"王{mark}明") is Fault.NAME_CHARACTERS


@given(
    st.lists(
        st.builds(
            Account,
            st.sampled_from(BusinessLine),
            st.sampled_from(["台北", "期貨台北"]),
            st.from_regex(r"[0-9]{7}", fullmatch=True).filter(str.isascii),
        ),
        unique=True,
        max_size=10,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_accounts_does_not_matter(accounts, random):
    written = [":".join(account) for account in accounts]
    read = rules.read_accounts(";".join(written))
    random.shuffle(written)
    assert rules.read_accounts(";".join(written)) == read
    assert set(read) == set(accounts)


def test_equal_mail_boxes_are_spelt_alike():
    assert rules.contact_spelling("Fredric@example.com") == "fredric@example.com"


@pytest.mark.parametrize(
    "spelt", ["91234567", "9123 4567", "+852 9123-4567", "(852) 91234567", "0085291234567"]
)
def test_a_number_without_trunk_digits_reads_the_same_in_every_spelling(spelt):
    assert rules.read_mobile(spelt, numbers=HONG_KONG) == "91234567"


@pytest.mark.parametrize("spelt", ["21234567", "9123456", "912345678", "0912345678", "+8869123456"])
def test_what_begins_otherwise_or_is_longer_is_no_mobile_there(spelt):
    with pytest.raises(Unfit) as unfit:
        rules.read_mobile(spelt, numbers=HONG_KONG)
    assert unfit.value.fault is Fault.MOBILE
    assert unfit.value.facts == {"example": "91234567", "abroad": "+85291234567"}
