"""What may be a password: G21, G22, G23 and every rule by its name."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cinnabar.firm import load_firm
from cinnabar.kernel.refusal import Refusal
from cinnabar.kernel.secrets import Password
from cinnabar.passwords import rules
from cinnabar.passwords.common import is_common
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Expiry, Own, Rule, Standard, standard
from cinnabar.words import Words, languages

TAIWAN, STRONG = load_firm("taiwan"), load_firm("strong")
LOGIN = standard(TAIWAN.password, PasswordKind.LOGIN)
WITHDRAWAL = standard(TAIWAN.password, PasswordKind.WITHDRAWAL)
PIN = standard(STRONG.password, PasswordKind.VOICE)
ANY = standard(STRONG.password, PasswordKind.LOGIN)
HONG_KONG = Standard(min=8, max=64, charset="letters-and-digits", min_letters=1, min_digits=1)
EVERY = STRONG.password.login.blocklist
MING = Own(
    identifier="A123456789",
    birth_date=date(1980, 1, 31),
    phones=("0958123474",),
    accounts=("9801-0023456", "77"),
    firm_names=("Cinnabar Securities", "丹砂證券", "of a"),
)
DAY = timedelta(days=1)
TAIPEI = TAIWAN.identity.timezone
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def broken(asked, typed):
    return rules.shape(asked, Password(typed))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("abc1234", ()),
        ("Abc1234", ()),
        ("ABCDEFG", ()),  # decision 12: letters and digits allowed, neither demanded
        ("9287734", ()),
        ("abcdef1234", ()),
        ("abc123", (Rule.TOO_SHORT,)),
        ("abcdefg12345", (Rule.TOO_LONG,)),
        ("abc 1234", (Rule.BLANK,)),
        ("abc1234 ", (Rule.BLANK,)),
        ("abc\u30001234", (Rule.BLANK,)),
        ("abc\u200b1234", (Rule.BLANK,)),
        ("abc/1234", (Rule.SYMBOL,)),
        ("abc;1234", (Rule.SYMBOL,)),
        ("abc\\1234", (Rule.SYMBOL,)),
        ("密碼abc12", (Rule.SYMBOL,)),
        ("ａｂｃ1234", (Rule.FULL_WIDTH,)),
        ("abc１２３４", (Rule.FULL_WIDTH,)),
        ("ａ b/", (Rule.FULL_WIDTH, Rule.BLANK, Rule.SYMBOL, Rule.TOO_SHORT)),
        ("", (Rule.TOO_SHORT,)),
    ],
)
def test_g21_a_login_password_of_the_manual(typed, names):
    assert broken(LOGIN, typed) == names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("abcd1234", ()),
        ("abcdefgh", (Rule.NEEDS_DIGIT,)),
        ("12345678", (Rule.NEEDS_LETTER,)),
        ("abc-1234", (Rule.SYMBOL,)),
    ],
)
def test_g22_a_firm_may_ask_for_both_letters_and_digits(typed, names):
    assert broken(HONG_KONG, typed) == names


@pytest.mark.parametrize(
    ("typed", "names"),
    [("ab12CD", ()), ("ab12C", (Rule.TOO_SHORT,)), ("ab12CDE", (Rule.TOO_LONG,))],
)
def test_g23_a_withdrawal_password_has_six_characters(typed, names):
    assert broken(WITHDRAWAL, typed) == names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("402817", ()),
        ("40281", (Rule.TOO_SHORT,)),
        ("40281a", (Rule.DIGITS_ONLY,)),
        ("40281#", (Rule.DIGITS_ONLY,)),
        ("40281７", (Rule.FULL_WIDTH,)),
        ("402 817", (Rule.BLANK,)),
        ("40281९", (Rule.DIGITS_ONLY,)),
    ],
)
def test_a_pin_for_the_telephone_has_digits_only(typed, names):
    assert broken(PIN, typed) == names


@pytest.mark.parametrize(
    "typed",
    [
        "correct horse battery",
        "密碼可以是一句中文",
        "naïve—café",
        "🦔🦔🦔🦔🦔🦔🦔🦔",
        "two\u200djoined",
    ],
)
def test_a_firm_may_take_whatever_prints(typed):
    """PWD-03."""
    assert broken(ANY, typed) == ()


@pytest.mark.parametrize(
    "typed", ["with\ttab and", "end of\nline", "un\u202eseen text", "\udc80lone half"]
)
def test_what_nobody_could_type_again_is_refused(typed):
    assert broken(ANY, typed) == (Rule.UNPRINTABLE,)


def test_characters_are_counted_as_people_count_them():
    """PWD-02, PWD-03: code points, after NFC, to the last one and not one more."""
    assert broken(ANY, "e\u0301" * 64) == ()
    assert broken(ANY, "é" * 65) == (Rule.TOO_LONG,)


@given(st.text())
@example("\udcff")
def test_any_text_is_judged(text):
    for asked in (LOGIN, WITHDRAWAL, PIN, ANY, HONG_KONG):
        found = broken(asked, text)
        assert len(found) == len(set(found))
        rules.own(replace(asked, blocklist=EVERY), Password(text), MING)


@given(st.text("abcXYZ0189", max_size=14))
def test_of_half_width_letters_and_digits_only_the_length_counts_in_taiwan(text):
    fits = LOGIN.min <= len(text) <= LOGIN.max
    assert (broken(LOGIN, text) == ()) is fits


@given(st.text("ab12", min_size=7, max_size=10), st.characters(), st.integers(0, 10))
def test_no_other_character_gets_in_anywhere(text, odd, at):
    plain = odd.isascii() and odd.isalnum()
    spoilt = broken(replace(LOGIN, max=20), text[:at] + odd + text[at:])
    assert (spoilt == ()) is plain


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("A123456789", Rule.OWN_ID),
        ("a123456789", Rule.OWN_ID),
        ("xx456789", Rule.OWN_ID),
        ("A123-456-789", Rule.OWN_ID),
        ("ming19800131", Rule.BIRTH_DATE),
        ("1980-01-31", Rule.BIRTH_DATE),
        ("800131ab", Rule.BIRTH_DATE),
        ("0690131a", Rule.BIRTH_DATE),
        ("31011980", Rule.BIRTH_DATE),
        ("0958123474", Rule.PHONE),
        ("tel958123", Rule.PHONE),
        ("+886 958-123-474", Rule.PHONE),
        ("a0023456", Rule.ACCOUNT),
        ("Cinnabar1", Rule.FIRM_NAME),
        ("cinnabar-securities!", Rule.FIRM_NAME),
        ("丹砂證券2026", Rule.FIRM_NAME),
    ],
)
def test_what_others_know_of_ming_is_no_password_of_his(typed, rule):
    """PWD-05."""
    asked = replace(LOGIN, blocklist=EVERY)
    assert rules.own(asked, Password(typed), MING) == (rule,)
    assert rules.own(replace(LOGIN, blocklist=frozenset()), Password(typed), MING) == ()


@pytest.mark.parametrize(
    "typed",
    [
        *("abc1234", "demo1234", "A1B2C3D4E5", "9287734", "xx77xx77"),
        *("ofaofaofa", "cinnabar red on my horse"),
    ],
)
def test_what_merely_resembles_it_is_fine(typed):
    assert rules.own(replace(LOGIN, blocklist=EVERY), Password(typed), MING) == ()


def test_a_company_of_before_the_calendar_and_nobodys_birthday_are_judged_too():
    facts = Own(identifier="22099131", birth_date=date(1899, 5, 6))
    assert rules.own(LOGIN, Password("18990506"), facts) == (Rule.BIRTH_DATE,)
    assert rules.own(LOGIN, Password("18990506"), replace(facts, birth_date=None)) == ()


@pytest.mark.parametrize(
    ("typed", "common"),
    [
        ("password", True),
        ("PassWord", True),
        ("iloveyou", True),
        ("ｑｗｅｒｔｙ", True),
        ("abc1234", True),
        ("tr0ub4dor&3", False),
        ("", False),
    ],
)
def test_what_everybody_tries_first_is_known(typed, common):
    assert is_common(Password(typed)) is common


def test_three_thousand_common_ones_would_fit_the_strong_policy():
    """ASVS 6.2.4: the top 3000 that fit the policy."""
    from cinnabar.passwords.common import _common

    assert sum(broken(ANY, typed) == () for typed in _common()) > 3000


def test_taiwan_asks_for_no_common_list_and_the_strong_firm_does():
    assert "common" not in LOGIN.blocklist
    assert {"common", "breached"} < ANY.blocklist


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("rule", Rule)
def test_a_refusal_names_every_rule(language, rule):
    for asked in (LOGIN, WITHDRAWAL):
        refused = rules.refused(asked, (rule, Rule.COMMON))
        said = Words(TAIWAN, language).refusal(refused)
        assert refused.refusal is Refusal.PASSWORD_REFUSED
        assert refused.facts["rule"] == rule.value
        assert "{" not in said.detail
        assert said.detail.endswith(("。", "."))


def test_a_refusal_says_the_firms_own_numbers():
    words = Words(TAIWAN, "zh-Hant-TW")
    long = words.refusal(rules.refused(LOGIN, (Rule.TOO_LONG,)))
    assert long.detail == "新密碼沒有設定：太長了，要 7 到 10 個字。"
    exact = words.refusal(rules.refused(WITHDRAWAL, (Rule.BLANK, Rule.TOO_SHORT)))
    assert exact.detail == "新密碼沒有設定：裡面有空白；太短了，要剛好 6 個字。"


def test_a_password_holds_to_the_end_of_its_last_day_in_the_firms_time():
    """G22: of ninety days, the ninety-first asks for a change."""
    until = rules.expires(90 * DAY, MORNING, TAIPEI)
    assert until is not None
    assert until.isoformat() == "2027-02-18T23:59:59+08:00"
    late_evening = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
    assert rules.expires(90 * DAY, late_evening, TAIPEI) == until
    assert rules.expires(90 * DAY, late_evening + timedelta(seconds=1), TAIPEI) == until + DAY


def test_where_the_firm_says_none_it_never_ends():
    """PWD-04, decision 14."""
    assert TAIWAN.password.login.max_age == timedelta(0)
    assert rules.expires(timedelta(0), MORNING, TAIPEI) is None
    assert rules.expiry(None, MORNING, 14 * DAY) is Expiry.GOOD


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (15 * DAY, Expiry.GOOD),
        (14 * DAY, Expiry.GOOD),
        (14 * DAY - timedelta(seconds=1), Expiry.SOON),
        (timedelta(0), Expiry.SOON),
        (timedelta(seconds=-1), Expiry.OVER),
        (-90 * DAY, Expiry.OVER),
    ],
)
def test_the_table_says_how_a_password_stands(left, state):
    """P110."""
    assert rules.expiry(MORNING + left, MORNING, 14 * DAY) is state


@pytest.mark.parametrize("language", languages())
def test_each_state_of_a_password_has_a_word(language):
    said = {Words(TAIWAN, language).say(f"password-expiry.{state}") for state in Expiry}
    assert len(said) == len(Expiry)
