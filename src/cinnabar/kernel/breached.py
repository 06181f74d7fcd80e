"""Passwords known from breaches: a sorted file of SHA-1 hashes, searched on disk (PWD-05).

The file is what the downloader of Have I Been Pwned writes: a line per password, its SHA-1 in 40
hexadecimal digits, `:` and how often it was seen, ordered by the hash. It has tens of gigabytes,
so it is never read whole: a look-up is some forty short reads. Nothing leaves the machine.
"""

import hashlib
import os
import re
import unicodedata
from pathlib import Path
from typing import Protocol

from cinnabar.kernel.secrets import Secret

_LINE = re.compile(rb"([0-9A-Fa-f]{40})(?::[0-9]{1,12})?\r?\n")
_LONGEST = 64
"""Octets; a line has at most 40, a colon, 12 digits and its end."""

_SAMPLES = 64
"""Places looked at to see that a file is sorted: one ordered by frequency would find nothing."""


class BreachedFileError(ValueError):
    """The file cannot be searched; the message says where and why."""


class Breached(Protocol):
    """Knows which passwords were in breaches."""

    def holds(self, secret: Secret) -> bool:
        """Tell whether `secret` was in one."""
        ...


class BreachedFile:
    """The sorted file at a path. It is opened once: a new one is put in by a restart."""

    def __init__(self, path: Path) -> None:
        """Open the file and look at a few lines; raise `BreachedFileError` or `OSError`."""
        self._path = path
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._size = os.fstat(self._file).st_size
        places = {self._size * at // _SAMPLES for at in range(_SAMPLES)} if self._size else set()
        seen = [self._line_at(place, 0)[1] for place in sorted(places)]
        if not seen or seen != sorted(seen):
            msg = f"{path} is {'not ordered by hash' if seen else 'empty'}"
            raise BreachedFileError(msg)

    def holds(self, secret: Secret) -> bool:
        """Tell whether the file has the SHA-1 of `secret`, by halving what is left of it."""
        text = unicodedata.normalize("NFC", secret.reveal())
        wanted = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper().encode()
        low, high = 0, self._size
        while low < high:
            start, found, end = self._line_at((low + high) // 2, low)
            if found == wanted:
                return True
            low, high = (end, high) if found < wanted else (low, start)
        return False

    def _line_at(self, place: int, low: int) -> tuple[int, bytes, int]:
        """Return where the line round `place` begins, not before `low`, its hash and its end."""
        begin = max(low, place - _LONGEST)
        before = os.pread(self._file, place - begin, begin)
        start = begin + before.rfind(b"\n") + 1
        line = _LINE.match(os.pread(self._file, _LONGEST, start))
        if line is None:
            msg = f"{self._path} has no line of SHA-1 and count at octet {start}"
            raise BreachedFileError(msg)
        return start, line[1].upper(), start + line.end()
