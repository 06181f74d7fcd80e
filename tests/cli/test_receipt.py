"""`cinnabar journal receipt`, as whoever was handed a receipt uses it: without any installation."""

import json

import pytest
from click.testing import CliRunner

from cinnabar.certificates import history
from cinnabar.certificates.models import Certificate
from cinnabar.cli import cinnabar
from cinnabar.journal.models import Checkpoint
from tests.support.centre import Customer
from tests.support.people import visit


@pytest.fixture
def kept(env, ming, worker, tmp_path):
    """Receipt, key and checkpoint as a customer or auditor keeps them."""
    customer = Customer(env, visit(env, ming))
    customer.apply()
    first = worker.sign()
    assert first is not None
    (tmp_path / "saved.txt").write_text(Checkpoint.objects.get(size=first).note)
    customer.revoke()
    worker.sign()
    serial = Certificate.objects.get().serial
    for name, since in (("receipt.json", None), ("grown.json", first)):
        text = history.receipt(env, customer.visitor, worker.keys, serial, since=since)
        (tmp_path / name).write_bytes(text)
    return tmp_path


def run(*arguments: object):
    return CliRunner().invoke(cinnabar, ["journal", "receipt", *map(str, arguments)])


def test_a_good_receipt_says_what_it_shows(kept):
    result = run(kept / "receipt.json", "--key", kept / "journal.vkey")
    assert result.exit_code == 0, result.output
    for event in ("certificate:intended", "certificate:issued", "certificate:revoked"):
        assert event in result.stdout
    assert "The receipt is good: all 3 are in the journal of cinnabar.example/journal" in (
        result.stdout
    )


def test_it_needs_no_database(kept, django_db_blocker):
    with django_db_blocker.block():
        assert run(kept / "receipt.json", "--key", kept / "journal.vkey").exit_code == 0


def test_a_saved_checkpoint_is_held_against_it(kept):
    saved = ("--key", kept / "journal.vkey", "--checkpoint", kept / "saved.txt")
    good = run(kept / "grown.json", *saved)
    assert good.exit_code == 0, good.output
    assert "The journal grew from the checkpoint over" in good.stdout
    bad = run(kept / "receipt.json", *saved)
    assert bad.exit_code == 1
    assert "?since=" in bad.stdout


def test_a_changed_receipt_is_not_good(kept):
    read = json.loads((kept / "receipt.json").read_text())
    read["entries"][1]["payload"] = read["entries"][1]["payload"].replace("web", "cli")
    (kept / "receipt.json").write_text(json.dumps(read))
    result = run(kept / "receipt.json", "--key", kept / "journal.vkey")
    assert result.exit_code == 1
    assert result.stdout.startswith("The receipt is NOT good: the entry at place")


def test_a_key_or_file_that_cannot_be_read_is_named_in_one_sentence(kept):
    result = run(kept / "receipt.json", "--key", kept / "receipt.json")
    assert result.exit_code == 2
    assert result.stderr.startswith("cinnabar: the verifier keys in receipt.json")
    assert run(kept / "gone.json", "--key", kept / "journal.vkey").exit_code == 2
