"""What every connection to a SQLite file has in common, whoever opens it."""

from __future__ import annotations

import sqlite3

from nacre.errors import StoreError

SQLITE_MIN = (3, 37, 0)  # STRICT tables
BUSY_SECONDS = 30.0  # how long to wait for a turn; a bulk batch commits within one, so many may queue


def refuse_old_sqlite() -> None:
    """Raise StoreError when this Python's SQLite cannot hold a store."""
    if sqlite3.sqlite_version_info < SQLITE_MIN:
        needed = ".".join(map(str, SQLITE_MIN))
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} is too old", hint=f"use a Python with SQLite {needed} or newer"
        )
