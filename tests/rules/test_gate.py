"""Admission: a few at once, a short wait for a few more, and the rest are told when to come."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cinnabar.kernel.gate import Gate, Size, Standing, size
from cinnabar.kernel.refusal import Refusal, Refused
from tests.support.processes import eventually

KNOWN, STRANGER = Standing


class Ticks:
    """A clock that stands until somebody moves it."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def ticks():
    return Ticks()


def gate(ticks, *, places=1, room=2, patience=60.0):
    return Gate(Size(places=places, room=room), patience=patience, ticks=ticks)


class Hall:
    """People who want in at the same gate, each on a thread of his own, in the order they came."""

    def __init__(self, at, pool):
        self.gate, self._pool = at, pool
        self.came: list[str] = []

    def comes(self, name, who):
        """Send somebody in; return when he is seen to wait."""
        before = self.gate.waiting()
        done = self._pool.submit(self._go, name, who)
        eventually(lambda: self.gate.waiting() > before)
        return done

    def _go(self, name, who):
        with self.gate.enter(who):
            self.came.append(name)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as threads:
        yield threads


def test_whoever_comes_first_goes_first(ticks, pool):
    hall = Hall(gate(ticks), pool)
    with hall.gate.enter(STRANGER):
        waits = [hall.comes(name, STRANGER) for name in ("ming", "mei")]
        assert hall.came == []
    for one in waits:
        one.result()
    assert hall.came == ["ming", "mei"]


def test_whoever_has_proved_something_goes_before_strangers(ticks, pool):
    hall = Hall(gate(ticks), pool)
    with hall.gate.enter(STRANGER):
        waits = [hall.comes("a stranger", STRANGER), hall.comes("ming", KNOWN)]
    for one in waits:
        one.result()
    assert hall.came == ["ming", "a stranger"]


def test_when_the_room_is_full_the_next_one_is_told_when_to_come_back(ticks, pool):
    hall = Hall(gate(ticks, room=1), pool)
    with hall.gate.enter(STRANGER):
        waits = hall.comes("ming", STRANGER)
        assert hall.gate.turned_away(STRANGER) >= 1
    waits.result()


def test_strangers_never_fill_the_room_of_those_who_are_known(ticks, pool):
    hall = Hall(gate(ticks, room=1), pool)
    with hall.gate.enter(STRANGER):
        waits = [hall.comes("a stranger", STRANGER)]
        assert hall.gate.turned_away(STRANGER) is not None
        assert hall.gate.turned_away(KNOWN) is None
        waits.append(hall.comes("ming", KNOWN))
    for one in waits:
        one.result()
    assert hall.came == ["ming", "a stranger"]


def test_nobody_is_kept_who_would_wait_too_long_however_much_room_there_is(ticks):
    """A long stay tells how long the next will take: bound by time, not by number alone."""
    at = gate(ticks, room=50, patience=2.0)
    with at.enter(STRANGER):
        ticks.now += 30
    with at.enter(STRANGER):
        assert at.turned_away(STRANGER) is not None


def test_who_has_waited_long_enough_is_let_go_and_takes_no_place_with_him(ticks, pool):
    at = gate(ticks, patience=1e-9)
    for _ in range(300):  # stays so short that waiting for the next end seems worth it
        with at.enter(STRANGER):
            pass
    with at.enter(STRANGER):
        assert at.turned_away(STRANGER) is None
        gives_up = pool.submit(Hall(at, pool)._go, "ming", STRANGER)  # noqa: SLF001 - our own
        with pytest.raises(Refused) as refused:
            gives_up.result()
        assert refused.value.refusal is Refusal.BUSY
        assert refused.value.facts["retry_after"] in {1, 2}
        assert at.waiting() == 0
    with at.enter(STRANGER):
        pass


def test_whoever_is_in_may_do_more_than_one_thing_there(ticks):
    at = gate(ticks)
    with at.enter(STRANGER), at.enter(KNOWN), at.enter(STRANGER):
        pass
    with at.enter(STRANGER):
        pass


def test_a_place_is_free_again_whatever_happened_in_it(ticks):
    at = gate(ticks)
    with pytest.raises(ZeroDivisionError), at.enter(STRANGER):
        raise ZeroDivisionError
    assert at.turned_away(STRANGER) is None


def test_those_turned_away_come_back_one_after_the_other(ticks):
    """Never all at once, and never before the pace allows it."""
    at = gate(ticks, room=0)
    with at.enter(STRANGER):
        told = [at.turned_away(STRANGER) for _ in range(400)]
    assert min(told) >= 1
    assert max(told) <= 31
    assert told[:50] == sorted(told[:50])
    each = [told.count(second) for second in range(2, 31)]
    assert max(each) <= 2 * 10 + 1, "half of the twenty that can be done in a second, twice round"


def test_after_a_quiet_while_one_second_is_enough(ticks):
    at = gate(ticks, room=0)
    with at.enter(STRANGER):
        for _ in range(100):
            at.turned_away(STRANGER)
        ticks.now += 60
        assert at.turned_away(STRANGER) == 2


def test_ten_at_once_never_find_more_than_the_places_there_are(pool):
    at = Gate(Size(places=3, room=20))
    inside, most, door = 0, 0, threading.Lock()
    start = threading.Barrier(8)

    def one():
        nonlocal inside, most
        start.wait()
        for _ in range(200):
            with at.enter(STRANGER):
                with door:
                    inside += 1
                    most = max(most, inside)
                with door:
                    inside -= 1

    for done in [pool.submit(one) for _ in range(8)]:
        done.result()
    assert (inside, most) <= (0, 3)
    assert (at.waiting(), at.turned_away(STRANGER)) == (0, None)


@pytest.mark.parametrize("threads", [4, 8, 16, 64])
@pytest.mark.parametrize("processes", [1, 2, 8])
@pytest.mark.parametrize("cores", [1, 2, 8, 64])
def test_those_who_wait_never_hold_more_than_half_of_the_threads(threads, processes, cores):
    found = size(threads=threads, processes=processes, cores=cores)
    assert found.places >= 1
    assert found.room >= 1
    assert found.places + 2 * found.room <= max(threads // 2, 3)
