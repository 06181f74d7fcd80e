"""`cinnabar journal verify`, as an operator and as an auditor use it."""

import json

import pytest
from click.testing import CliRunner

from cinnabar.cli import cinnabar
from cinnabar.journal.models import Checkpoint, Entry
from cinnabar.journal.notary import create_notary
from cinnabar.kernel.dice import LoadedDice
from tests.journal.support import Journal
from tests.support.place import DATA
from tests.support.world import RING


@pytest.fixture
def installed(env, db):
    """A journal where an installation keeps it."""
    secrets = DATA / "secrets"
    secrets.mkdir(exist_ok=True)
    files = [secrets / "keyring.json", secrets / "journal.key", secrets / "journal.vkey"]
    files.append(DATA / "checkpoints.log")
    before = {file: file.read_bytes() for file in files if file.exists()}
    for file in files:
        file.unlink(missing_ok=True)
    RING.save(files[0])
    notary = create_notary(files[1], name="cinnabar.example/journal", dice=LoadedDice(1))
    journal = Journal(env=env, notary=notary, outside=files[3])
    journal.grow(3, 4)
    yield journal
    for file in files:
        file.unlink(missing_ok=True)
    for file, content in before.items():
        file.write_bytes(content)


def run(*arguments: object):
    return CliRunner().invoke(cinnabar, ["journal", "verify", *map(str, arguments)])


def test_a_sound_journal_ends_with_nought_and_says_what_was_looked_at(installed):
    result = run()
    assert result.exit_code == 0, result.output
    assert "7 entries and 2 checkpoints were checked, 2 of them also outside" in result.stdout
    assert "The journal is as it was written." in result.stdout


def test_entries_that_wait_are_counted_and_no_fault(installed):
    installed.tell(2)
    result = run()
    assert result.exit_code == 0
    assert "2 entries wait for their place in the tree." in result.stdout


def test_a_changed_entry_ends_with_one_and_is_named(installed):
    row = Entry.objects.get(leaf_index=4)
    said = json.loads(row.payload) | {"by": "nobody"}
    Entry.objects.filter(id=row.id).update(payload=json.dumps(said))
    result = run()
    assert result.exit_code == 1
    assert f"entry {row.id} was changed after it was written: payload.\n" in result.stdout
    assert "The journal is NOT as it was written." in result.stdout


def test_much_damage_is_told_in_few_words(installed):
    Entry.objects.update(subject="SOMEBODYELSE0000")
    result = run("--most", 2)
    assert result.exit_code == 1
    assert result.stdout.count("was changed after it was written: subject.") == 2
    assert "… and 5 more." in result.stdout


def test_an_auditor_brings_file_and_key_of_their_own(installed, tmp_path):
    copy, key = tmp_path / "received.log", tmp_path / "handed-over.vkey"
    installed.grow(2, 2)
    newest_but_one = Checkpoint.objects.get(size=9).note
    copy.write_text(f"{newest_but_one}\n")
    key.write_text(f"{installed.notary.key}\n")
    assert run("--outside", copy, "--key", key).exit_code == 0
    stranger = create_notary(tmp_path / "stranger.key", name="a.example/log", dice=LoadedDice(2))
    key.write_text(f"{stranger.key}\n")
    result = run("--outside", copy, "--key", key)
    assert result.exit_code == 1
    assert "not genuine: no key that is known here signed it" in result.stdout


@pytest.mark.parametrize("name", ["keyring.json", "journal.vkey"])
def test_a_key_that_is_missing_is_named_in_one_sentence(installed, name):
    (DATA / "secrets" / name).unlink()
    result = run()
    assert result.exit_code == 2
    assert result.stderr.startswith("cinnabar: ")
    assert name in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_that_was_named_and_is_not_there_is_no_journal_without_faults(installed, tmp_path):
    result = run("--outside", tmp_path / "gone.log")
    assert result.exit_code == 2
    assert "gone.log" in result.stderr
