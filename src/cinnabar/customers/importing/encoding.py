"""Whether a file is UTF-8 at all.

One spoilt line is that line's fault; a whole file in another encoding is refused before anything
of it is taken.
"""

import codecs
from typing import BinaryIO

from cinnabar.customers.faults import FileFault, Unreadable

_SAMPLE = 1024 * 1024
# The marks of UTF-32 begin like those of UTF-16: they are looked for first.
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def without_mark(raw: bytes) -> bytes:
    """Return `raw` without the byte order mark that some programs write before UTF-8."""
    return raw.removeprefix(codecs.BOM_UTF8)


def refuse_other_encodings(source: BinaryIO) -> None:
    """Raise `Unreadable` if the first MiB of `source` is not UTF-8 for the most part.

    Leaves the stream at its beginning. Lines beyond ASCII decide: in a file of another encoding
    nearly all of them are wrong, in a spoilt UTF-8 file few.
    """
    sample = source.read(_SAMPLE)
    source.seek(0)
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            raise Unreadable(FileFault.ENCODING_GUESSED, guess=name)
    if b"\x00" in sample.partition(b"\n")[0]:
        raise Unreadable(FileFault.ENCODING)
    telling = [line for line in sample.splitlines(keepends=True) if not line.isascii()]
    if len(sample) == _SAMPLE:
        # The sample may end in the middle of a character.
        del telling[-1:]
    wrong = [line for line in telling if not _decodes(line, "utf-8")]
    if len(wrong) * 2 > len(telling):
        if all(_decodes(line, "cp950") for line in wrong):
            raise Unreadable(FileFault.ENCODING_GUESSED, guess="Big5")
        raise Unreadable(FileFault.ENCODING)


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
