"""The SQLite store: the contract over one file."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nacre.model.batch import Batch, Receipt
from nacre.model.coverage import Gap
from nacre.model.source import Checkpoint, SourceIdentity
from nacre.store.contract import Narrow, Reader, RunStart
from nacre.store.driver import BUSY_SECONDS
from nacre.store.faults import translating
from nacre.store.reader import SqliteReader
from nacre.store.sqlite.append import Append, add_gaps
from nacre.store.sqlite.checkpointer import Checkpointer
from nacre.store.sqlite.connection import open_writer
from nacre.store.sqlite.dictionaries import Dictionaries

_IDENTITY = "fingerprint, head_bytes, path, device, inode, compression"


class SqliteStore:
    """A store in one SQLite file. See contract.Store for what it promises."""

    def __init__(
        self,
        path: Path,
        *,
        narrow: Narrow,
        clock: Callable[[], int],
        create: bool = True,
        seal_key: bytes | None = None,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        opened = open_writer(path, create=create, busy_seconds=busy_seconds)
        self._path = path
        self._connection = opened.connection
        self._narrow = narrow
        self._clock = clock
        self._seal_key = seal_key
        self._dictionaries = Dictionaries(self._connection)
        self.journal = opened.journal
        self.why_not_wal = opened.why_not_wal
        self._checkpointer = Checkpointer(path, self._connection) if opened.journal == "wal" else None

    @property
    def url(self) -> str:
        """Return the path of the file."""
        return str(self._path)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with translating(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._dictionaries.forget()
                # SQLite rolls back by itself on a full disk or an I/O error (https://www.sqlite.org/lang_transaction.html).
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def start_run(self, start: RunStart) -> int:
        """Open a run and return its id."""
        columns = "mode, version, actor, host, started_at, counters"
        sql = f"INSERT INTO runs ({columns}) VALUES (?, ?, ?, ?, ?, '{{}}') RETURNING id"
        with self._transaction() as connection:
            row = connection.execute(
                sql, (start.mode, start.version, start.actor, start.host, self._clock())
            ).fetchone()
        return int(row[0])

    def end_run(self, run_id: int, outcome: str, counters: Mapping[str, Any]) -> None:
        """Write how a run ended and its counters."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE runs SET ended_at = ?, outcome = ?, counters = ? WHERE id = ?",
                (self._clock(), outcome, json.dumps(dict(counters)), run_id),
            )

    def candidates(self, identity: SourceIdentity) -> Sequence[Checkpoint]:
        """Return the sources that may be this one, the greatest checkpoint first."""
        sql = (
            f"SELECT id, checkpoint, marker, {_IDENTITY} FROM sources "
            "WHERE fingerprint = ? OR head_bytes < ? ORDER BY checkpoint DESC, id"
        )
        with translating(self._path):
            rows = self._connection.execute(sql, (identity.fingerprint, identity.head_bytes)).fetchall()
        return [_checkpoint(row) for row in rows]

    def add_source(self, identity: SourceIdentity) -> Checkpoint:
        """Remember a source that was never seen."""
        now = self._clock()
        sql = (
            f"INSERT INTO sources ({_IDENTITY}, checkpoint, marker, state, detail, added_at, read_at) "
            "VALUES (?, ?, ?, ?, ?, ?, 0, x'', 'open', '', ?, ?) RETURNING id"
        )
        with self._transaction() as connection:
            row = connection.execute(sql, (*_identity_values(identity), now, now)).fetchone()
        return Checkpoint(source_id=int(row[0]), offset=0, marker=b"", identity=identity)

    def touch_source(self, source_id: int, identity: SourceIdentity) -> None:
        """Update how a known source was found last; a shorter head never replaces a longer one."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE sources SET path = ?, device = ?, inode = ?, compression = ? WHERE id = ?",
                (identity.path, identity.device, identity.inode, identity.compression, source_id),
            )
            connection.execute(
                "UPDATE sources SET fingerprint = ?, head_bytes = ? WHERE id = ? AND head_bytes < ?",
                (identity.fingerprint, identity.head_bytes, source_id, identity.head_bytes),
            )

    def append(self, run_id: int, source_id: int, batch: Batch) -> Receipt:
        """Commit a batch in one transaction."""
        started = time.perf_counter()
        with self._transaction() as connection:
            step = Append(
                connection=connection,
                dictionaries=self._dictionaries,
                narrow=self._narrow,
                seal_key=self._seal_key,
                now=self._clock(),
            )
            receipt = step.run(run_id, source_id, batch)
        if self._checkpointer is not None:
            self._checkpointer.maybe_run()
        return dataclasses.replace(receipt, commit_seconds=time.perf_counter() - started)

    def settle_source(self, source_id: int, state: str, detail: str, gaps: Sequence[Gap]) -> None:
        """Record that a source was read to its end for now."""
        with self._transaction() as connection:
            connection.execute("UPDATE sources SET state = ?, detail = ? WHERE id = ?", (state, detail, source_id))
            add_gaps(connection, source_id, gaps, self._clock())

    def reader(self) -> Reader:
        """Return the reading side of the same store."""
        return SqliteReader(self._path)

    def close(self) -> None:
        """Release the file; the write-ahead log is folded into it when no one else has it open."""
        if self._checkpointer is not None:
            self._checkpointer.close()
            self._checkpointer = None
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA optimize")
        self._connection.close()


def _identity_values(identity: SourceIdentity) -> tuple[bytes, int, str, int, int, str]:
    return (
        identity.fingerprint,
        identity.head_bytes,
        identity.path,
        identity.device,
        identity.inode,
        identity.compression,
    )


def _checkpoint(row: tuple[Any, ...]) -> Checkpoint:
    source_id, offset, marker, fingerprint, head_bytes, path, device, inode, compression = row
    identity = SourceIdentity(
        fingerprint=fingerprint,
        head_bytes=head_bytes,
        path=path,
        device=device,
        inode=inode,
        compression=compression,
    )
    return Checkpoint(source_id=source_id, offset=offset, marker=marker, identity=identity)
