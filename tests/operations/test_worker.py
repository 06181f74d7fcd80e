"""The worker's chores: none waits for another, none is given up, the end waits for all."""

import threading
from typing import Self

import pytest

from cinnabar.config.work import STALE, Chore, Worker, is_alive
from cinnabar.kernel.clock import FrozenClock, SystemClock
from tests.support.processes import eventually


class Hands:
    """A worker on a thread of the test's."""

    def __init__(self, tmp_path, *chores: Chore) -> None:
        self.data = tmp_path
        self.worker = Worker(chores, tmp_path / "worker.alive")
        self.thread = threading.Thread(target=self.worker.run)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *what: object) -> None:
        self.worker.stop()
        self.thread.join()


def often(name, tick):
    return Chore(name=name, every=0.001, tick=tick)


def test_a_chore_that_hangs_keeps_no_other_waiting(tmp_path):
    answers = threading.Event()
    rounds: list[int] = []

    def publish() -> bool:
        rounds.append(1)
        return False

    with Hands(tmp_path, often("mail", answers.wait), often("status", publish)):
        eventually(lambda: len(rounds) >= 3)
        answers.set()


def test_a_chore_that_fails_is_tried_again_and_logged(tmp_path, caplog):
    outcomes = iter([ValueError("the gateway is away"), ConnectionError("still away")])
    worked = threading.Event()

    def tick() -> bool:
        if trouble := next(outcomes, None):
            raise trouble
        worked.set()
        return False

    with Hands(tmp_path, often("mail", tick)) as hands:
        eventually(worked.is_set)
    (rounds,) = hands.worker.rounds().values()
    assert rounds >= (3, 2)
    assert rounds[1] == 2
    failed = [r for r in caplog.records if r.message == "chore failed"]
    assert [r.__dict__["chore"] for r in failed] == ["mail", "mail"]
    assert failed[0].__dict__["again_in"] < failed[1].__dict__["again_in"]


def test_what_waits_already_is_done_without_a_pause(tmp_path):
    left = iter([True, True, False])
    done = threading.Event()

    def tick() -> bool:
        more = next(left)
        if not more:
            done.set()
        return more

    with Hands(tmp_path, Chore(name="mail", every=3600, tick=tick)):
        eventually(done.is_set)


def test_the_end_waits_for_what_is_being_done(tmp_path):
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def tick() -> bool:
        begun.set()
        may_end.wait()
        ended.set()
        return False

    with Hands(tmp_path, often("mail", tick)) as hands:
        eventually(begun.is_set)
        hands.worker.stop()
        assert hands.thread.is_alive()
        may_end.set()
    assert ended.is_set()


def test_a_worker_shows_that_it_is_alive_until_it_ends(tmp_path):
    with Hands(tmp_path, often("mail", lambda: False)):
        eventually(lambda: is_alive(tmp_path, SystemClock()))
    assert not is_alive(tmp_path, SystemClock())


@pytest.mark.parametrize(("seconds", "alive"), [(STALE - 1, True), (STALE + 1, False)])
def test_a_worker_that_shows_nothing_for_a_while_is_taken_for_dead(tmp_path, seconds, alive):
    (tmp_path / "worker.alive").touch()
    clock = FrozenClock(SystemClock().now())
    clock.move(seconds=seconds)
    assert is_alive(tmp_path, clock) is alive
