"""Importing customers: rows a second, first and again, and the memory of the process.

The real command runs in a process of its own on a fresh installation, so that its start, its
progress and its commits are in the figures; what a file of a header alone takes is subtracted.
On SQLite, or on the empty PostgreSQL database that DATABASE_URL names.

    python -m bench.customers_import 1000000
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROWS = 20_000
_HEADER = "identifier,name,birth_date,mobile,email,language,consolidated,accounts\n"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1)


def run(rows: int = ROWS) -> dict[str, float]:
    """Return the figures for a file of `rows` customers with two contacts and two accounts each.

    `first_per_s` and `again_per_s` are rows a second (a tenth is there already when the whole file
    comes, and is not counted as first); `peak_mib` and `peak_of_a_tenth_mib` the
    most memory of an import of the file and of its first tenth.
    """
    with _installation() as (place, environ):
        empty, tenth, whole = (place / f"{name}.csv" for name in ("empty", "tenth", "whole"))
        for file, count in ((empty, 0), (tenth, rows // 10), (whole, rows)):
            _write(file, count)
        start, _ = _import(empty, environ)
        _, small = _import(tenth, environ)
        first, peak = _import(whole, environ)
        again, _ = _import(whole, environ)
    return {
        "rows": rows,
        "first_per_s": (rows - rows // 10) / (first - start),
        "again_per_s": rows / (again - start),
        "peak_mib": peak,
        "peak_of_a_tenth_mib": small,
    }


@contextmanager
def _installation() -> Iterator[tuple[Path, dict[str, str]]]:
    with tempfile.TemporaryDirectory(prefix="cinnabar-bench-") as name:
        place = Path(name)
        environ = {**os.environ, "CINNABAR_DATA": str(place / "data"), "CINNABAR_MODE": "demo"}
        _cinnabar(environ, "prepare")
        yield place, environ


def _import(file: Path, environ: dict[str, str]) -> tuple[float, float]:
    """Import `file`; return the seconds it took and the most memory it had, in MiB."""
    begun = time.perf_counter()
    peak = _cinnabar(environ, "customers", "import", str(file))
    return time.perf_counter() - begun, peak


def _cinnabar(environ: dict[str, str], *words: str) -> float:
    command = [sys.executable, "-m", "cinnabar.cli", *words]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_maxrss / 1024


def _write(file: Path, count: int) -> None:
    with file.open("w", encoding="utf-8") as opened:
        opened.write(_HEADER)
        for n in range(count):
            opened.write(
                f"{_identifier(n)},王{chr(0x4E00 + n % 5000)}明,1990-02-01,09{n:08d},"
                f"person{n}@example.com,zh-Hant-TW,yes,"
                f"securities:台北:{n:07d};futures:期貨台北:{n:07d}\n"
            )


def _identifier(n: int) -> str:
    """Return the `n`th of 52,000,000 identifiers with a right check digit."""
    rest, letter = divmod(n, len(_LETTERS))
    body = f"{1 + rest % 2}{rest // 2:07d}"
    digits = (*divmod(letter + 10, 10), *map(int, body))
    check = -sum(w * d for w, d in zip(_WEIGHTS, digits, strict=False)) % 10
    return f"{_LETTERS[letter]}{body}{check}"


if __name__ == "__main__":
    for name, figure in run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS).items():
        print(f"{name:20} {figure:12,.0f}")
