"""DER is written in its one form and nothing else is read (ITU-T X.690)."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.pki.der import (
    GENERALIZED_TIME,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    Cursor,
    DerError,
    integer,
    octet_string,
    oid,
    sequence,
    time,
    tlv,
)

INSTANTS = st.datetimes(datetime(1950, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - made aware by hypothesis


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (integer(0), "020100"),
        (integer(127), "02017f"),
        (integer(128), "02020080"),
        (integer(256), "02020100"),
        (oid("1.2.840.113549"), "06062a864886f70d"),
        (oid("2.999.3"), "0603883703"),
        (oid("2.5.4.3"), "0603550403"),
        (sequence(), "3000"),
    ],
)
def test_known_values_have_their_known_octets(made, expected):
    assert made.hex() == expected


@pytest.mark.parametrize(("size", "head"), [(127, "047f"), (128, "048180"), (256, "04820100")])
def test_lengths_have_their_shortest_form(size, head):
    assert octet_string(b"x" * size).hex().startswith(head)


@pytest.mark.parametrize("text", ["", "1", "3.1", "1.40", "1.2.", "1.2.-3", "1.02", "a.b"])
def test_what_is_no_object_identifier_is_refused(text):
    with pytest.raises(DerError):
        oid(text)


def test_a_time_is_short_until_2049_and_long_from_2050():
    assert time(datetime(2049, 12, 31, 23, 59, 59, 999999, UTC))[0] == UTC_TIME
    assert time(datetime(2050, 1, 1, tzinfo=UTC))[0] == GENERALIZED_TIME


@given(INSTANTS)
def test_a_time_reads_back_to_the_second(at):
    assert Cursor(time(at)).time() == at.replace(microsecond=0)


@given(st.integers(0, 1 << 200))
def test_an_integer_reads_back(value):
    assert Cursor(integer(value)).integer() == value


@pytest.mark.parametrize(
    "octets",
    [
        "0281017f",  # length in a longer form than needed
        "02820001ff",  # likewise, with a leading zero
        "028000",  # indefinite length
        "0200",  # no octets
        "0202007f",  # padded
        "0202ff80",  # padded, negative
        "02027f",  # cut off
        "0285000000000100",  # a length of five octets
    ],
)
def test_an_integer_in_any_other_form_is_refused(octets):
    with pytest.raises(DerError):
        Cursor(bytes.fromhex(octets)).integer()


@pytest.mark.parametrize(
    "text",
    [b"2613010000000Z", b"261301000000Z", b"260101000060Z", b"2601010000Z", b"260101000000+0000"],
)
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(DerError):
        Cursor(tlv(UTC_TIME, text)).time()


def test_what_runs_past_what_holds_it_is_refused():
    outer = Cursor(bytes.fromhex("3003040400") + b"\x00" * 8).enter()
    with pytest.raises(DerError):
        outer.content(OCTET_STRING)


def test_what_is_left_over_is_refused():
    cursor = Cursor(sequence() + b"\x00")
    cursor.enter()
    with pytest.raises(DerError):
        cursor.finish()


@given(st.binary(max_size=64))
def test_reading_garbage_ends_in_der_or_a_der_error(octets):
    def walk(cursor: Cursor) -> None:
        while cursor.peek() != -1:
            if cursor.peek() == SEQUENCE:
                walk(cursor.enter())
            else:
                assert tlv(cursor.peek(), b"")[0] == cursor.any()[0]

    with suppress(DerError):
        walk(Cursor(octets))
