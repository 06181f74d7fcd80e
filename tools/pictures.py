"""Renew the pictures of the manual and of the README: the browser tests take them.

    python tools/pictures.py            the manual's, which must show the pages as they are
    python tools/pictures.py --readme   the README's as well; `--copy` takes those of the last run

docs/recipes/pictures.md says how the manual's are kept true.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parent.parent
TAKEN, SHOWN = TOP / "build" / "screenshots", TOP / "docs" / "pictures"
MANUAL = "tests/browser/test_pictures.py"
TESTS = (
    "tests/browser/test_life.py",
    "tests/browser/test_every_page.py",
    "tests/browser/test_passwords.py",
)
LARGEST = 200_000  # octets of one picture in the repository
CHOSEN = {
    "sign-in": "desktop-1-sign-in",
    "both-tables": "desktop-8-renewable",
    "code-on-a-phone": "phone-3-code",
    "consent": "desktop-4-consent",
    "revoked": "phone-en-13-revoked",
    "letters": "dark-14-tray",
    "passwords": "passwords-4-en",
    "password-changed": "passwords-3-zh-Hant-TW",
}


def main() -> int:
    """Take the pictures that were asked for; say which of the README's is too large."""
    if "--copy" not in sys.argv[1:]:
        _take(MANUAL, CINNABAR_TEST_PICTURES="keep")
    if not {"--readme", "--copy"} & set(sys.argv[1:]):
        return 0
    if "--copy" not in sys.argv[1:]:
        _take(*TESTS)
    SHOWN.mkdir(parents=True, exist_ok=True)
    for name, taken in CHOSEN.items():
        shutil.copyfile(TAKEN / f"{taken}.png", SHOWN / f"{name}.png")
    large = [p.name for p in SHOWN.glob("*.png") if p.stat().st_size > LARGEST]
    if large:
        sys.stderr.write(f"larger than {LARGEST} octets: {', '.join(large)}\n")
    return len(large)


def _take(*tests: str, **environ: str) -> None:
    """Run browser tests on the firm and database that the pictures are of."""
    cell = {"CINNABAR_TEST_DB": "sqlite", "CINNABAR_TEST_FIRM": "taiwan"}
    command = (sys.executable, "-m", "pytest", "-q", *tests)
    subprocess.run(command, cwd=TOP, check=True, env={**os.environ, **cell, **environ})


if __name__ == "__main__":
    raise SystemExit(main())
