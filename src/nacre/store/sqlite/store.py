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
from nacre.model.source import Checkpoint, KnownSource, SourceIdentity
from nacre.store.contract import Narrow, Reader, RunStart, Tenant
from nacre.store.driver import BUSY_SECONDS, open_file
from nacre.store.faults import translating
from nacre.store.leasing import NOBODY
from nacre.store.reader import SqliteReader
from nacre.store.sqlite import leases, sources
from nacre.store.sqlite.append import Append, add_gaps
from nacre.store.sqlite.checkpointer import Checkpointer
from nacre.store.sqlite.connection import open_writer
from nacre.store.sqlite.dictionaries import Dictionaries
from nacre.store.turns import Turns


class SqliteStore:
    """A store in one SQLite file. See contract.Store for what it promises."""

    def __init__(
        self,
        path: Path,
        *,
        narrow: Narrow,
        clock: Callable[[], int],
        seal_key: bytes | None = None,
        busy_seconds: float = BUSY_SECONDS,
        tenant: Tenant = NOBODY,
    ) -> None:
        opened = open_writer(path, create=True, busy_seconds=busy_seconds)
        self._path = path
        self._file = open_file(path)
        self._turns = Turns(path, busy_seconds=busy_seconds)
        self._tenant = tenant
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
            try:
                self._turns.begin(self._connection)
                self._file.refuse_when_gone()  # after the wait, in which it may have gone
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
        with translating(self._path):
            return sources.candidates(self._connection, identity)

    def sources(self) -> Sequence[KnownSource]:
        """Return all sources, in the order of their ids."""
        with translating(self._path):
            return sources.known(self._connection)

    def add_source(self, identity: SourceIdentity) -> Checkpoint:
        """Remember a source that was never seen."""
        with self._transaction() as connection:
            source_id = sources.add(connection, identity, self._clock())
        return Checkpoint(source_id=source_id, offset=0, marker=b"", identity=identity)

    def touch_source(self, source_id: int, identity: SourceIdentity) -> None:
        """Update how a known source was found last; a shorter head never replaces a longer one."""
        with self._transaction() as connection:
            sources.touch(connection, source_id, identity)

    def append(self, run_id: int, source_id: int, batch: Batch) -> Receipt:
        """Commit a batch in one transaction."""
        started = time.perf_counter()
        with self._transaction() as connection:
            step = Append(
                connection=connection,
                dictionaries=self._dictionaries,
                narrow=self._narrow,
                seal_key=self._seal_key,
                tenant=self._tenant.name,
                now=self._clock(),
            )
            receipt = step.run(run_id, source_id, batch)
        if self._checkpointer is not None:
            self._checkpointer.maybe_run()
        return dataclasses.replace(receipt, commit_seconds=time.perf_counter() - started)

    def lease(self, source_ids: Sequence[int], *, seconds: float) -> Mapping[int, str]:
        """Take or renew leases of sources for this store's tenant; return who holds those it did not get."""
        if not source_ids:
            return {}
        with self._transaction() as connection:
            return leases.take(connection, self._tenant, source_ids, now=self._clock(), seconds=seconds)

    def release(self, source_ids: Sequence[int]) -> None:
        """Give leases of this tenant back."""
        if source_ids:
            with self._transaction() as connection:
                leases.give_back(connection, self._tenant, source_ids)

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
