"""Nonsense in a firm file is refused with the key, its value and what would be accepted."""

import pytest

from cinnabar.kernel.dice import CROCKFORD
from tests.firm.support import TAIWAN, changed, refusal, without


@pytest.mark.parametrize(
    ("line", "instead", "key", "accepted"),
    [
        ("length = 4", "length = 0", "code.length", "from 4 to 12"),
        ("length = 4", 'length = "4"', "code.length", "a whole number"),
        ("length = 4", "length = true", "code.length", "a whole number"),
        ("length = 4", "length = 4.0", "code.length", "a whole number"),
        ("length = 4", "lenght = 4", "code.lenght", "length (was that meant?)"),
        ("length = 4", 'length = 4\n"" = 4', 'code.""', "length"),
        ("leading_zero = true", "leading_zero = 1", "code.leading_zero", "true only"),
        ("leading_zero = true", "leading_zero = false", "code.leading_zero", "never a number"),
        ('alphabet = "0123456789"', 'alphabet = "0123456788"', "code.alphabet", "twice"),
        ('alphabet = "0123456789"', 'alphabet = "ABCDEFGHIJKL"', "code.alphabet", CROCKFORD),
        ("ttl_seconds = 300", "ttl_seconds = 60", "code.ttl_seconds", "resend_after_seconds"),
        ("ttl_seconds = 300", "ttl_seconds = 5", "code.ttl_seconds", "seconds from 60"),
        ("ttl_seconds = 300", "ttl_seconds = 1" + "0" * 30, "code.ttl_seconds", "to 3600"),
        ("max_wrong_per_day = 9", "max_wrong_per_day = 2", "code.max_wrong_per_day", "max_wrong"),
        (
            "max_wrong_in_a_row = 15",
            "max_wrong_in_a_row = 8",
            "code.max_wrong_in_a_row",
            "max_wrong_per_day",
        ),
        (
            "destination_per_day = 10",
            "destination_per_day = 4",
            "code.destination_per_day",
            "max_per_day",
        ),
        (
            'captcha_pages = ["password-centre"]',
            'captcha_pages = ["reissue"]',
            "login.captcha_pages",
            "'password-centre' or 'sign-in'",
        ),
        (
            'password_centre = ["id", "password", "captcha"]',
            'password_centre = ["id", "password"]',
            "login.password_centre",
            "'captcha' or 'captcha-on-risk'",
        ),
        (
            'certificate_centre = ["id", "password"]',
            'certificate_centre = ["id", "password", "second-factor"]',
            "login.certificate_centre",
            "'every-sign-in'",
        ),
        (
            "login_fields = []",
            'login_fields = ["account-number", "password"]',
            "app.login_fields",
            "'id-number'",
        ),
        ("work_at_risk = 1000000", "work_at_risk = 199999", "robot.work_at_risk", "work or more"),
        ("work = 200000", "work = 999", "robot.work", "from 1000"),
        ("locks_alarm_at = 200", "locks_alarm_at = 0", "guard.locks_alarm_at", "from 1"),
        ("firm_alarm_at = 500", "firm_alarm_at = 1000", "code.firm_tighten_at", "firm_alarm_at"),
        ("tightened_length = 6", "tightened_length = 3", "code.tightened_length", "from 4"),
        ('"0910", "0911"', '"0910", "0811"', "reissue.decoy_mobiles", "first digits of a mobile"),
        ('"0910", "0911"', '"0910", "911"', "reissue.decoy_mobiles", "0912345678"),
        ('channels = ["sms", "email"]', 'channels = ["sms"]', "code.email_carries_code", "false"),
        ('channels = ["sms", "email"]', "channels = []", "code.channels", "at least 1"),
        ('channels = ["sms", "email"]', 'channels = ["fax"]', "code.channels", "'sms', 'email'"),
        (
            'required_for_apply = ["web", "helper", "mobile"]',
            'required_for_apply = ["web"]',
            "code.required_for_apply",
            "mobile",
        ),
        (
            'required_for_revoke = ["web", "helper"]',
            'required_for_revoke = ["web", "web"]',
            "code.required_for_revoke",
            "twice",
        ),
        ('timezone = "Asia/Taipei"', 'timezone = "Mars/Base"', "identity.timezone", "time zone"),
        ('timezone = "Asia/Taipei"', 'timezone = "../../etc"', "identity.timezone", "time zone"),
        ('timezone = "Asia/Taipei"', "timezone = 8", "identity.timezone", "time zone"),
        ('locale = "zh-Hant-TW"', 'locale = "fr"', "identity.locale", "'zh-Hant-HK', 'en'"),
        (
            'languages = ["zh-Hant-TW", "en"]',
            'languages = ["en"]',
            "identity.locale",
            "one of languages (en)",
        ),
        ('accent = "#b4321f"', 'accent = "red"', "identity.accent", "#rrggbb"),
        ('accent = "#b4321f"', 'accent = "#ff8877"', "identity.accent", "at least 4.5"),
        (
            'hotlines = ["02-5555-0100", "0800-555-010"]',
            'hotlines = "02-5555-0100"',
            "identity.hotlines",
            "a list",
        ),
        (
            'languages = ["zh-Hant-TW", "en"]',
            'languages = [["en"]]',
            "identity.languages",
            "'zh-Hant-TW', 'zh-Hant-HK', 'en'",
        ),
        ('seal = "朱"', 'seal = "朱砂"', "identity.seal", "one character"),
        ("service@example.com", "service at example", "identity.service_mail", "mail address"),
        ("https://trade.", "http://trade.", "identity.portal_url", "https://"),
        ('hotlines = ["02-5555-0100"', 'hotlines = ["call us"', "identity.hotlines", "telephone"),
        (
            'cn_template = "{subject}-00-CN01"',
            'cn_template = "{id}-00-CN01"',
            "certificate.cn_template",
            "{subject}",
        ),
        (
            'cn_template = "{subject}-00-CN01"',
            'cn_template = "{subject!r}"',
            "certificate.cn_template",
            "{subject}",
        ),
        (
            'cn_template = "{subject}-00-CN01"',
            'cn_template = "{subject"',
            "certificate.cn_template",
            "{subject}",
        ),
        (
            'cn_template = "{subject}-00-CN01"',
            f'cn_template = "{{subject}}{"x" * 60}"',
            "certificate.cn_template",
            "64 characters",
        ),
        ('ca_mode = "embedded"\nch', 'ca_mode = "self"\nch', "certificate.ca_mode", "'embedded'"),
        (
            'ca_mode = "embedded"\n\n[consent.title]',
            'ca_mode = "external"\n\n[consent.title]',
            "consent.ca_mode",
            "certificate.ca_mode",
        ),
        (
            "revoke_per_year = 20",
            "revoke_per_year = 4",
            "certificate.revoke_per_year",
            "revoke_per_day",
        ),
        (
            "{ helper = true, mobile = false }",
            "{ helper = true }",
            "certificate.exportable",
            "helper, mobile",
        ),
        (
            "exportable = { helper = true, mobile = false }",
            "exportable = 1",
            "certificate.exportable",
            "a table",
        ),
        ("keep_days_left = true", "keep_days_left = 1", "certificate.keep_days_left", "true or"),
        ("ends_at = 23:59:59", 'ends_at = "midnight"', "certificate.ends_at", "23:59:59"),
        (
            "crl_validity_minutes = 1440",
            "crl_validity_minutes = 239",
            "status.crl_validity_minutes",
            "crl_cadence_minutes or more (240)",
        ),
        ('window = "%Y-%m-%d %H:%M:%S"', 'window = "%c"', "formats.window", "%Y %m %d"),
        ('window = "%Y-%m-%d %H:%M:%S"', 'window = "now"', "formats.window", "%Y %m %d"),
        ('window = "%Y-%m-%d %H:%M:%S"', 'window = "%Y%"', "formats.window", "%Y %m %d"),
        ('span = "{start} ~ {end}"', 'span = "{start}"', "formats.span", "{end}"),
        ("idle_minutes = 15", "idle_minutes = 721", "login.idle_minutes", "absolute_hours"),
        ("national_id_keep = 6", "national_id_keep = 7", "masks.national_id_keep", "from 0 to 6"),
        ("wait_seconds_low = 5", "wait_seconds_low = 21", "helper.wait_seconds_low", "high"),
        ("offered = false", "offered = true", "app.name.zh-Hant-TW", "a name"),
        ("settings = []", 'settings = ["general"]', "app.settings", "offered is false"),
        (
            'server = ["id", "serial",',
            'server = ["id",',
            "columns.server",
            "'serial' in it",
        ),
        (
            '"status", "window", "action"]\nlocal',
            '"status", "window"]\nlocal',
            "columns.server",
            "'action' in it",
        ),
        (
            'cert_change_events = ["apply", "renew", "revoke"]',
            'cert_change_events = ["apply", "renew"]',
            "notify.cert_change_events",
            "at least 3",
        ),
        ('version = "2026-1"', 'version = "new"', "consent.version", "2026-1"),
        ("[words]\n", "[words]\nfr = {}\n", "words.fr", "identity.languages"),
    ],
)
def test_nonsense_is_refused_with_the_key_and_what_would_do(line, instead, key, accepted):
    fault = refusal(changed(line, instead))
    assert fault.key == key
    assert accepted in fault.accepted
    assert str(fault).startswith(f"{key} ")
    assert str(fault).endswith(".")
    assert "\n" not in str(fault)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("identity.names", 'en = "Cinnabar Securities"\n'),
        ("consent.title", 'en = "Agreement on applying for a Cinnabar CA certificate"\n'),
        ("consent.ca_statement", None),
        ("words", "en = {}\n"),
    ],
)
def test_a_text_missing_in_one_language_is_refused(table, line):
    fault = refusal(without(table, line))
    assert fault.key in {f"{table}.en", table}
    assert "is missing" in str(fault)


def test_fewer_clauses_of_the_consent_in_one_language_are_refused():
    clause = '  "I use the certificate when I trade financial products over the internet'
    start = TAIWAN.index(clause)
    end = TAIWAN.index("\n", start) + 1
    fault = refusal((TAIWAN[:start] + TAIWAN[end:]).encode())
    assert (fault.key, fault.accepted) == ("consent.clauses.en", "5 clauses")
