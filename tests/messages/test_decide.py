"""Deadlines, pauses and addresses: the pure part."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.messages.policy import DELIVERY, DeliveryPolicy
from cinnabar.messages.rules import (
    is_mail_address,
    is_phone_number,
    last_moment,
    minutes_left,
    one_line,
    pause,
    too_late,
)

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MARGIN = timedelta(seconds=5)
spans = st.timedeltas(timedelta(minutes=-10), timedelta(minutes=20))
channels = st.sampled_from(["sms", "email"])


def test_a_fresh_code_leaves_the_gateway_four_minutes():
    assert minutes_left(NOW, NOW + timedelta(seconds=300), MARGIN) == 4


@pytest.mark.parametrize(
    ("channel", "seconds", "late"),
    [
        ("sms", 66, False),
        ("sms", 65, False),
        ("sms", 64, True),
        ("sms", -1, True),
        ("email", 6, False),
        ("email", 5, True),
    ],
)
def test_the_last_moment_to_send(channel, seconds, late):
    assert too_late(channel, NOW, NOW + timedelta(seconds=seconds), MARGIN) is late


def test_a_notice_is_never_too_late():
    assert not too_late("sms", NOW, None, MARGIN)


@given(spans)
def test_the_gateway_never_gets_longer_than_there_is(span):
    minutes = minutes_left(NOW, NOW + span, MARGIN)
    assert minutes == 0 or timedelta(minutes=minutes) <= span - MARGIN


@given(channels, spans)
def test_the_rule_and_its_form_for_the_database_agree(channel, span):
    closed = NOW + span <= last_moment(channel, NOW, MARGIN)
    assert closed is too_late(channel, NOW, NOW + span, MARGIN)


@given(st.integers(1, 10_000), st.booleans(), st.floats(0, 1, exclude_max=True))
def test_a_pause_is_positive_and_below_its_ceiling(attempts, expires, chance):
    wait = pause(attempts, expires=expires, chance=chance, policy=DELIVERY)
    ceiling = DELIVERY.longest_pause_of_a_code if expires else DELIVERY.longest_pause
    assert DELIVERY.first_pause / 2 < wait <= ceiling


def test_pauses_double_up_to_an_hour():
    waits = [pause(n, expires=False, chance=0, policy=DELIVERY) for n in range(1, 14)]
    seconds = [wait.total_seconds() for wait in waits]
    assert seconds == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]


def test_a_code_is_tried_again_soon_enough_to_be_of_use():
    assert pause(40, expires=True, chance=0, policy=DELIVERY) == timedelta(seconds=20)


def test_a_notice_outlives_a_weekend_morning_of_silence():
    waits = (
        pause(n, expires=False, chance=0.999, policy=DELIVERY)
        for n in range(1, DELIVERY.max_attempts)
    )
    assert sum(waits, timedelta()) > timedelta(hours=18)


@pytest.mark.parametrize(
    "figures",
    [
        {"lease": timedelta(seconds=30)},
        {"first_pause": timedelta()},
        {"longest_pause": timedelta(seconds=1)},
    ],
)
def test_figures_that_contradict_each_other_are_refused(figures):
    with pytest.raises(ValueError, match=r"lease|pauses"):
        DeliveryPolicy(**figures)


@pytest.mark.parametrize(
    "address",
    ["fredric@example.com", "a.b+c@mail.example.com.tw", "o'neil@example.com", "x@xn--fiq.example"],
)
def test_plain_addresses_are_taken(address):
    assert is_mail_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "fredric",
        "fredric@localhost",
        "a@b.example,c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\n",
        "<a@b.example>",
        "a b@c.example",
        '"a\r\nb"@c.example',
        "a..b@c.example",
        ".a@c.example",
        "a@-c.example",
        "a@c.example>\r\nDATA",
        "王@example.com",
        "a@" + "b." * 130 + "com",
        "a" * 65 + "@example.com",
    ],
)
def test_anything_else_is_not_an_address(address):
    assert not is_mail_address(address)


@given(st.text())
def test_no_address_can_end_a_header_or_a_command(text):
    if is_mail_address(text):
        assert text.isascii()
        assert text.isprintable()
        assert not set(text) & set(' ,;:<>()[]"\\')


@pytest.mark.parametrize("number", ["0958123474", "+886958123474", "0912345"])
def test_numbers_are_taken(number):
    assert is_phone_number(number)


@pytest.mark.parametrize(
    "number", ["", "12345", "0958123474&to=0900", "0958-123-474", "٠٩٥٨١٢٣٤٧٤", "0958123474\n"]
)
def test_anything_else_is_not_a_number(number):
    assert not is_phone_number(number)


@given(st.text())
def test_one_line_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1
