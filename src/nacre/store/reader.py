"""The reading side of a SQLite store: named SQL on the driver's own connection."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nacre.errors import NotAStore, StoreDenied, StoreError
from nacre.store.driver import BUSY_SECONDS, refuse_old_sqlite
from nacre.store.faults import told, translating
from nacre.store.queries import all_queries
from nacre.store.revision import HEAD_REVISION

if TYPE_CHECKING:
    from nacre.store.contract import Row

CACHE_KIB = 64 * 1024


class SqliteReader:
    """Named questions to the store in a SQLite file. See contract.Reader for what it promises.

    Without SQLAlchemy, whose import takes 0.3 s. It never writes, and it reads while others write. With `snapshot`
    everything it answers is as of one moment, the opening: for answers that take several queries and must agree. That
    keeps the write-ahead log from shrinking, so only for short work. A sequence among the parameters reaches SQL as a
    JSON array, for json_each.
    """

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS, snapshot: bool = False) -> None:
        _check_file(path)
        self._path = path
        self._connection, self._immutable = _open(path, busy_seconds)
        try:
            with translating(path, reading=True):
                _set_up(self._connection)
                if snapshot:
                    self._connection.execute("BEGIN")
                _check_store(self._connection, path)
        except BaseException:
            self._connection.close()
            raise

    def rows(self, name: str, /, **parameters: Any) -> Iterator[Row]:
        """Run the named query and stream its rows."""
        with translating(self._path, reading=True):
            cursor = self._connection.execute(all_queries()[name].sql, _bound(parameters))
        return self._stream(cursor)

    def _stream(self, cursor: sqlite3.Cursor) -> Iterator[Row]:
        with contextlib.closing(cursor), translating(self._path, reading=True):
            yield from cursor

    def row(self, name: str, /, **parameters: Any) -> Row | None:
        """Run the named query and return its first row."""
        with translating(self._path, reading=True):
            cursor = self._connection.execute(all_queries()[name].sql, _bound(parameters))
            with contextlib.closing(cursor):
                row: Row | None = cursor.fetchone()
        return row

    def plan(self, name: str, /, **parameters: Any) -> list[str]:
        """Return how SQLite would go about the named query, a step a line."""
        with translating(self._path, reading=True):
            sql = "EXPLAIN QUERY PLAN " + all_queries()[name].sql
            return [str(step[3]) for step in self._connection.execute(sql, _bound(parameters))]

    def facts(self) -> Mapping[str, Any]:
        """Return what is worth knowing of the store itself."""
        with translating(self._path, reading=True):
            (journal,) = self._connection.execute("PRAGMA journal_mode").fetchone()
        return {
            "store": str(self._path),
            "engine": f"SQLite {sqlite3.sqlite_version}",
            "size_bytes": _size(self._path),
            "wal_bytes": _size(_wal(self._path)),
            "journal_mode": journal,
            "immutable": self._immutable,
            "schema_revision": HEAD_REVISION,
        }

    def close(self) -> None:
        """Release the file; a second call does nothing."""
        self._connection.close()


def refuse_foreign(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
    """Raise NotAStore when a file holds somebody else's tables; nothing is written to it.

    A missing or empty file passes, and so does a store of any schema. Raise other StoreErrors as SqliteReader does.
    """
    if _size(path) == 0:
        return
    connection, _ = _open(path, busy_seconds)
    with contextlib.closing(connection), translating(path, reading=True):
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and "alembic_version" not in tables:
        raise NotAStore(f"{path} is a database, but not a store of nacre", hint="name another file with --store")


def _check_file(path: Path) -> None:
    refuse_old_sqlite()
    try:
        found = path.stat()
    except FileNotFoundError:
        found = None
    except OSError as exc:
        raise StoreDenied(f"the store {path} cannot be reached: {exc.strerror}", hint="check the path") from exc
    # A file of no bytes is what a crash leaves before the first commit, and what touch(1) makes.
    if found is None or (stat.S_ISREG(found.st_mode) and found.st_size == 0):
        raise StoreError(f"there is no store at {path}", hint="make one with: nacre load PATH")
    if not stat.S_ISREG(found.st_mode):
        raise NotAStore(f"{path} is not a file", hint="name another with --store")


def _open(path: Path, busy_seconds: float) -> tuple[sqlite3.Connection, bool]:
    """Open for reading; where nobody can write, do without the files that a write-ahead log needs."""
    url = path.absolute().as_uri()
    connection = _connect(f"{url}?mode=ro", busy_seconds, path)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.Error as exc:
        connection.close()
        if not _is_sealed(path, exc):
            raise told(exc, path, reading=True) from exc
        # "immutable": no locks, no log, no shared memory
        # (https://www.sqlite.org/wal.html#read_only_databases).
        return _connect(f"{url}?immutable=1", busy_seconds, path), True
    return connection, False


def _connect(url: str, busy_seconds: float, path: Path) -> sqlite3.Connection:
    with translating(path, reading=True):
        return sqlite3.connect(url, uri=True, timeout=busy_seconds, isolation_level=None)


def _is_sealed(path: Path, exc: sqlite3.Error) -> bool:
    """Tell whether opening failed only because a complete store lies where its log cannot be made."""
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    if code not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
        return False
    # A log with content holds commits that "immutable" would not see.
    return os.access(path, os.R_OK) and not os.access(path.parent, os.W_OK) and _size(_wal(path)) == 0


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only=ON")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.execute("PRAGMA temp_store=MEMORY")


def _check_store(connection: sqlite3.Connection, path: Path) -> None:
    """Make sure that this is a store of nacre, and at the schema that this nacre reads."""
    ours = connection.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('alembic_version', 'raw_events')")
    (found,) = ours.fetchone()
    revision = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0] if found == 2 else None
    if revision == HEAD_REVISION:
        return
    if found != 2:
        raise NotAStore(f"{path} is a database, but not a store of nacre", hint="name another file with --store")
    from nacre.store.migrate import check_revision

    check_revision(revision, str(path))


def _bound(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: json.dumps(value) if isinstance(value, list | tuple) else value for name, value in parameters.items()}


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
