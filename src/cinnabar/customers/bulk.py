"""Many rows in one statement, on both databases: where the ORM's objects cost more than the rows.

Values are given as the database takes them; `moment` turns an instant into that.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from django.db import connection, models

Value: TypeAlias = str | int | bool | bytes | datetime | None


def moment(at: datetime) -> Value:
    """Return the aware instant `at` as the database in use takes it in plain SQL."""
    taken: Value = connection.ops.adapt_datetimefield_value(at)
    return taken


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> None:
    """Insert `rows`, whose values stand in the order of `columns` (names of fields)."""
    if not rows:
        return
    shape = _Shape(model, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(shape.copy) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(shape.insert(f"VALUES ({places})"), rows)


def update(
    model: type[models.Model],
    columns: Sequence[str],
    where: Sequence[str],
    rows: Sequence[Sequence[Value]],
) -> int:
    """Set `columns` in the rows that match `where`; return how many there were.

    Each of `rows` holds the values of `columns`, then those of `where`.
    """
    if not rows:
        return 0
    shape = _Shape(model, [*columns, *where])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Numbered, because a column may be both set and matched.
            given = [f"given{n}" for n in range(len(shape.names))]
            source = f" FROM {shape.unnest} AS given({', '.join(given)})"
            cursor.execute(shape.update(given, len(columns), source), _arrays(rows))
        else:
            cursor.executemany(shape.update(["%s"] * len(shape.names), len(columns)), rows)
        return int(cursor.rowcount)


class _Shape:
    """The table and columns of a model, as SQL names them."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        meta = model._meta  # noqa: SLF001 - Django documents it as its interface to models
        fields = [meta.get_field(name) for name in columns]
        quote = connection.ops.quote_name
        self.table = quote(meta.db_table)
        self.names = [quote(str(getattr(field, "column", ""))) for field in fields]
        # Without lengths: a text too long is refused by its column and not cut here.
        self._types = [str(field.db_type(connection)).partition("(")[0] for field in fields]

    @property
    def copy(self) -> str:
        """Take rows from the stream: PostgreSQL's quickest way in."""
        return f"COPY {self.table} ({', '.join(self.names)}) FROM STDIN"

    @property
    def unnest(self) -> str:
        """One array per column, as rows: PostgreSQL parses one statement, however many rows."""
        return f"unnest({', '.join(f'%s::{kind}[]' for kind in self._types)})"

    def insert(self, values: str) -> str:
        """Insert what `values` gives, a column for each of ours."""
        return f"INSERT INTO {self.table} ({', '.join(self.names)}) {values}"

    def update(self, values: Sequence[str], setting: int, source: str = "") -> str:
        """Set the first `setting` columns to their `values` where the others have theirs."""
        pairs = list(zip(self.names, values, strict=True))
        sets = ", ".join(f"{name} = {value}" for name, value in pairs[:setting])
        match = " AND ".join(f"{self.table}.{name} = {value}" for name, value in pairs[setting:])
        return f"UPDATE {self.table} SET {sets}{source} WHERE {match}"  # noqa: S608 - names of our own models


def _arrays(rows: Sequence[Sequence[Value]]) -> list[list[Value]]:
    return [list(column) for column in zip(*rows, strict=True)]
