"""What a store holds, by natural keys: two stores that were told the same give equal snapshots.

No ids, no times of the run, no batch boundaries, no paths: only what the lines themselves decide. Parity
checks and tests compare these. Everything is read into memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import msgspec

from nacre.model.session import SessionGrowth

Snapshot = dict[str, list[tuple[Any, ...]]]

SUMMARY = tuple(
    field.name for field in msgspec.structs.fields(SessionGrowth) if field.name not in {"sensor", "session"}
)

# LEFT JOIN everywhere: a row that refers to nothing must show, not vanish.
QUERIES = {
    # ts, digest, sensor, session, event id, dialect, payload, exact line
    "events": """
        SELECT e.ts, lower(hex(e.digest)), n.name,
               CASE WHEN e.session_id <> 0 THEN coalesce(s.session, 'missing row') END,
               c.eventid, c.dialect, e.payload, coalesce(e.line, CAST(e.payload AS BLOB))
        FROM raw_events AS e
        LEFT JOIN sensors AS n ON n.id = e.sensor_id
        LEFT JOIN sessions AS s ON s.id = e.session_id
        LEFT JOIN event_schemas AS c ON c.id = e.schema_id""",
    # sensor, session, then the summary in the order of SessionGrowth
    "sessions": f"""
        SELECT n.name, s.session, {", ".join("s." + name for name in SUMMARY)}
        FROM sessions AS s LEFT JOIN sensors AS n ON n.id = s.sensor_id""",
    "entities": "SELECT kind, value, first_ts, last_ts FROM entities",
    # day, kind in the row, sensor, kind and value of the entity, n
    "entity_days": """
        SELECT d.day, d.kind, n.name, e.kind, e.value, d.n
        FROM entity_days AS d
        LEFT JOIN sensors AS n ON n.id = d.sensor_id
        LEFT JOIN entities AS e ON e.id = d.entity_id""",
    # sensor, session, kind, value, n
    "session_entities": """
        SELECT n.name, s.session, e.kind, e.value, x.n
        FROM session_entities AS x
        LEFT JOIN sessions AS s ON s.id = x.session_id
        LEFT JOIN sensors AS n ON n.id = s.sensor_id
        LEFT JOIN entities AS e ON e.id = x.entity_id""",
    # sensor, day, hours, counts in the order of coverage.COUNTS
    "coverage": """
        SELECT n.name, c.day, c.hours, c.events, c.connects, c.logins_failed, c.logins_succeeded,
               c.commands, c.downloads, c.uploads, c.forwards
        FROM coverage AS c LEFT JOIN sensors AS n ON n.id = c.sensor_id""",
    "drift": "SELECT eventid, field, type, count, first_ts, last_ts, example FROM drift",
    "rejects": "SELECT lower(hex(digest)), reason, length, line FROM rejects",
    "coverage_gaps": "SELECT cause, byte_offset, missing_bytes, detail FROM coverage_gaps",
}


@runtime_checkable
class Snapshotable(Protocol):
    """A store that can tell its own snapshot."""

    def snapshot(self) -> Snapshot:
        """Return all that it holds, in the form of this file."""


class Addressed(Protocol):
    """A store in a SQLite file."""

    @property
    def url(self) -> str:
        """Name the file, as a path or as sqlite:///path."""


def snapshot(store: sqlite3.Connection | Snapshotable | Addressed) -> Snapshot:
    """Return what a store holds: a list of rows for each name in QUERIES, in an order of their own.

    An open store in a SQLite file is read through a connection of its own, so only what it committed is seen.
    """
    if isinstance(store, sqlite3.Connection):
        return {name: ordered(store.execute(query)) for name, query in QUERIES.items()}
    if isinstance(store, Snapshotable):
        return store.snapshot()
    path = Path(store.url.removeprefix("sqlite:///")).absolute()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return snapshot(connection)


def ordered(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return rows in an order that depends on nothing but their values; None comes before anything."""
    return sorted(rows, key=lambda row: tuple((value is not None, value) for value in row))
