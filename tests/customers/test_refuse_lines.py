"""Lines that are wrong are named, with their reason, and the good ones go in."""

import pytest

from cinnabar.customers.faults import Fault
from cinnabar.customers.models import Customer
from cinnabar.words import Words
from tests.customers.support import csv_of, everything, line, mei, nobody, take, take_file

pytestmark = pytest.mark.django_db

SPOILT = {
    "identifier": [
        ("", "missing"),
        ("A123456788", "identifier"),
        ("22099132", "identifier"),
        ("王小明", "identifier"),
    ],
    "name": [
        ("", "missing"),
        ("王" * 65, "name-length"),
        ("王\x07小明", "name-characters"),
        ("王\u202e小明", "name-characters"),
        ("王\ue000小明", "name-characters"),
        ("王\x00小明", "name-characters"),
    ],
    "birth_date": [
        ("", "missing"),
        ("0790201", "date-form"),
        ("1990/02/01", "date-form"),
        ("1990-W05-4", "date-form"),
        ("1990-02-30", "date-unreal"),
        ("2026-11-21", "date-future"),
        ("1899-12-31", "date-too-old"),
    ],
    "mobile": [
        ("0958", "mobile"),
        ("958123474", "mobile"),
        ("0228123474", "mobile"),
        ("+852 9123 4567", "mobile"),
        ("０９５８１２３４７４", "mobile"),
    ],
    "email": [
        ("fredric", "email"),
        ("fredric@localhost", "email"),
        ("fred ric@example.com", "email"),
        ("fredric@example.com\t", ""),
        ("a@b@example.com", "email"),
        (".fredric@example.com", "email"),
        ("明@example.com", "email"),
        ("f" * 65 + "@example.com", "email"),
        ("f@" + "example." * 32 + "com", "email"),
    ],
    "language": [("", "missing"), ("fr", "language")],
    "consolidated": [("", "missing"), ("maybe", "yes-or-no")],
    "accounts": [
        ("securities:台北", "account-form"),
        ("securities:台北:1;", "account-form"),
        ("gardening:台北:1234567", "account-line"),
        ("securities::1234567", "account-branch"),
        ("securities:" + "台" * 41 + ":1234567", "account-branch"),
        ("securities:台北:", "account-number"),
        ("securities:台北:12 34", "account-number"),
        ("securities:台北:" + "1" * 21, "account-number"),
        ("futures:台北:1;futures:台北:1", "account-twice"),
        (";".join(f"futures:台北:{n}" for n in range(101)), "accounts-too-many"),
    ],
}
CASES = [(column, text, why) for column, cases in SPOILT.items() for text, why in cases]


@pytest.mark.parametrize(("column", "text", "why"), CASES)
def test_a_wrong_field_is_named_and_the_line_after_it_goes_in(env, column, text, why):
    taken = take(env, line(**{column: text}), nobody(1))
    assert taken.reasons == ([(2, column, why)] if why else [])
    assert taken.summary.created == (1 if why else 2)


def test_all_that_is_wrong_with_a_line_is_said_at_once(env):
    taken = take(env, nobody(1), line(mobile="1", email="2", consolidated="3"))
    assert taken.reasons == [
        (3, "mobile", "mobile"),
        (3, "email", "email"),
        (3, "consolidated", "yes-or-no"),
    ]
    assert taken.counts == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"A123456789,only\r\n", "field-count"),
        (b"A123456789,,,,,,,,,\r\n", "field-count"),
        (b'A123456789,"an open quote,1990-02-01,,,en,yes,\r\n', "quotes"),
        ("A123456789,王,,,,,,\r\n".encode("cp950"), "not-utf8"),
        (b"A" * 20_000 + b"\r\n", "line-too-long"),
        (b"A" * 16_384 + b"\r\n", "line-too-long"),
        (b"A" * 16_385, "line-too-long"),
    ],
)
def test_a_line_that_cannot_be_read_spoils_no_other(env, raw, why):
    before, after = csv_of(nobody(1)), csv_of(nobody(2)).partition(b"\r\n")[2]
    end = b"" if raw.endswith(b"\n") else b"\n"
    taken = take_file(env, before + raw + end + after)
    assert taken.reasons == [(3, "line", why)]
    assert taken.counts == (2, 0, 0, 1)


def test_lines_are_counted_as_an_editor_does(env):
    good, bad = csv_of(nobody(1)), csv_of(line(mobile="1")).partition(b"\r\n")[2]
    taken = take_file(env, good + b"\r\n\r\n" + b"x" * 40_000 + b"\r\n" + bad)
    assert [fault.line for fault in taken.faults] == [5, 6]


@pytest.mark.parametrize("batch", [1, 2, 2000])
def test_of_two_lines_about_one_customer_the_later_is_refused_with_both_numbers(env, batch):
    taken = take(env, line(), nobody(1), line(name="王大明", identifier="a12345-6789"), batch=batch)
    assert taken.reasons == [(4, "identifier", "identifier-twice")]
    assert taken.faults[0].facts == {"identifier": "A12345****", "first": "2"}
    assert taken.counts == (2, 0, 0, 1)


@pytest.mark.parametrize("batch", [1, 2000])
def test_an_account_of_another_customer_is_refused_and_nothing_of_its_line_goes_in(env, batch):
    taken = take(env, line(), mei(accounts="futures:台北:1;securities:台北:1234567"), batch=batch)
    assert taken.reasons == [(3, "accounts", "account-taken")]
    assert taken.faults[0].facts["account"] == env.firm.masks.account("1234567")
    assert Customer.objects.count() == 1


def test_a_customer_who_is_known_does_not_get_the_account_of_another_either(env):
    take(env, line(), mei())
    before = everything()
    taken = take(env, mei(mobile="", accounts="securities:台北:1234567"))
    assert taken.reasons == [(2, "accounts", "account-taken")]
    assert everything() == before


def test_faults_come_in_the_order_of_the_lines(env):
    take(env, line())
    taken = take(
        env,
        mei(accounts="securities:台北:1234567"),
        nobody(1),
        nobody(1),
        line(mobile="1", identifier="C123456781"),
    )
    assert [fault.line for fault in taken.faults] == [2, 4, 5]


@pytest.mark.parametrize("language", ["en", "zh-Hant-TW"])
def test_every_fault_has_a_sentence_without_the_value_it_is_about(env, language):
    words = Words(env.firm, language)
    said = set()
    for column, text, why in CASES:
        for fault in take(env, line(**{column: text})).faults:
            sentence = words.say(f"import-fault.{fault.fault}", **fault.facts)
            assert not text or len(text) < 3 or text not in sentence
            said.add(why)
    others = {fault.value for fault in Fault} - said
    assert others == {
        "line-too-long",
        "not-utf8",
        "quotes",
        "field-count",
        "identifier-twice",
        "account-taken",
    }
    for name in others:
        assert words.under("import-fault.")[name]
