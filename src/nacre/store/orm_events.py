"""The reference writer's events and rejects, and the dictionaries that events refer to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, tuple_
from sqlalchemy.orm import Session

from nacre.model.batch import DIGEST_BYTES, KEY_BYTES, NO_SESSION, EventColumns
from nacre.model.reject import Reject
from nacre.store.orm_rows import Key, portions, rows_by_key
from nacre.store.schema import EventSchema, RawEvent, RejectRow, Sensor

SESSIONLESS_ID = 0  # raw_events.session_id of an event without a session


@dataclass(frozen=True, slots=True)
class References:
    """What the rows of a batch refer to, by the batch's own indices."""

    batch_id: int
    sensor_ids: Sequence[int]
    schema_ids: Sequence[int]
    session_ids: Sequence[int]


def sensor_ids(db: Session, names: Sequence[str]) -> list[int]:
    """Return the ids of sensors by name, in order; add those that are missing."""
    known = rows_by_key(db, Sensor, (Sensor.name,), [(name,) for name in names])
    for name in names:
        if (name,) not in known:
            known[(name,)] = Sensor(name=name)
            db.add(known[(name,)])
    db.flush()
    return [known[(name,)].id for name in names]


def schema_ids(db: Session, schemas: Sequence[tuple[str, int]]) -> list[int]:
    """Return the ids of (event id, dialect) pairs, in order; add those that are missing."""
    pairs = [(eventid, dialect) for eventid, dialect in schemas]  # tuples, also of a batch decoded to lists
    known = rows_by_key(db, EventSchema, (EventSchema.eventid, EventSchema.dialect), pairs)
    for pair in pairs:
        if pair not in known:
            known[pair] = EventSchema(eventid=pair[0], dialect=pair[1])
            db.add(known[pair])
    db.flush()
    return [known[pair].id for pair in pairs]


def insert_new(db: Session, events: EventColumns, references: References) -> list[int]:
    """Insert the events whose (ts, digest) the store does not hold; return their rows in the batch.

    Of equal lines in one batch the first goes in. To look before inserting is safe: writers take turns.
    """
    keys = [
        (ts, events.digests[row * DIGEST_BYTES : row * DIGEST_BYTES + KEY_BYTES]) for row, ts in enumerate(events.ts)
    ]
    known = _known(db, keys)
    rows = []
    for row, key in enumerate(keys):
        if key not in known:
            known.add(key)
            rows.append(row)
    if rows:
        db.execute(insert(RawEvent), [_event(events, row, keys[row][1], references) for row in rows])
    return rows


def _known(db: Session, keys: Sequence[tuple[int, bytes]]) -> set[Key]:
    known: set[Key] = set()
    for portion in portions(keys):
        query = select(RawEvent.ts, RawEvent.digest).where(tuple_(RawEvent.ts, RawEvent.digest).in_(portion))
        known.update(tuple(row) for row in db.execute(query))
    return known


def _event(events: EventColumns, row: int, digest: bytes, references: References) -> dict[str, object]:
    session = events.session[row]
    return {
        "ts": events.ts[row],
        "digest": digest,
        "sensor_id": references.sensor_ids[events.sensor[row]],
        "session_id": SESSIONLESS_ID if session == NO_SESSION else references.session_ids[session],
        "schema_id": references.schema_ids[events.schema[row]],
        "batch_id": references.batch_id,
        "byte_offset": events.offset[row],
        "payload": events.payload[row],
        "line": events.exact.get(row),
    }


def insert_rejects(db: Session, rejects: Sequence[Reject], batch_id: int) -> None:
    """Insert the rejects whose digest the store does not hold; of equal ones in a batch the first goes in."""
    known = rows_by_key(db, RejectRow, (RejectRow.digest,), [(reject.digest,) for reject in rejects])
    for reject in rejects:
        if (reject.digest,) in known:
            continue
        row = RejectRow(
            digest=reject.digest,
            batch_id=batch_id,
            byte_offset=reject.offset,
            length=reject.length,
            reason=reject.reason,
            detail=reject.detail,
            line=reject.line,
            attempts=1,
            state="open",
        )
        known[(reject.digest,)] = row
        db.add(row)
    db.flush()
