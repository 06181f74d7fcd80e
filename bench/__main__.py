"""`make bench`: run the benchmarks named, or all, and print their ratios as JSON lines.

`make bench BENCH="issue codes"` runs two of them; `renewals=2000` gives one a size of its own.
"""

import json
import os
import platform
import subprocess
import sys

ALL = (
    *("ocsp", "issue", "codes", "sign_in", "overload", "oracle"),
    *("customers_import", "growth", "renewals"),
)

GOALS = {
    "ocsp_post_vs_nothing": 0.9,
    "issue_vs_cryptography": 0.2,
    "code_vs_update": 0.25,
    "sign_in_vs_argon2": 0.9,
    "goodput_vs_capacity": 0.9,
    "turned_away_with_retry_after": 1.0,
}
"""What each ratio should reach at least; those of growth and pages have a ceiling instead."""

CEILINGS = {"page_busy_vs_idle": 2.0, "growth": 1.2, "renewals_last": 1.1}

ALIKE = ("_vs_known", "_vs_right", "_vs_never_made", "_vs_nobodys")
"""Ratios of one door's times that must lie within 5 % of 1 (RST-05)."""


_NOTICED = 0.05


def main(names: list[str]) -> int:
    """Run each benchmark in a process and on a database of its own; return how many failed."""
    failed = 0
    print(json.dumps({"machine": platform.machine(), "cores": os.cpu_count()}))
    for told in names or ALL:
        name, _, size = told.partition("=")
        program = f"import json, bench.{name} as b; print(json.dumps(b.run({size})))"
        done = subprocess.run(
            [sys.executable, "-c", program], check=False, stdout=subprocess.PIPE, text=True
        )
        if done.returncode:
            print(f"  {name} FAILED", flush=True)
            failed += 1
            continue
        figures = json.loads(done.stdout.splitlines()[-1])
        print(json.dumps({name: {k: round(v, 3) for k, v in figures.items()}}), flush=True)
        for figure, value in figures.items():
            _judge(figure, value)
    return failed


def _judge(figure: str, value: float) -> None:
    if figure in GOALS:
        word = "reaches" if value >= GOALS[figure] else "FALLS SHORT OF"
        print(f"  {figure} {value:.2f} {word} {GOALS[figure]}")
    if figure.endswith(ALIKE):
        word = "tells nothing" if abs(value - 1) <= _NOTICED else "TELLS WHO IS KNOWN"
        print(f"  {figure} {value:.3f} {word}")
    for start, ceiling in CEILINGS.items():
        if figure.startswith(start):
            word = "keeps within" if value <= ceiling else "EXCEEDS"
            print(f"  {figure} {value:.2f} {word} {ceiling}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
