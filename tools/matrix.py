"""Run every test in every cell of the matrix, two lanes at a time, and say how it went.

Everything runs once on SQLite with the firm file taiwan.toml. What a flow touches runs again on
PostgreSQL and under strong.toml, and what the Hong Kong firm has under hongkong.toml; processes
are killed on both databases. House checks and the browser scripts' own tests run beside them. The
closing line is `N passed, N failed`; the exit code is 0 when nothing failed.

    python tools/matrix.py [--only NAME …] [--lanes N] [--list]
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from xml.etree import ElementTree as ET

TOP = Path(__file__).resolve().parents[1]
LOGS = TOP / "build" / "tests"
BIN = Path(sys.executable).parent

LONGEST = 45 * 60
"""Seconds after which a job is taken for stuck."""

FLOWS = [
    "tests/announcements",
    "tests/attack",
    "tests/centre",
    "tests/certificates",
    "tests/cli",
    "tests/codes",
    "tests/customers",
    "tests/faces",
    "tests/faults",
    "tests/flows",
    "tests/journal",
    "tests/limits",
    "tests/login",
    "tests/machine",
    "tests/messages",
    "tests/passwords",
    "tests/races",
    "tests/robots",
    "tests/tokens",
]


HONG_KONG = [
    "tests/attack",
    "tests/centre/test_change.py",
    "tests/centre/test_reset.py",
    "tests/centre/test_reset_alike.py",
    "tests/centre/test_reset_ends.py",
    "tests/centre/test_reset_in_every_order.py",
    "tests/cli/test_invite.py",
    "tests/login/test_approvals.py",
    "tests/faces/test_language.py",
    "tests/faces/test_new_password.py",
    "tests/faces/test_offered.py",
    "tests/login/test_account_numbers.py",
    "tests/login/test_lane.py",
    "tests/login/test_second_stage.py",
    "tests/messages/test_budget.py",
    "tests/messages/test_deliver.py",
    "tests/messages/test_reset_mail.py",
    "tests/messages/test_secrets.py",
    "tests/races/test_reset.py",
]
"""What customers do at a firm without certificates, once more under hongkong.toml."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A command with its environment; `counts` tells how its tests are counted."""

    name: str
    argv: list[str]
    environ: Mapping[str, str] = field(default_factory=dict)
    counts: str = "junit"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a job."""

    job: Job
    passed: int
    failed: int
    skipped: int
    seconds: float


def main() -> int:
    """Run the jobs that were asked for; return the exit code."""
    arguments = _arguments()
    jobs = [j for j in _jobs() if not arguments.only or j.name in arguments.only]
    if arguments.list:
        print("\n".join(f"{j.name}: {' '.join(j.argv)}" for j in jobs))
        return 0
    LOGS.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    environ = _with_postgres(jobs)
    outcomes = list(_run(jobs, environ, arguments.lanes))
    return _close(outcomes, time.monotonic() - began)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run every test in every cell of the matrix.")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--lanes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


def _jobs() -> list[Job]:
    """Return all jobs, the longest first, so that the lanes end together."""
    flows = [path for path in FLOWS if (TOP / path).is_dir()]
    once = "not browser and not contract and not faults"
    return [
        *_browser(),
        _pytest("main", ["-m", once]),
        _pytest("faults", ["-m", "faults"]),
        _pytest("faults-postgres", [*flows, "-m", "faults"], db="postgres"),
        _pytest("postgres-taiwan", [*flows, "-m", once], db="postgres"),
        _pytest("postgres-strong", [*flows, "-m", once], db="postgres", firm="strong"),
        _pytest("sqlite-strong", [*flows, "-m", once], firm="strong"),
        _pytest("hongkong", [*HONG_KONG, "-m", once], firm="hongkong"),
        _pytest("hongkong-postgres", [*HONG_KONG, "-m", once], db="postgres", firm="hongkong"),
        _pytest("contract", ["-m", "contract and not faults"]),
        Job(name="check", argv=["make", "--no-print-directory", "-k", "check"], counts="one"),
        *_scripts(),
    ]


def _browser() -> Iterator[Job]:
    """Yield the browser's tests in two halves: together they would take as long as all the rest.

    Those of the Hong Kong firm are a third part.
    """
    tests = sorted(str(path.relative_to(TOP)) for path in (TOP / "tests/browser").glob("test_*.py"))
    for number in (0, 1):
        yield _pytest(f"browser-{number + 1}", [*tests[number::2], "-m", "browser"])
    yield _pytest("browser-hongkong", ["tests/browser/hongkong", "-m", "browser"], firm="hongkong")


def _scripts() -> Iterator[Job]:
    if (TOP / "frontend" / "package.json").exists():
        yield Job(name="scripts", argv=["npm", "--prefix", "frontend", "test"], counts="node")


def _pytest(name: str, arguments: list[str], *, db: str = "sqlite", firm: str = "taiwan") -> Job:
    report = LOGS / f"{name}.xml"
    return Job(
        name=name,
        argv=[
            str(BIN / "pytest"),
            "-q",
            "-p",
            "no:cacheprovider",
            "--durations=10",
            f"--junitxml={report}",
            *arguments,
        ],
        environ={"CINNABAR_TEST_DB": db, "CINNABAR_TEST_FIRM": firm},
    )


def _with_postgres(jobs: list[Job]) -> dict[str, str]:
    """Return the environment of all jobs, with a PostgreSQL for those that want one."""
    environ = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    if any(job.environ.get("CINNABAR_TEST_DB") == "postgres" for job in jobs):
        sys.path.insert(0, str(TOP))
        from tests.support.postgres import HANDED_ON, start  # noqa: PLC0415 - the path is new

        environ[HANDED_ON] = start()
    return environ


def _run(jobs: list[Job], environ: dict[str, str], lanes: int) -> Iterator[Outcome]:
    """Run `jobs` on `lanes` threads; give each outcome when it is there."""
    todo: SimpleQueue[Job] = SimpleQueue()
    done: SimpleQueue[Outcome] = SimpleQueue()
    for job in jobs:
        todo.put(job)

    def lane() -> None:
        with suppress(Empty):
            while True:
                done.put(_run_one(todo.get_nowait(), environ))

    for _ in range(lanes):
        threading.Thread(target=lane, daemon=True).start()
    for _ in jobs:
        outcome = done.get()
        _tell(outcome)
        yield outcome


def _run_one(job: Job, environ: dict[str, str]) -> Outcome:
    report = LOGS / f"{job.name}.xml"
    report.unlink(missing_ok=True)
    began = time.monotonic()
    with (LOGS / f"{job.name}.log").open("w") as log:
        process = subprocess.Popen(
            job.argv,
            cwd=TOP,
            env={**environ, **job.environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
            log.write(f"\nstuck: ended after {LONGEST} s\n")
    passed, failed, skipped = _counts(job, code)
    return Outcome(
        job=job,
        passed=passed,
        failed=failed,
        skipped=skipped,
        seconds=time.monotonic() - began,
    )


def _counts(job: Job, code: int) -> tuple[int, int, int]:
    """Return passed, failed, skipped; a job that failed without saying where counts as one."""
    passed = failed = skipped = 0
    report = LOGS / f"{job.name}.xml"
    if job.counts == "one":
        passed = int(code == 0)
    elif job.counts == "node":
        text = (LOGS / f"{job.name}.log").read_text()
        passed, failed, skipped = (_last(text, word) for word in ("pass", "fail", "skipped"))
    elif report.exists():
        suite = next(ET.parse(report).iter("testsuite"))  # noqa: S314 - pytest wrote it just now
        total, errors, failures, skipped = (
            int(suite.get(key, 0)) for key in ("tests", "errors", "failures", "skipped")
        )
        failed = errors + failures
        passed = total - failed - skipped
    if job.counts == "junit" and code == _NO_TESTS and not failed:
        return 0, 0, 0
    return passed, failed or int(code != 0), skipped


_NO_TESTS = 5


def _last(text: str, word: str) -> int:
    found = re.findall(rf"^\W*{word} (\d+)$", text, re.MULTILINE)
    return int(found[-1]) if found else 0


def _tell(outcome: Outcome) -> None:
    word = "FAILED" if outcome.failed else "ok"
    print(
        f"{word:6} {outcome.job.name:16} {outcome.passed:5} passed, {outcome.failed} failed"
        f" in {outcome.seconds:.0f} s",
        flush=True,
    )
    if outcome.failed:
        lines = (LOGS / f"{outcome.job.name}.log").read_text(errors="replace").split("\n")
        print("\n".join(lines[-_SHOWN:]), flush=True)


_SHOWN = 150


def _close(outcomes: list[Outcome], seconds: float) -> int:
    passed = sum(o.passed for o in outcomes)
    failed = sum(o.failed for o in outcomes)
    skipped = sum(o.skipped for o in outcomes)
    print(f"\nall jobs together: {seconds:.0f} s; their output is in {LOGS.relative_to(TOP)}")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
