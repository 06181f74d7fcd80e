"""A file that is not one of customers is refused whole, before anything of it is taken."""

import codecs

import pytest

from cinnabar.customers.faults import FileFault, Unreadable
from cinnabar.customers.models import Customer
from cinnabar.customers.row import COLUMNS
from cinnabar.words import Words
from tests.customers.support import csv_of, line, mei, take_file

pytestmark = pytest.mark.django_db

GOOD = csv_of(line(), mei())
TEXT = GOOD.decode()


@pytest.mark.parametrize(
    ("file", "why"),
    [
        pytest.param(b"", FileFault.EMPTY, id="nothing"),
        pytest.param(TEXT.encode("cp950"), FileFault.ENCODING_GUESSED, id="Big5"),
        pytest.param(TEXT.encode("utf-16"), FileFault.ENCODING_GUESSED, id="UTF-16"),
        pytest.param(TEXT.encode("utf-32"), FileFault.ENCODING_GUESSED, id="UTF-32"),
        pytest.param(TEXT.encode("utf-16-le"), FileFault.ENCODING, id="UTF-16 unmarked"),
        pytest.param(
            TEXT.encode("shift-jis", "replace") + b"\xff\xff\n" * 9, FileFault.ENCODING, id="?"
        ),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(99), FileFault.ENCODING, id="a picture"),
        pytest.param(b"x" * 99_999, FileFault.HEADER_TOO_LONG, id="one endless line"),
        pytest.param(GOOD.partition(b"\r\n")[2], FileFault.COLUMNS_MISSING, id="no header"),
        pytest.param(GOOD.replace(b"mobile", b"phone"), FileFault.COLUMNS_MISSING, id="misspelt"),
        pytest.param(GOOD.replace(b",", b";"), FileFault.COLUMNS_MISSING, id="semicolons"),
        pytest.param(b'"' + GOOD, FileFault.COLUMNS_MISSING, id="an open quote"),
        pytest.param(b"extra," + GOOD, FileFault.COLUMNS_UNKNOWN, id="a column too many"),
        pytest.param(b"name," + GOOD, FileFault.COLUMNS_TWICE, id="a column twice"),
    ],
)
def test_it_is_refused_with_a_sentence_and_nothing_is_taken(env, file, why):
    with pytest.raises(Unreadable) as refused:
        take_file(env, file)
    assert refused.value.fault is why
    for language in ("en", "zh-Hant-TW"):
        sentence = Words(env.firm, language).say(f"import-file.{why}", **refused.value.facts)
        assert "王小明" not in sentence
    assert Customer.objects.count() == 0


def test_the_encoding_is_guessed_to_help(env):
    for encoding, name in (("cp950", "Big5"), ("utf-16", "UTF-16"), ("utf-32", "UTF-32")):
        with pytest.raises(Unreadable) as refused:
            take_file(env, TEXT.encode(encoding))
        assert refused.value.facts == {"guess": name}


def test_missing_columns_are_named(env):
    without = [column for column in COLUMNS if column not in {"mobile", "email"}]
    with pytest.raises(Unreadable) as refused:
        take_file(env, ",".join(without).encode())
    assert refused.value.facts == {"columns": "mobile, email"}


def test_one_spoilt_line_among_good_ones_does_not_condemn_the_file(env):
    spoilt = codecs.encode("C123456781,林大同,,,,,,\n", "cp950")
    assert take_file(env, GOOD + spoilt).counts == (2, 0, 0, 1)


def test_a_character_cut_by_the_end_of_the_first_look_is_no_fault(env):
    filling = b"plain\n"
    head, look = csv_of(), 1024 * 1024
    lines, rest = divmod(look - 1 - len(head), len(filling))
    file = head + filling * lines + b" " * rest + "龘\n".encode()
    assert file[look - 1 : look + 2].decode() == "龘"
    taken = take_file(env, file)
    assert {fault.fault.value for fault in taken.faults} == {"field-count"}
