"""Plumbing of every test: the database of this cell, and shut sockets."""

import ipaddress
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings as hypothesis_settings

_OURS = structlog.stdlib.ProcessorFormatter

pytest_plugins = [
    "tests.support.world",
    "tests.support.people",
    "tests.support.journal",
    "tests.support.voice",
]

hypothesis_settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.load_profile("house")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Use the database that child processes see too; on SQLite that is a file, with its WAL."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = connection.settings_dict["NAME"]


@pytest.fixture(autouse=True)
def logs_as_found() -> Iterator[None]:
    """Undo what a command, run in this process, does to the logs of the whole process."""
    root = logging.getLogger()
    level, configured = root.level, structlog.get_config()
    yield
    root.setLevel(level)
    root.handlers[:] = [h for h in root.handlers if not isinstance(h.formatter, _OURS)]
    structlog.configure(**configured)


def _stays_at_home(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse to leave the machine: an audit hook sees every socket of the process."""
    if event == "socket.getaddrinfo":
        host: object = arguments[0]
    elif event in {"socket.connect", "socket.bind", "socket.sendto"}:
        place = arguments[1]
        if not isinstance(place, tuple):  # a unix socket
            return
        host = place[0]
    else:
        return
    if not _is_loopback(host):
        msg = f"a test reached for {host!r}: sockets beyond loopback are shut"
        raise PermissionError(msg)


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


sys.addaudithook(_stays_at_home)
