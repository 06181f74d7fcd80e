"""The file of checkpoints outside the database: signed notes, one after another, only appended.

Between two notes stands an empty line. A write that a crash cut short is followed by the whole
note again, so a piece that begins like its successor is no more than that.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cinnabar.journal.notes import Head, NoteError, VerifierKey, read_note

_DASH = "— ".encode()
_WINDOW = 64 * 1024
_MODE = 0o640


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of the file. `head` is None and `trouble` says why if it is not a signed note."""

    raw: bytes
    head: Head | None
    trouble: str = ""

    def cut_short_of(self, whole: bytes) -> bool:
        """Tell whether this is what a crash left of writing `whole`."""
        return whole.startswith(self.raw.rstrip(b"\n"))


class OutsideFile:
    """The file, opened and locked for its one writer."""

    def __init__(self, descriptor: int, keys: Sequence[VerifierKey]) -> None:
        """Work on the open file; `keys` tell a whole note from a piece of one."""
        self._descriptor = descriptor
        self._keys = keys

    def last(self) -> Head | None:
        """Return the newest whole note of the file, or None if there is none.

        Raises `NoteError` if the end of a long file holds nothing that can be read.
        """
        size = os.fstat(self._descriptor).st_size
        window = os.pread(self._descriptor, _WINDOW, max(0, size - _WINDOW))
        for piece in reversed(list(_pieces(window.splitlines(keepends=True)))):
            if head := _read(piece, self._keys).head:
                return head
        if size > _WINDOW:
            msg = "its end cannot be read"
            raise NoteError(msg)
        return None

    def append(self, notes: Iterable[str]) -> None:
        """Add `notes` at the end and see them onto the disk."""
        before = os.fstat(self._descriptor).st_size
        whole = before == 0 or os.pread(self._descriptor, 2, before - 2) == b"\n\n"
        for note in notes:
            _write_all(self._descriptor, ("" if whole else "\n\n") + note + "\n")
            whole = True
        if os.fstat(self._descriptor).st_size > before:
            os.fsync(self._descriptor)


@contextmanager
def opened(path: Path, keys: Sequence[VerifierKey]) -> Iterator[OutsideFile]:
    """Open the file at `path` for appending, alone; make it if there is none."""
    new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _MODE)
    try:
        if new:
            _keep_name(path)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield OutsideFile(descriptor, keys)
    finally:
        os.close(descriptor)


def passages(lines: Iterable[bytes], keys: Sequence[VerifierKey]) -> Iterator[Passage]:
    """Yield the pieces of a file in its order, without holding more than one."""
    for piece in _pieces(lines):
        yield _read(piece, keys)


def _read(piece: bytes, keys: Sequence[VerifierKey]) -> Passage:
    try:
        return Passage(raw=piece, head=read_note(piece.decode(), keys))
    except ValueError as problem:  # a NoteError, or not UTF-8
        return Passage(raw=piece, head=None, trouble=str(problem))


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Cut where a line follows an empty one, unless it begins the signatures of what is there."""
    piece, signed, closed = b"", False, False
    for line in lines:
        if line == b"\n":
            closed = True
            continue
        if piece and closed:
            if signed or not _begins_signature(line):
                yield piece
                piece, signed = b"", False
            else:
                piece, signed = piece + b"\n", True
        piece, closed = piece + line, False
    if piece:
        yield piece


def _begins_signature(line: bytes) -> bool:
    return line.startswith(_DASH) or _DASH.startswith(line.rstrip(b"\n"))


def _write_all(descriptor: int, text: str) -> None:
    rest = text.encode()
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _keep_name(path: Path) -> None:
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
