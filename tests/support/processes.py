"""Waiting for real processes: until something is so, never for a length of time."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

LONGEST = 60.0
"""Seconds after which what a test waits for is taken to never come."""

_GLANCE = threading.Event()


def eventually(look: Callable[[], T], *, longest: float = LONGEST) -> T:
    """Return what `look` gives as soon as it is true; fail if that never comes."""
    until = time.monotonic() + longest
    while not (seen := look()):
        assert time.monotonic() < until, "what the test waited for did not come"
        _GLANCE.wait(0.02)
    return seen


def alive(pid: int) -> bool:
    """Tell whether the process runs; one that ended and waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def of_the_demo(data: Path, command: str = "") -> list[int]:
    """Return the processes of the demo in `data`, or those of one `cinnabar` command of it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environ = (process / "environ").read_bytes().split(b"\0")
            words = (process / "cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        belongs = f"CINNABAR_DATA={data}".encode() in environ
        if belongs and (not command or command in words) and alive(int(process.name)):
            found.append(int(process.name))
    return sorted(found)
