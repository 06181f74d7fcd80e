"""More people than there is room for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cinnabar.env import Env
from cinnabar.kernel.gate import Size, Standing
from cinnabar.kernel.hashing import Argon2Hasher
from tests.support.world import RING


def one_at_a_time(env: Env) -> Env:
    """Return the same world where one password at a time is compared and nobody may wait."""
    return replace(env, hasher=Argon2Hasher("test", RING.pepper, size=Size(places=1, room=0)))


@contextmanager
def somebody_inside(env: Env, who: Standing) -> Iterator[None]:
    """Let somebody be in while the body runs: on a thread of his own, as people are."""
    leave, came = threading.Event(), threading.Event()

    def stay() -> None:
        with env.hasher.enter(who):
            came.set()
            leave.wait()

    other = threading.Thread(target=stay)
    other.start()
    came.wait()
    try:
        yield
    finally:
        leave.set()
        other.join()
