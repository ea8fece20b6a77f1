"""The rows of sources: how each was found last, how far it was read, and how it is found again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from nacre.model.coverage import GapCause
from nacre.model.source import Checkpoint, KnownSource, SourceIdentity

# Of a SourceIdentity, and the columns of the same names.
_FIELDS = ("fingerprint", "head_bytes", "path", "device", "inode", "compression", "size_bytes", "mtime_ns")
_IDENTITY = ", ".join(_FIELDS)
# Summed up once for all sources, not once a source: coverage_gaps has no index by source.
_SOURCES = (
    f"SELECT id, checkpoint, marker, coalesce(skipped, 0), state, {_IDENTITY} FROM sources "
    "LEFT JOIN (SELECT source_id, sum(missing_bytes) AS skipped FROM coverage_gaps "
    f"WHERE cause = '{GapCause.SKIPPED.value}' GROUP BY source_id) ON source_id = id"
)


def candidates(connection: sqlite3.Connection, identity: SourceIdentity) -> Sequence[Checkpoint]:
    """Return the sources that may be this one, the greatest checkpoint first."""
    sql = f"{_SOURCES} WHERE fingerprint = ? OR head_bytes < ? ORDER BY checkpoint DESC, id"
    found = _found(connection, sql, (identity.fingerprint, identity.head_bytes))
    return [known.checkpoint for known in found]


def known(connection: sqlite3.Connection) -> Sequence[KnownSource]:
    """Return all sources, in the order of their ids."""
    return list(_found(connection, f"{_SOURCES} ORDER BY id", ()))


def add(connection: sqlite3.Connection, identity: SourceIdentity, now: int) -> int:
    """Remember a source that was never seen; return its id."""
    sql = (
        f"INSERT INTO sources ({_IDENTITY}, checkpoint, marker, state, detail, added_at, read_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, x'', 'open', '', ?, ?) RETURNING id"
    )
    values = (identity.fingerprint, identity.head_bytes, *_hints(identity), now, now)
    return int(connection.execute(sql, values).fetchone()[0])


def touch(connection: sqlite3.Connection, source_id: int, identity: SourceIdentity) -> None:
    """Update how a known source was found last; a shorter head never replaces a longer one."""
    connection.execute(
        "UPDATE sources SET path = ?1, device = ?2, inode = ?3, compression = ?4, size_bytes = ?5, mtime_ns = ?6, "
        "state = CASE WHEN size_bytes = ?5 AND mtime_ns = ?6 THEN state ELSE 'open' END WHERE id = ?7",
        (*_hints(identity), source_id),
    )
    connection.execute(
        "UPDATE sources SET fingerprint = ?, head_bytes = ? WHERE id = ? AND head_bytes < ?",
        (identity.fingerprint, identity.head_bytes, source_id, identity.head_bytes),
    )


def _hints(identity: SourceIdentity) -> tuple[str, int, int, str, int, int]:
    return (
        identity.path,
        identity.device,
        identity.inode,
        identity.compression,
        identity.size_bytes,
        identity.mtime_ns,
    )


def _found(connection: sqlite3.Connection, sql: str, values: tuple[Any, ...]) -> Iterator[KnownSource]:
    for source_id, offset, marker, skipped_bytes, state, *identity in connection.execute(sql, values).fetchall():
        checkpoint = Checkpoint(
            source_id=source_id,
            offset=offset,
            marker=marker,
            identity=SourceIdentity(**dict(zip(_FIELDS, identity, strict=True))),
            skipped_bytes=skipped_bytes,
        )
        yield KnownSource(checkpoint=checkpoint, state=state)
