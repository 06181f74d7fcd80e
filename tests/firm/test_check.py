"""`cinnabar firm check`: where a firm falls short, by which clause, and how likely is a guess."""

import dataclasses
import re
from datetime import timedelta
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from cinnabar.cli.firm import firm_group
from cinnabar.firm import Firm, load_firm
from cinnabar.firm.check import shortfalls, waiting
from cinnabar.firm.clauses import CLAUSES
from cinnabar.firm.conflicts import ANSWERS
from cinnabar.firm.model import walk
from cinnabar.firm.shape import About
from tests.firm.support import changed

TAIWAN = load_firm("taiwan")
STRONG = load_firm("strong")


class Worse(NamedTuple):
    """A line of the Taiwan file, a worse one, and what is said of it."""

    line: str
    instead: str
    key: str
    clause: str
    conflict: str


LOGIN_PASSWORD = 'max = 10\ncharset = "letters-and-digits"'

WORSE = [
    Worse("\nmax_wrong = 3\nc", "\nmax_wrong = 11\nc", "login.max_wrong", "LCK-02", ""),
    Worse(
        "counter_reset_on_success = true",
        "counter_reset_on_success = false",
        "login.counter_reset_on_success",
        "LCK-07",
        "",
    ),
    Worse("idle_minutes = 15", "idle_minutes = 61", "login.idle_minutes", "SES-02", ""),
    Worse("absolute_hours = 12", "absolute_hours = 25", "login.absolute_hours", "SES-02", ""),
    Worse('argon2 = "owasp-19"', 'argon2 = "test"', "login.argon2", "PWD-06", ""),
    Worse("ttl_seconds = 300", "ttl_seconds = 601", "code.ttl_seconds", "COD-04", ""),
    Worse(
        "resend_after_seconds = 60",
        "resend_after_seconds = 59",
        "code.resend_after_seconds",
        "COD-09",
        "",
    ),
    Worse(
        "\naddress_wrong_per_day = 10",
        "\naddress_wrong_per_day = 11",
        "code.address_wrong_per_day",
        "COD-10",
        "",
    ),
    Worse(
        "firm_tighten_at = 1000",
        "firm_tighten_at = 1001",
        "code.firm_tighten_at",
        "COD-10",
        "CONFLICT-1",
    ),
    Worse(
        "tightened_length = 6",
        "tightened_length = 5",
        "code.tightened_length",
        "ASVS 6.5.4",
        "CONFLICT-1",
    ),
    Worse(
        'required_for_apply = ["web", "helper", "mobile"]',
        'required_for_apply = ["web", "mobile"]',
        "code.required_for_apply",
        "TWSE-D 2(1)",
        "",
    ),
    Worse(
        f"{LOGIN_PASSWORD}\nmin_letters = 0",
        f"{LOGIN_PASSWORD}\nmin_letters = 1",
        "password.login.min_letters",
        "PWD-03",
        "CONFLICT-3",
    ),
    Worse(
        f"{LOGIN_PASSWORD}\nmin_letters = 0\nmin_digits = 0\nhistory = 0\nmax_age_days = 0",
        f"{LOGIN_PASSWORD}\nmin_letters = 0\nmin_digits = 0\nhistory = 0\nmax_age_days = 90",
        "password.login.max_age_days",
        "PWD-04",
        "CONFLICT-4",
    ),
    Worse(
        "code_after_expiry = true",
        "code_after_expiry = false",
        "certificate.code_after_expiry",
        "CRT-09",
        "CONFLICT-11",
    ),
    Worse(
        "code_after_certificate_sign_in = true",
        "code_after_certificate_sign_in = false",
        "certificate.code_after_certificate_sign_in",
        "CRT-10",
        "CONFLICT-11",
    ),
    Worse(
        'import_without_mac = "refuse"',
        'import_without_mac = "warn"',
        "certificate.import_without_mac",
        "CRT-16",
        "",
    ),
    Worse("mobile = false", "mobile = true", "certificate.exportable", "CRT-16", "CONFLICT-16"),
    Worse(
        'consent_channels = ["web", "helper", "mobile"]',
        'consent_channels = ["helper", "mobile"]',
        "certificate.consent_channels",
        "CRT-19",
        "",
    ),
    Worse(
        '"account-notice", "password-ends", "staff-alert"]',
        '"account-notice", "password-ends"]',
        "notify.smime_signed",
        "MSG-01",
        "",
    ),
]


def check(file: str) -> tuple[str, int]:
    ran = CliRunner().invoke(firm_group, ["check", file])
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    return ran.output, ran.exit_code


def short_keys(firm: Firm) -> list[str]:
    return [one.key for one in shortfalls(firm)]


def test_the_strong_preset_passes_clean():
    said, status = check("strong")
    assert shortfalls(STRONG) == ()
    assert (status, "nothing falls short" in said) == (0, True)


def test_a_four_digit_code_is_told_with_its_clauses_and_the_products_answer():
    said, status = check("taiwan")
    block = re.search(r"^code\.length = 4\n(?:  .*\n)+", said, re.MULTILINE)
    assert status == 1
    assert block
    for expected in ("COD-02", "NIST SP 800-63B-4 3.1.3.2", "ASVS 6.5.4", "CONFLICT-1", "kept"):
        assert expected in block[0]


def test_the_risk_is_told_in_numbers_per_account_and_per_firm():
    said, _ = check("taiwan")
    rows = {line[2:28].strip(): line[28:].split() for line in said.splitlines() if "  " in line}
    assert rows["one code"][-1] == "3.0e-4"
    assert rows["one account, a day"][-1] == "9.0e-4"
    assert rows["the same without the caps"][-1] == "0.351"
    assert rows["accepted by NIST"][-1] == "1.0e-4"
    assert rows["a million accounts, a day"][-2:] == ["900", "hits"]
    assert " ".join(rows["the whole firm, a day"][-6:]) == "0.1 hits expected, 36.5 a year"


def test_every_shortfall_of_the_taiwan_rules_is_told():
    assert short_keys(TAIWAN) == [
        "login.max_wrong",
        "login.second_factor.when",
        "login.second_factor.methods",
        "code.length",
        "code.max_wrong_per_day",
        "code.max_wrong_in_a_row",
        "code.email_carries_code",
        "code.required_for_revoke",
        "code.mobile_delete",
        "password.login.min",
        "password.login.max",
        "password.login.charset",
        "password.login.blocklist",
        "password.withdrawal.blocklist",
        "password.voice.derivation",
        "pass_code.with_certificate",
        "link.delivery",
        "certificate.export_code",
        "notify.cert_change_channels",
        "notify.password_change_channels",
        "counter.contact_data",
        "counter.contact_data_tells_old",
        "counter.contact_data_cooling_hours",
        "counter.revoke_over_limit",
        "counter.unlock_by_phone",
    ]


@pytest.mark.parametrize("worse", WORSE, ids=lambda worse: worse.key)
def test_a_worse_choice_is_told_with_its_clause(tmp_path, worse):
    file = tmp_path / "worse.toml"
    file.write_bytes(changed(worse.line, worse.instead))
    told = [one for one in shortfalls(load_firm(file)) if one not in shortfalls(TAIWAN)]
    assert [one.key for one in told] == [worse.key]
    assert worse.clause in told[0].ids
    assert ", ".join(told[0].answers) == worse.conflict


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("login", {"max_wrong": 10}),
        ("login", {"idle": timedelta(hours=1), "absolute": timedelta(hours=24)}),
        ("code", {"max_wrong_per_day": 100, "max_wrong_in_a_row": 100}),
        ("code", {"ttl": timedelta(minutes=10)}),
        ("certificate", {"renew_days_after": 0, "code_after_expiry": False}),
        ("counter", {"contact_data_cooling": timedelta(hours=12)}),
    ],
)
def test_what_just_meets_its_clause_is_not_told(part, values):
    edge = dataclasses.replace(getattr(STRONG, part), **values)
    assert short_keys(dataclasses.replace(STRONG, **{part: edge})) == []


def test_a_password_that_opens_by_itself_must_be_longer():
    """PWD-01."""
    factor = dataclasses.replace(STRONG.login.second_factor, when="certificate-change")
    login = dataclasses.replace(STRONG.login, second_factor=factor)
    assert "password.login.min" in short_keys(dataclasses.replace(STRONG, login=login))


def test_four_letters_of_a_larger_alphabet_are_as_good_as_six_digits():
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    code = dataclasses.replace(TAIWAN.code, alphabet=letters)
    firm = dataclasses.replace(TAIWAN, code=code)
    assert "code.length" not in short_keys(firm)
    assert "code.max_wrong_per_day" not in short_keys(firm)


def test_every_clause_names_a_key_that_exists_and_a_conflict_with_an_answer():
    keys = {key for key, _, _ in walk(TAIWAN)}
    conflicts = {name for clause in CLAUSES for name in clause.conflict.split(", ") if name}
    assert {clause.key for clause in CLAUSES} <= keys
    assert conflicts == set(ANSWERS)


def test_every_clause_of_the_table_can_be_failed_and_can_be_met():
    assert [c.key for c in CLAUSES if c.short(STRONG)] == []
    failed = {c.key for c in CLAUSES if c.short(TAIWAN)} | {worse.key for worse in WORSE}
    assert failed == {c.key for c in CLAUSES}


def test_strong_choices_that_nothing_acts_on_yet_are_told_and_not_hidden():
    said, _ = check("strong")
    later = {key: kind.mark(About) for key, kind, _ in walk(STRONG)}
    told = [one.key for one in waiting(STRONG)]
    assert "certificate.exportable" in told
    for key in told:
        about = later[key]
        assert isinstance(about, About)
        assert about.later
        assert f"  {key} = " in said


@pytest.mark.parametrize(
    "spoiled",
    [
        changed("length = 4", "length = 0"),
        changed("[words]\nzh-Hant-TW = {}", '[words]\nzh-Hant-TW = { "no.such" = "x" }'),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_two_and_one_sentence(tmp_path, spoiled):
    file = tmp_path / "mine.toml"
    file.write_bytes(spoiled)
    said, status = check(str(file))
    assert status == 2
    assert len(said.splitlines()) == 1
    assert CliRunner().invoke(firm_group, ["check", str(file)]).stderr == said
    assert said.startswith(("code.length is 0", "words.zh-Hant-TW.no.such is not"))


def test_a_file_that_is_not_there_ends_with_two(tmp_path):
    assert check(str(tmp_path / "none.toml"))[1] == 2
