"""The transaction of a batch, in its order. Every write is here; what a crash would leave stands beside it.

Until COMMIT a crash at any line leaves the store as it was: SQLite rolls the journal back, the checkpoint still
points before the batch, and the batch is read again. After COMMIT everything of the batch is there, checkpoint
included. There is no third case, because there is one transaction; that is the point of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import blake3

from nacre.errors import CheckpointMoved
from nacre.model.batch import DIGEST_BYTES, KEY_BYTES, Batch, EventColumns, Receipt, seal_of
from nacre.model.coverage import COUNTS, Gap
from nacre.store.contract import Narrow
from nacre.store.leasing import lease_name, refuse_leased
from nacre.store.sqlite.bulk import insert
from nacre.store.sqlite.dictionaries import Dictionaries
from nacre.store.sqlite.sessions import SessionRows

FIRST_SEAL = bytes(DIGEST_BYTES)

# Both by their primary keys, in one question.
_PLACE = (
    "SELECT s.checkpoint, s.path, l.owner, l.expires_at FROM sources AS s LEFT JOIN leases AS l ON l.name = ? "
    "WHERE s.id = ?"
)
_EVENTS = (
    "INSERT OR IGNORE INTO raw_events (batch_id, sensor_id, ts, digest, session_id, schema_id, byte_offset, payload{})"
)
_ADD_N = "ON CONFLICT DO UPDATE SET n = n + excluded.n"
_ADD_DAY = "ON CONFLICT DO UPDATE SET hours = hours | excluded.hours, " + ", ".join(
    f"{name} = {name} + excluded.{name}" for name in COUNTS
)
_ADD_DRIFT = (
    "ON CONFLICT DO UPDATE SET count = count + excluded.count, first_ts = min(first_ts, excluded.first_ts), "
    "last_ts = max(last_ts, excluded.last_ts), example = min(example, excluded.example)"
)
_BATCH = (
    "INSERT INTO batches (id, run_id, source_id, start_offset, end_offset, lines, stored, duplicate, rejected, "
    "blank, first_ts, last_ts, digest, previous_seal, seal, committed_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_AUDIT = (
    "INSERT INTO audit_log (at, actor, host, run_id, table_name, key, mutation, after_digest) "
    "SELECT ?, actor, host, id, 'batches', ?, 'insert', ? FROM runs WHERE id = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """What is needed to append a batch, apart from the batch."""

    connection: sqlite3.Connection
    dictionaries: Dictionaries
    narrow: Narrow
    seal_key: bytes | None
    tenant: str  # whose leases are no obstacle
    now: int  # microseconds since 1970 UTC

    def run(self, run_id: int, source_id: int, batch: Batch) -> Receipt:
        """Do all of it inside a transaction that the caller opened and will commit."""
        connection = self.connection
        # 1. Nobody else may be reading the source, and its checkpoint must stand where the batch begins. Nothing is
        #    written: the lease is as it was. Alone the checkpoint would do; the lease spares two readers the conflict.
        self._check(source_id, batch)
        batch_id = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM batches").fetchone()[0]
        # 2. Ids. Rows of sessions come later, when it is known which events were new.
        sensors = self.dictionaries.sensors(batch.sensors)
        sessions = SessionRows(connection, sensors, batch.growth.sessions)
        # 3. Events.
        sent = len(batch.events.ts)
        new_rows = self._events(batch, batch_id, sensors, sessions)
        # 4. Only what was new may grow the summaries.
        if new_rows is not None:
            batch = self.narrow(batch, new_rows)
            sensors = self.dictionaries.sensors(batch.sensors)
        stored = len(batch.events.ts)
        # 5. Summaries.
        self._grow(batch, sensors, sessions)
        # 6. The batch with its seal, and the audit row that names it.
        receipt = Receipt(
            batch_id, batch.lines, stored, sent - stored, len(batch.rejects), batch.blank, sessions.new, 0.0
        )
        self._seal(run_id, source_id, batch, receipt)
        # 7. What was refused or is missing; rejects refer to the batch's row.
        self._rejects(batch, batch_id)
        add_gaps(connection, source_id, batch.gaps, self.now)
        # 8. The checkpoint, in the same transaction as the rows that it vouches for.
        connection.execute(
            "UPDATE sources SET checkpoint = ?, marker = ?, read_at = ? WHERE id = ?",
            (batch.end, batch.marker, self.now, source_id),
        )
        return receipt

    def _check(self, source_id: int, batch: Batch) -> None:
        row = self.connection.execute(_PLACE, (lease_name(source_id), source_id)).fetchone()
        if row is not None and row[2] is not None:
            refuse_leased(row[1], (row[2], row[3]), tenant=self.tenant, now=self.now)
        if row is None or row[0] != batch.start:
            where = f"{row[1]} is at {row[0]}" if row else f"source {source_id} is unknown"
            raise CheckpointMoved(
                f"{where}, but this run read from {batch.start}",
                hint="another nacre reads the same log; let it finish, then run again",
            )

    def _events(self, batch: Batch, batch_id: int, sensors: Sequence[int], sessions: SessionRows) -> list[int] | None:
        """Insert the events; return the rows that were new, or None when all were."""
        events, connection = batch.events, self.connection
        count = len(events.ts)
        if not count:
            return None
        digests = events.digests
        keys = [digests[at : at + KEY_BYTES] for at in range(0, count * DIGEST_BYTES, DIGEST_BYTES)]
        session_ids = sessions.ids(sensors, batch.growth.sessions)
        session_ids.append(0)  # NO_SESSION is -1: the last of the list
        schemas = self.dictionaries.schemas(batch.schemas)
        # What all rows of the batch have in common is bound once a statement: a value costs 50 ns a row.
        columns: list[Iterable[object]] = [
            events.ts,
            keys,
            map(session_ids.__getitem__, events.session),
            map(schemas.__getitem__, events.schema),
            events.offset,
            events.payload,
        ]
        shared = [batch_id]
        if len(sensors) == 1:
            shared += sensors
        else:
            columns.insert(0, map(sensors.__getitem__, events.sensor))
        if events.exact:
            columns.append(map(events.exact.get, range(count)))
        width = len(columns)
        flat: list[object] = [None] * (width * count)
        for place, column in enumerate(columns):
            flat[place::width] = column
        before = connection.execute("SELECT coalesce(max(id), 0) FROM raw_events").fetchone()[0]
        head = _EVENTS.format(", line" if events.exact else "")
        if insert(connection, head, width, flat, shared=shared) == count:
            return None
        return self._new_rows(events, keys, before)

    def _new_rows(self, events: EventColumns, keys: Sequence[bytes], before: int) -> list[int]:
        """Find which rows went in: they follow each other in the table in the order of the batch."""
        rows: list[int] = []
        at = 0
        for ts, digest in self.connection.execute(
            "SELECT ts, digest FROM raw_events WHERE id > ? ORDER BY id", (before,)
        ):
            while events.ts[at] != ts or keys[at] != digest:
                at += 1
            rows.append(at)
            at += 1
        return rows

    def _grow(self, batch: Batch, sensors: Sequence[int], sessions: SessionRows) -> None:
        growth, connection = batch.growth, self.connection
        session_ids = sessions.ids(sensors, growth.sessions)
        sessions.grow(sensors, growth.sessions)
        entities = self.dictionaries.entities(growth.entities)
        kinds = [entity.kind for entity in growth.entities]
        # In the order of their keys, so that each page of a tree is visited once.
        flat = growth.entity_days
        of_entity = flat[0::4]
        days = zip(
            flat[2::4],
            map(kinds.__getitem__, of_entity),
            map(sensors.__getitem__, flat[1::4]),
            map(entities.__getitem__, of_entity),
            flat[3::4],
            strict=True,
        )
        head = "INSERT INTO entity_days (day, kind, sensor_id, entity_id, n)"
        insert(connection, head, 5, list(chain.from_iterable(sorted(days))), _ADD_N)
        flat = growth.edges
        edges = zip(
            map(entities.__getitem__, flat[1::3]), map(session_ids.__getitem__, flat[0::3]), flat[2::3], strict=True
        )
        head = "INSERT INTO session_entities (entity_id, session_id, n)"
        insert(connection, head, 3, list(chain.from_iterable(sorted(edges))), _ADD_N)
        head = f"INSERT INTO coverage (sensor_id, day, hours, {', '.join(COUNTS)})"
        rows = [
            (sensors[day.sensor], day.day, day.hours, *(getattr(day, name) for name in COUNTS)) for day in growth.days
        ]
        insert(connection, head, 3 + len(COUNTS), [value for row in rows for value in row], _ADD_DAY)
        head = "INSERT INTO drift (eventid, field, type, count, first_ts, last_ts, example)"
        drift = [(d.eventid, d.field, d.type, d.count, d.first_ts, d.last_ts, d.example) for d in growth.drift]
        insert(connection, head, 7, [value for row in drift for value in row], _ADD_DRIFT)

    def _rejects(self, batch: Batch, batch_id: int) -> None:
        # One at a time: a reject may hold megabytes, and there are few.
        self.connection.executemany(
            "INSERT OR IGNORE INTO rejects "
            "(digest, batch_id, byte_offset, length, reason, detail, line, attempts, state) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 1, 'open')",
            [(r.digest, batch_id, r.offset, r.length, r.reason, r.detail, r.line) for r in batch.rejects],
        )

    def _seal(self, run_id: int, source_id: int, batch: Batch, receipt: Receipt) -> None:
        row = self.connection.execute("SELECT seal FROM batches ORDER BY id DESC LIMIT 1").fetchone()
        previous = row[0] if row else FIRST_SEAL
        digest = blake3.blake3(batch.events.digests).digest()
        tallies = (receipt.lines, receipt.stored, receipt.duplicate, receipt.rejected, receipt.blank)
        seal = seal_of(previous, digest, (source_id, batch.start, batch.end, *tallies), key=self.seal_key)
        first, last = min(batch.events.ts, default=None), max(batch.events.ts, default=None)
        self.connection.execute(
            _BATCH,
            (
                receipt.batch_id,
                run_id,
                source_id,
                batch.start,
                batch.end,
                *tallies,
                first,
                last,
                digest,
                previous,
                seal,
                self.now,
            ),
        )
        self.connection.execute(_AUDIT, (self.now, str(receipt.batch_id), seal, run_id))


def add_gaps(connection: sqlite3.Connection, source_id: int, gaps: Sequence[Gap], now: int) -> None:
    """Record gaps of a source that are not known yet."""
    for gap in gaps:
        connection.execute(
            "INSERT INTO coverage_gaps (source_id, byte_offset, missing_bytes, cause, detail, noticed_at) "
            "SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM coverage_gaps "
            "WHERE source_id = ? AND byte_offset = ? AND cause = ?)",
            (
                source_id,
                gap.offset,
                gap.missing_bytes,
                gap.cause,
                gap.detail,
                now,
                source_id,
                gap.offset,
                gap.cause,
            ),
        )
