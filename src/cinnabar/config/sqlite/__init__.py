"""SQLite as the embedded default."""
