"""No process outlives the one that started it.

A supervisor gives each child the reading end of a pipe and keeps the writing end. However the
supervisor ends, kill -9 included, the kernel closes its end and the child reads the end of the
file. A child that does not stop by itself then is stopped with everything it started.
"""

import os
import signal
import threading
from collections.abc import Mapping
from multiprocessing import connection, parent_process

VARIABLE = "CINNABAR_LEASH"
"""Names the descriptor of the reading end."""

GRACE = 8.0
"""Seconds between asking the process to stop and stopping it."""


def wear(environ: Mapping[str, str]) -> None:
    """Watch the supervisor that `environ` names, if it names one."""
    if descriptor := environ.get(VARIABLE):
        threading.Thread(
            target=_until_closed, args=(int(descriptor),), name="leash", daemon=True
        ).start()


def wear_parents() -> None:
    """Watch the process that forked this one through `multiprocessing`, if one did."""
    if parent := parent_process():
        threading.Thread(
            target=_until_ready, args=(parent.sentinel,), name="leash", daemon=True
        ).start()


def _until_closed(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    _end()


def _until_ready(sentinel: int) -> None:
    connection.wait([sentinel])
    _end()


def _end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
