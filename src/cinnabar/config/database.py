"""DATABASE_URL to Django's settings: SQLite by default, PostgreSQL by one variable."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_SQLITE = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
    "PRAGMA busy_timeout=5000; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-65536"
)


def database(url: str | None, data: Path) -> dict[str, Any]:
    """Return Django's entry for `url`, or for an embedded database in `data` without one.

    Raises `ValueError` naming what is wrong with the address.
    """
    if not url:
        return sqlite(data / "cinnabar.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(url)
    msg = f"DATABASE_URL begins with {parts.scheme!r}; sqlite and postgresql are understood"
    raise ValueError(msg)


def sqlite(path: Path) -> dict[str, Any]:
    """Return the entry for an embedded database at `path`."""
    return {
        "ENGINE": "cinnabar.config.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": _SQLITE},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 2, "max_size": 24, "timeout": 10}, **query},
    }
