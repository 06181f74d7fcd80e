"""The sentence a firm file is refused with, and what is just not refused."""

import dataclasses

import pytest

from cinnabar.firm import Firm, FirmFileError, load_firm, parse_firm
from tests.firm.support import changed, refusal


@pytest.mark.parametrize(
    ("line", "instead", "sentence"),
    [
        (
            "crl_validity_minutes = 1440",
            "crl_validity_minutes = 239",
            (
                "status.crl_validity_minutes is 239; "
                "accepted: four times crl_cadence_minutes or more (240)."
            ),
        ),
        (
            "idle_minutes = 15",
            "idle_minutes = 721",
            "login.idle_minutes is 721; accepted: no more than absolute_hours.",
        ),
        (
            "ttl_seconds = 300",
            "ttl_seconds = 60",
            "code.ttl_seconds is 60; accepted: more than resend_after_seconds.",
        ),
        (
            'channels = ["sms", "email"]\nemail_carries_code = true',
            'channels = ["email"]\nemail_carries_code = false',
            (
                "code.channels is ['email']; "
                "accepted: 'sms' among them when email_carries_code is false."
            ),
        ),
        (
            'channels = ["sms", "email"]',
            'channels = ["sms"]',
            "code.email_carries_code is true; accepted: false without 'email' in channels.",
        ),
    ],
)
def test_the_sentence_repeats_the_value_as_the_file_spells_it(line, instead, sentence):
    assert str(refusal(changed(line, instead))) == sentence


def test_a_long_value_is_cut_so_that_the_sentence_can_be_read():
    fault = refusal(changed('seal = "朱"', f'seal = "{"朱" * 500}"'))
    assert len(fault.found) == len("is ") + 80
    assert fault.found.endswith("…")


def test_a_tightened_code_is_no_shorter_than_a_usual_one():
    code = load_firm("taiwan").code
    with pytest.raises(FirmFileError, match=r"^tightened_length is 6; accepted: length or more"):
        dataclasses.replace(code, length=7)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("max_wrong_per_day = 9", "max_wrong_per_day = 3"),
        ("max_wrong_in_a_row = 15", "max_wrong_in_a_row = 9"),
        ("destination_per_day = 10", "destination_per_day = 5"),
        ("firm_tighten_at = 1000", "firm_tighten_at = 501"),
        ("tightened_length = 6", "tightened_length = 4"),
        ("tightened_length = 6", "tightened_length = 12"),
        ("ttl_seconds = 300", "ttl_seconds = 3600"),
        ("ttl_seconds = 300", "ttl_seconds = 61"),
        ("revoke_per_year = 20", "revoke_per_year = 5"),
        ("crl_validity_minutes = 1440", "crl_validity_minutes = 240"),
        ("idle_minutes = 15", "idle_minutes = 720"),
        ("wait_seconds_low = 5", "wait_seconds_low = 20"),
        ("renew_days_after = 30", "renew_days_after = 0"),
        ('accent = "#b4321f"', 'accent = "#767676"'),
        ('cn_template = "{subject}-00-CN01"', f'cn_template = "{{subject}}{"x" * 48}"'),
        ('window = "%Y-%m-%d %H:%M:%S"', 'window = "%d/%m/%Y"'),
    ],
)
def test_what_lies_on_the_edge_is_accepted(line, instead):
    assert isinstance(parse_firm(changed(line, instead), "edge.toml"), Firm)
