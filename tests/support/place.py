"""Where this run of the tests takes place: its directory, its firm and its database.

Loaded by pytest before Django reads its settings (`-p tests.support.place`). The cells of the
matrix are chosen by two variables:

    CINNABAR_TEST_DB    sqlite (default) or postgres
    CINNABAR_TEST_FIRM  taiwan (default), strong, or the path of a firm file

Processes that a test starts inherit `CINNABAR_DATA` and `DATABASE_URL`, and so see the same
installation. A run leaves nothing behind.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

DATABASE = os.environ.get("CINNABAR_TEST_DB", "sqlite")
FIRM = os.environ.get("CINNABAR_TEST_FIRM", "taiwan")


def _settle() -> Path:
    for name in [n for n in os.environ if n.startswith(("CINNABAR_", "DATABASE_URL"))]:
        if not name.startswith("CINNABAR_TEST_"):
            del os.environ[name]
    data = Path(tempfile.mkdtemp(prefix="cinnabar-test-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    os.environ["CINNABAR_DATA"] = str(data)
    os.environ["CINNABAR_FIRM"] = FIRM
    os.environ["CINNABAR_MODE"] = "demo"
    if DATABASE == "postgres":
        from tests.support.postgres import address

        os.environ["DATABASE_URL"] = address(f"cinnabar_{os.getpid()}")
    elif DATABASE != "sqlite":
        msg = f"CINNABAR_TEST_DB is {DATABASE!r}; it is either sqlite or postgres"
        raise ValueError(msg)
    return data


DATA = _settle()
