"""The tests' own place: sockets shut, the right database, nothing of the machine's settings."""

import socket
from pathlib import Path

import pytest
from django.db import connection

from tests.support.place import DATA, DATABASE


def test_nobody_reaches_beyond_loopback():
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as outside,
        pytest.raises(PermissionError, match=r"192\.0\.2\.1"),
    ):
        outside.connect(("192.0.2.1", 80))


def test_nobody_asks_a_name_server():
    with pytest.raises(PermissionError, match=r"example\.com"):
        socket.getaddrinfo("example.com", 443)


@pytest.mark.django_db
def test_the_run_is_on_the_database_it_says():
    vendor = {"sqlite": "sqlite", "postgres": "postgresql"}[DATABASE]
    assert connection.vendor == vendor


@pytest.mark.django_db
def test_sqlite_is_a_file_with_a_write_ahead_log():
    if connection.vendor == "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
    assert Path(connection.settings_dict["NAME"]).parent == DATA
