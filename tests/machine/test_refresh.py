"""The board keeps itself fresh, whatever happens to the records."""

import threading
from contextlib import closing

import pytest

from cinnabar.env import Env
from cinnabar.faces.machine.board import BLIND, Refresher
from cinnabar.faces.machine.source import Changes
from tests.machine.support import REVOKED, SERIAL, Face, Records
from tests.support.processes import eventually


@pytest.fixture
def face(env: Env) -> Face:
    face = Face(env)
    face.issue()
    face.tick()
    face.post(face.question())
    return face


def _looks_up_again(face: Face) -> bool:
    before = face.records.lookups
    face.post(face.question())
    return face.records.lookups > before


def test_a_change_is_taken_off_the_board_by_itself(face):
    with closing(Refresher(face.board, every=0.01)):
        face.records.say(SERIAL, REVOKED)
        eventually(lambda: _looks_up_again(face))


def test_a_fault_in_the_records_does_not_end_it(face, caplog):
    records = face.records
    right = records.changes_since

    def faulty(mark: str | None) -> Changes:
        records.changes_since = right
        raise ZeroDivisionError(mark)

    records.changes_since = faulty
    with closing(Refresher(face.board, every=0.01)):
        face.records.say(SERIAL, REVOKED)
        eventually(lambda: _looks_up_again(face))
    assert "could not be refreshed" in caplog.text


def test_records_that_hang_do_not_keep_old_answers_on_the_board(face, clock):
    hanging = _Hanging(face.records)
    face.records.changes_since = hanging.changes_since
    with closing(Refresher(face.board, every=0.01)):
        eventually(hanging.waiting.is_set)
        clock.move(BLIND)
        clock.move(seconds=1)
        eventually(lambda: _looks_up_again(face))
        hanging.over.set()


class _Hanging:
    """Records whose changes are not told until somebody ends the waiting."""

    def __init__(self, records: Records) -> None:
        self._right = records.changes_since
        self.waiting, self.over = threading.Event(), threading.Event()

    def changes_since(self, mark: str | None) -> Changes:
        self.waiting.set()
        self.over.wait()
        return self._right(mark)
