"""What an operator's file says, and what is said of one that cannot be shown."""

from datetime import UTC, datetime

import pytest

from cinnabar.announcements.faults import NoticeFileError
from cinnabar.announcements.reading import LARGEST, read_notice
from cinnabar.announcements.rules import Piece, digest, paragraphs
from cinnabar.announcements.vocabulary import Audience


def test_a_day_begins_and_ends_at_the_firms_midnight(read):
    notice = read()
    assert notice.shown_from == datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert notice.shown_until == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert notice.audience is Audience.EVERYBODY
    assert notice.wordings["en"].title == "Maintenance"


def test_a_time_is_the_firms_time(read):
    notice = read(("from = 2026-11-20", "from = 2026-11-20T09:30:00"))
    assert notice.shown_from == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def test_an_announcement_may_stand_for_good(read):
    assert read(("until = 2026-11-30\n", "")).shown_until is None


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(env, read):
    from tests.announcements.conftest import PLAIN

    windows = b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode()
    identity = env.firm.identity
    again = read_notice(windows, languages=identity.languages, zone=identity.timezone)
    assert digest(again) == digest(read())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"everybody"', '"all"', "line 3: audience is 'all'; accepted: everybody, signed-in,"),
        ('"ordinary"', "1", "line 4: importance is 1; accepted: ordinary, important"),
        ("audience =", "audiance =", "line 3: audiance is not a key"),
        ("from = 2026-11-20\n", "", "from is missing; accepted: a day such as"),
        ("2026-11-30", "2026-11-19", "line 2: until is not after from"),
        ("2026-11-30", '"soon"', "line 2: until is 'soon'"),
        ("2026-11-20", "2026-11-20T09:00:00+08:00", "line 1: from is 2026-11-20T09:00:00+08:00"),
        ("2026-11-30", "9999-12-31", "line 2: until is 9999-12-31"),
        ("2026-11-20", "0001-01-01", "line 1: from is 0001-01-01"),
        ("2026-11-20", "09:00:00", "line 1: from is 09:00:00"),
        ("[en]", "[fr]", "line 10: fr is not a key"),
        ('title = "Maintenance"\n', "", "line 10: en.title is missing"),
        ('"Maintenance"', '"  "', "line 11: en.title is '  '"),
        ('"Maintenance"', '"one\\ntwo"', "line 11: en.title has several lines"),
        ('"Maintenance"', f'"{"x" * 81}"', "line 11: en.title has 81 characters"),
        ('"On Sunday night."', f'"{"x" * 4001}"', "line 12: en.text has 4001 characters"),
        ('"On Sunday night."', "[]", "line 12: en.text is []"),
        ('"On Sunday night."', '"a\\u0007b"', "line 12: en.text holds U+0007"),
        ('"On Sunday night."', '"a\\u202Eb"', "line 12: en.text holds U+202E"),
        ('"On Sunday night."', '"http://a.com"', "line 12: en.text holds the address 'http://a"),
        ('"On Sunday night."', '"https://a.com@b.com"', "holds the address 'https://a.com@b.com'"),
        ('"On Sunday night."', '"https://ex\u0430mple.com"', "line 12: en.text holds the address"),
        ('"On Sunday night."', '"https://a.com網站"', "line 12: en.text holds the address"),
        ('text = "週日', 'texts = "週日', "line 8: zh-Hant-TW.texts is not a key"),
        ('[en]\ntitle = "Maintenance"\ntext = "On Sunday night."\n', "", "en is missing"),
        ('audience = "', 'en = 3\naudience = "', "the file cannot be read"),
        ('audience = "', "audience = ", "the file cannot be read"),
    ],
)
def test_a_file_that_cannot_be_shown_is_refused_by_line_and_key(read, old, new, sentence):
    with pytest.raises(NoticeFileError) as refused:
        read((old, new))
    assert sentence in str(refused.value)


@pytest.mark.parametrize("document", [b"", b"\xff\xfe", b"x" * (LARGEST + 1), b"a=" + b"[" * 9000])
def test_what_is_no_announcement_at_all_is_refused(env, document):
    identity = env.firm.identity
    with pytest.raises(NoticeFileError):
        read_notice(document, languages=identity.languages, zone=identity.timezone)


def test_lines_are_right_after_a_text_of_many_lines(read):
    many = '"""\nfirst = 1\n\n[second]\n"""'
    with pytest.raises(NoticeFileError, match=r"^line 16: en.text"):
        read(('"週日凌晨維護。"', many), ('"On Sunday night."', '""'))


def test_a_text_becomes_paragraphs_and_https_links():
    text = "See https://www.example.com/a?b=1. Then\nwait.\n\n \n<b>&amp; javascript:alert(1)</b>"
    assert paragraphs(text) == (
        (
            Piece("See "),
            Piece("https://www.example.com/a?b=1", is_link=True),
            Piece(". Then\nwait."),
        ),
        (Piece("<b>&amp; javascript:alert(1)</b>"),),
    )
