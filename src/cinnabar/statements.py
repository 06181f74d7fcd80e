"""Statements at the cursor, for what is hot or must be one statement to be right under races.

Values go in as the ORM would store them, so that both read the same instants.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection


def one(sql: str, *values: object) -> tuple[Any, ...] | None:
    """Run `sql`; return its first row, None without one."""
    with connection.cursor() as cursor:
        cursor.execute(sql, _stored(values))
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def rows(sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Run `sql`; return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, _stored(values))
        return list(cursor.fetchall())


def run(sql: str, *values: object) -> int:
    """Run `sql`; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, _stored(values))
        return int(cursor.rowcount)


def instant(value: str | datetime) -> datetime:
    """Return a stored instant that was read at the cursor, aware, in UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _stored(values: Sequence[object]) -> list[Any]:
    adapt = connection.ops.adapt_unknown_value
    return [adapt(value) if isinstance(value, datetime) else value for value in values]
