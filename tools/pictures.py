"""Renew the pictures of the README: the browser tests take them, this copies the chosen ones.

Run it as `.venv/bin/python tools/pictures.py`; `--copy` takes those of the last run.
"""

import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parent.parent
TAKEN, SHOWN = TOP / "build" / "screenshots", TOP / "docs" / "pictures"
TESTS = ("tests/browser/test_life.py", "tests/browser/test_every_page.py")
LARGEST = 200_000  # octets of one picture in the repository
CHOSEN = {
    "sign-in": "desktop-1-sign-in",
    "both-tables": "desktop-8-renewable",
    "code-on-a-phone": "phone-3-code",
    "consent": "desktop-4-consent",
    "revoked": "phone-en-13-revoked",
    "letters": "dark-14-tray",
}


def main() -> int:
    """Take the pictures, copy the chosen ones; say which is too large."""
    if "--copy" not in sys.argv[1:]:
        under = ("env", "CINNABAR_TEST_DB=sqlite", "CINNABAR_TEST_FIRM=taiwan")
        tests = (sys.executable, "-m", "pytest", "-q", *TESTS)
        subprocess.run([*under, *tests], cwd=TOP, check=True)
    SHOWN.mkdir(parents=True, exist_ok=True)
    for name, taken in CHOSEN.items():
        shutil.copyfile(TAKEN / f"{taken}.png", SHOWN / f"{name}.png")
    large = [p.name for p in SHOWN.glob("*.png") if p.stat().st_size > LARGEST]
    if large:
        sys.stderr.write(f"larger than {LARGEST} octets: {', '.join(large)}\n")
    return len(large)


if __name__ == "__main__":
    raise SystemExit(main())
