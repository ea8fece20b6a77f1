"""The writers under one contract, and a feeder that plays the caller's part."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.contract.batches import build, narrow, ticking

from nacre.model.batch import Receipt
from nacre.model.coverage import Gap
from nacre.model.source import SourceIdentity
from nacre.store.contract import Narrow, RunStart, Tenant
from nacre.store.memory import MemoryStore
from nacre.store.orm import OrmStore
from nacre.store.snapshot import Snapshot, snapshot
from nacre.store.sqlite import SqliteStore

AnyStore = MemoryStore | OrmStore | SqliteStore

WRITERS = ("memory", "orm", "sqlite")
ON_DISK = ("orm", "sqlite")
START = RunStart(mode="load", version="0", actor="ann", host="desk")

BATCHES = """
    SELECT b.id, b.run_id, b.source_id, b.start_offset, b.end_offset, b.lines, b.stored, b.duplicate,
           b.rejected, b.blank, b.first_ts, b.last_ts, b.digest, b.previous_seal, b.seal, a.actor, a.host
    FROM batches AS b
    LEFT JOIN audit_log AS a ON a.table_name = 'batches' AND a.key = CAST(b.id AS TEXT)
      AND a.mutation = 'insert' AND a.after_digest = b.seal AND a.run_id = b.run_id
    ORDER BY b.id"""


def open_store(writer: str, path: Path, *, fold: Narrow = narrow, **options: Any) -> AnyStore:
    """Return an open store of one kind; those on disk are at `path`, and made when missing."""
    options.setdefault("clock", ticking())
    if writer == "memory":
        return MemoryStore(narrow=fold, **options)
    if writer == "orm":
        return OrmStore(f"sqlite:///{path}", narrow=fold, **options)
    return SqliteStore(path, narrow=fold, **options)


def open_beside(store: AnyStore, tenant: Tenant, *, clock: Callable[[], int]) -> AnyStore:
    """Return a second store over what the first one holds, for another tenant."""
    if isinstance(store, MemoryStore):
        return store.beside(tenant)
    writer = "orm" if isinstance(store, OrmStore) else "sqlite"
    return open_store(writer, Path(store.url.removeprefix("sqlite:///")), clock=clock, tenant=tenant)


def identity(name: str, *, head_bytes: int = 64) -> SourceIdentity:
    """Return the identity of a source; another name is another content."""
    return SourceIdentity(
        fingerprint=f"{name}:{head_bytes}".encode(),
        head_bytes=head_bytes,
        path=f"/var/log/{name}",
        device=1,
        inode=2,
        compression="plain",
    )


class Feeder:
    """Reads lines into a store as one run would: each source from its checkpoint on."""

    def __init__(self, store: AnyStore) -> None:
        self.store = store
        self.run_id = store.start_run(START)
        self._at: dict[str, tuple[int, int]] = {}  # name -> source id, offset

    def source(self, name: str) -> int:
        """Return the id of a source, added when it is new."""
        if name not in self._at:
            checkpoint = self.store.add_source(identity(name))
            self._at[name] = (checkpoint.source_id, checkpoint.offset)
        return self._at[name][0]

    def feed(self, name: str, lines: Iterable[bytes], *, gaps: Sequence[Gap] = ()) -> Receipt:
        """Append the next lines of a source."""
        source_id = self.source(name)
        batch = build(lines, start=self._at[name][1], gaps=gaps)
        receipt = self.store.append(self.run_id, source_id, batch)
        self._at[name] = (source_id, batch.end)
        return receipt


def tally(receipt: Receipt) -> tuple[int, ...]:
    """Return lines, stored, duplicate, rejected, blank and new sessions of a receipt."""
    return (
        receipt.lines,
        receipt.stored,
        receipt.duplicate,
        receipt.rejected,
        receipt.blank,
        receipt.new_sessions,
    )


def ledger(store: AnyStore) -> list[tuple[Any, ...]]:
    """Return the batches of a store, each with the actor and host of its audit row."""
    if not isinstance(store, MemoryStore):
        return rows(store, BATCHES)
    return [
        (
            batch.id,
            batch.run_id,
            batch.source_id,
            batch.start,
            batch.end,
            *batch.counts,
            batch.first_ts,
            batch.last_ts,
            batch.digest,
            batch.previous_seal,
            batch.seal,
            batch.actor,
            batch.host,
        )
        for batch in store.batches
    ]


def rows(store: AnyStore, query: str) -> list[tuple[Any, ...]]:
    """Ask the file of a store, through a connection of its own."""
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection:
        return connection.execute(query).fetchall()


def held(lines: Iterable[bytes]) -> Snapshot:
    """Return what any store must hold after these lines: those of one batch in memory."""
    store = MemoryStore(narrow=narrow, clock=ticking())
    Feeder(store).feed("all", lines)
    return snapshot(store)
