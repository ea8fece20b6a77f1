"""SQLAlchemy engines as nacre wants them: transactions that begin when we say so."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from nacre.errors import StoreError
from nacre.store.driver import BUSY_SECONDS, OpenFile, open_file
from nacre.store.turns import Turns


def open_engine(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """Return an engine for a SQLAlchemy URL; nothing is opened before its first use.

    On SQLite each transaction begins with BEGIN IMMEDIATE, so that whoever reads in order to write has the write lock
    first, and two writers take turns instead of failing half way (https://www.sqlite.org/lang_transaction.html). Where
    the file was removed or replaced since the first of them, StoreGone is raised. With the execution option
    `reading=True` an engine or connection begins without the lock.
    """
    try:
        parsed = make_url(url)
        waiting = {"timeout": busy_seconds} if parsed.get_backend_name() == "sqlite" else {}
        engine = create_engine(parsed, connect_args=waiting)
    except (ArgumentError, ImportError) as exc:
        hint = "write it like sqlite:///nacre.db; other databases need their driver installed"
        raise StoreError("the store's URL names no database that can be opened", hint=hint) from exc
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _Beginning(parsed.database, busy_seconds).begin)
    return engine


def _configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # else the driver begins and commits on its own, around DDL above all
    connection.execute("PRAGMA journal_mode = WAL")  # where WAL cannot work it stays as it was, without an error
    connection.execute("PRAGMA synchronous = NORMAL")  # honest, since rows and checkpoint commit together


class _Beginning:
    """How transactions on one SQLite database begin."""

    def __init__(self, database: str | None, busy_seconds: float) -> None:
        # What is in memory has no name, or this one.
        self._path = Path(database) if database and database != ":memory:" else None
        self._turns = Turns(self._path, busy_seconds=busy_seconds) if self._path is not None else None
        self._file: OpenFile | None = None  # that of the first transaction; all connections must be to this one

    def begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("reading", False):
            connection.exec_driver_sql("BEGIN")
        elif self._path is None or self._turns is None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            self._turns.begin(cast("sqlite3.Connection", connection.connection.driver_connection))
            if self._file is None:
                self._file = open_file(self._path)
            self._file.refuse_when_gone()
