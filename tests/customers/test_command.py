"""The operator's commands: what they print, write and end with."""

import csv

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection

from cinnabar.cli.customers import command
from cinnabar.customers import queries
from cinnabar.customers.models import Customer
from cinnabar.journal.events import Event
from cinnabar.journal.models import Entry
from cinnabar.kernel.vault import load_keyring
from tests.customers.support import csv_of, line, mei, nobody
from tests.support.world import RING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keyring():
    path = settings.OPTIONS.keyring
    path.parent.mkdir(parents=True, exist_ok=True)
    RING.save(path)
    yield path
    path.unlink()


def run(*arguments):
    return CliRunner().invoke(command, [str(a) for a in arguments])


def test_the_sample_comes_out_goes_in_and_can_be_found(env, tmp_path):
    sample = tmp_path / "sample.csv"
    assert run("export-sample", sample).exit_code == 0
    done = run("import", sample)
    assert (done.exit_code, done.stdout) == (
        0,
        "Lines read: 4. New: 4, changed: 0, unchanged: 0, refused: 0.\n",
    )
    found = queries.find(env, env.firm.login.identifier("A123456789"))
    assert found is not None
    assert found.name == "王小明"


def test_the_sample_comes_out_on_the_terminal_too():
    assert run("export-sample").stdout.startswith("identifier,name,birth_date,mobile,email,")


def test_the_same_file_again_is_all_unchanged(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_bytes(csv_of(line(), mei()))
    run("import", file)
    again = run("import", file)
    assert again.exit_code == 0
    assert again.stdout == "Lines read: 2. New: 0, changed: 0, unchanged: 2, refused: 0.\n"


def test_bad_lines_are_printed_with_their_reason_and_the_command_ends_with_1(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_bytes(csv_of(line(mobile="1", identifier="A123456788"), mei(), mei()))
    done = run("import", file)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        (
            "line 2, identifier: The form or the check digit of this National ID or company number"
            " is wrong."
        ),
        "line 2, mobile: This is no mobile number: one looks like 0912345678, or +886912345678.",
        "line 4, identifier: B22345**** stands on line 3 already; only that line was taken.",
        "Lines read: 3. New: 1, changed: 0, unchanged: 0, refused: 2.",
    ]


def test_the_operator_may_read_it_in_chinese(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_bytes(csv_of(line(consolidated="?")))
    done = run("import", file, "--language", "zh-Hant-TW")
    assert done.stdout.splitlines() == [
        "第 2 行，consolidated：應為 yes 或 no。",
        "讀取 1 行：新增 0，變更 0，不變 0，拒收 1。",
    ]


def test_a_report_takes_the_bad_lines_instead_of_the_terminal(tmp_path):
    file, report = tmp_path / "customers.csv", tmp_path / "report.csv"
    file.write_bytes(csv_of(line(), *(nobody(n) | {"mobile": "1"} for n in range(50))))
    done = run("import", file, "--report", report)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "Lines read: 51. New: 1, changed: 0, unchanged: 0, refused: 50.",
        f"What was refused, and why, is in {report}.",
    ]
    with report.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["line"] for row in rows] == [str(n) for n in range(3, 53)]
    assert {row["column"] for row in rows} == {"mobile"}
    assert all(row["reason"].startswith("This is no mobile number") for row in rows)


def test_a_report_of_nothing_wrong_has_a_header_alone(tmp_path):
    file, report = tmp_path / "customers.csv", tmp_path / "report.csv"
    file.write_bytes(csv_of(line()))
    assert run("import", file, "--report", report).exit_code == 0
    assert report.read_bytes() == b"line,column,reason\r\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        ("identifier,王小明".encode("cp950"), "it looks like Big5"),
        (b"identifier,name\r\n", "does not name these columns: birth_date, mobile,"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_2(tmp_path, content, sentence):
    file = tmp_path / "customers.csv"
    file.write_bytes(content)
    done = run("import", file)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_file_that_is_not_there_is_2(tmp_path):
    assert run("import", tmp_path / "nowhere.csv").exit_code == 2


def test_a_place_where_no_report_can_be_written_is_2_before_anything_is_taken(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_bytes(csv_of(line()))
    done = run("import", file, "--report", tmp_path / "nowhere" / "report.csv")
    assert done.exit_code == 2
    assert Customer.objects.count() == 0


def test_a_report_never_overwrites_the_file_it_is_about(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_bytes(csv_of(line()))
    done = run("import", file, "--report", tmp_path / "." / "customers.csv")
    assert done.exit_code == 2
    assert file.read_bytes() == csv_of(line())
    assert Customer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_database_without_its_tables_is_one_sentence(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_bytes(csv_of(line()))
    with connection.schema_editor() as editor:
        editor.alter_db_table(Customer, "customers_customer", "customers_away")
    try:
        done = run("import", file)
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(Customer, "customers_away", "customers_customer")
    assert done.exit_code == 2
    assert done.stderr.startswith("cinnabar: the database says: ")
    assert done.stderr.count("\n") == 1


def test_without_keys_the_command_says_so(tmp_path, keyring):
    file = tmp_path / "customers.csv"
    file.write_bytes(csv_of(line()))
    keyring.write_text("{}")
    done = run("import", file)
    assert done.exit_code == 2
    assert "keyring.json" in done.stderr


def test_imports_stand_in_the_journal_under_the_operator(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_bytes(csv_of(line(), mei()))
    run("import", file)
    file.write_bytes(csv_of(line(email=""), mei()))
    run("import", file)
    entries = Entry.objects.order_by("id")
    assert [entry.event for entry in entries] == [
        Event.CUSTOMER_IMPORTED,
        Event.CUSTOMER_IMPORT_FINISHED,
        Event.CUSTOMER_CHANGED,
        Event.CUSTOMER_IMPORT_FINISHED,
    ]
    assert '"by":"operator"' in entries[0].payload
    assert "example.com" not in "".join(entry.payload for entry in entries)


def test_resealing_moves_everybody_to_a_rotated_key(tmp_path, keyring):
    file = tmp_path / "customers.csv"
    file.write_bytes(csv_of(line(), mei()))
    run("import", file)
    assert run("new-key").stdout.startswith("Key 2 is in the key file.")
    assert load_keyring(keyring).sealing[1] == RING.sealing[1]
    assert keyring.stat().st_mode & 0o077 == 0
    done = run("reseal", "--batch", "1")
    assert (done.exit_code, done.stdout) == (0, "Customers sealed anew under key 2: 2.\n")
    assert set(Customer.objects.values_list("key_version", flat=True)) == {2}
    assert run("reseal").stdout == "Customers sealed anew under key 2: 0.\n"
