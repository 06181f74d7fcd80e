"""Decisions about codes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.codes import rules
from cinnabar.firm import load_firm
from cinnabar.kernel.secrets import Digits

TAIWAN = load_firm("taiwan").code
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["0902", "0000", "123456"])
def test_g14_a_code_is_a_text_and_keeps_its_zero(typed):
    assert rules.well_formed(TAIWAN, Digits(typed))


@pytest.mark.parametrize(
    "typed", ["902", "", "12345", "09 2", "０９０２", "09०2", "0902\n", "abcd"]
)
def test_what_cannot_be_a_code_is_no_guess(typed):
    assert not rules.well_formed(TAIWAN, Digits(typed))


@pytest.mark.parametrize(
    ("typed", "tidy"), [(" 0902 ", "0902"), ("09 02", "0902"), ("09-02", "0902")]
)
def test_blanks_that_phones_add_are_taken_out(typed, tidy):
    assert rules.tidied(TAIWAN, typed).reveal() == tidy


@pytest.mark.parametrize(("after", "wait"), [(0, 60), (59, 1), (59.5, 1), (60, 0), (61, 0)])
def test_g16_a_new_code_may_be_asked_after_sixty_seconds(after, wait):
    assert rules.resend_wait(TAIWAN, NOON, NOON + timedelta(seconds=after)) == wait


def length(wrong: int) -> int:
    return rules.length_today(TAIWAN, wrong, tighten_at=TAIWAN.firm_tighten_at)


def test_codes_grow_when_the_firm_was_guessed_at_too_often():
    assert length(TAIWAN.firm_tighten_at - 1) == TAIWAN.length
    assert length(TAIWAN.firm_tighten_at) == TAIWAN.tightened_length


@given(st.text())
def test_any_text_is_judged(text):
    rules.well_formed(TAIWAN, rules.tidied(TAIWAN, text))
