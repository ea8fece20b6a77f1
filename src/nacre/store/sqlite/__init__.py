"""The SQLite engine: one file, the standard library's driver, no ORM on the hot path."""

from nacre.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
