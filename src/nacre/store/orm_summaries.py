"""The reference writer's summaries: rows are read, grown by the model's own merges, and written back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session as Db

from nacre.model.batch import Batch
from nacre.model.coverage import COUNTS, DayGrowth, DriftGrowth
from nacre.model.entity import EntityGrowth
from nacre.model.session import SessionGrowth, merge
from nacre.store.orm_rows import rows_by_key
from nacre.store.schema import Coverage, Drift, Entity, EntityDay, Session, SessionEntity

SUMMARY = tuple(
    field.name for field in msgspec.structs.fields(SessionGrowth) if field.name not in {"sensor", "session"}
)


class SessionIds:
    """Ids of one transaction's sessions: of known rows, and the next free ones for sessions without a row."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._ids: dict[tuple[int, str], int] = {}
        # 0 is taken: it stands for "no session" in raw_events.
        self._next = (db.scalar(select(func.max(Session.id))) or 0) + 1

    def of(self, sensors: Sequence[int], growths: Sequence[SessionGrowth]) -> list[int]:
        """Return the id of each session, in order; ask again and get the same."""
        keys = [(sensors[growth.sensor], growth.session) for growth in growths]
        rows = session_rows(self._db, [key for key in keys if key not in self._ids])
        for key in keys:
            if key in self._ids:
                continue
            if key in rows:
                self._ids[key] = rows[key].id
            else:
                self._ids[key] = self._next
                self._next += 1
        return [self._ids[key] for key in keys]


def session_rows(db: Db, keys: Sequence[tuple[int, str]]) -> dict[Any, Session]:
    """Return the rows of sessions by (sensor id, session id)."""
    return rows_by_key(db, Session, (Session.sensor_id, Session.session), keys)


def grow(db: Db, batch: Batch, sensors: Sequence[int], sessions: SessionIds) -> int:
    """Add a batch's growth to every summary; return how many sessions were new."""
    growth = batch.growth
    session_ids = sessions.of(sensors, growth.sessions)
    new = _grow_sessions(db, growth.sessions, sensors, session_ids)
    entity_ids = _grow_entities(db, growth.entities)
    days: dict[tuple[int, int, int, int], int] = {}
    flat = growth.entity_days
    for entity, sensor, day, n in zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True):
        day_key = (day, growth.entities[entity].kind, sensors[sensor], entity_ids[entity])
        days[day_key] = days.get(day_key, 0) + n
    _add_counts(db, EntityDay, days)
    edges: dict[tuple[int, int], int] = {}
    flat = growth.edges
    for session, entity, n in zip(flat[0::3], flat[1::3], flat[2::3], strict=True):
        edge_key = (entity_ids[entity], session_ids[session])
        edges[edge_key] = edges.get(edge_key, 0) + n
    _add_counts(db, SessionEntity, edges)
    _grow_coverage(db, growth.days, sensors)
    _grow_drift(db, growth.drift)
    db.flush()
    return new


def _grow_sessions(db: Db, growths: Sequence[SessionGrowth], sensors: Sequence[int], ids: Sequence[int]) -> int:
    rows = session_rows(db, [(sensors[growth.sensor], growth.session) for growth in growths])
    before = len(rows)
    for growth, session_id in zip(growths, ids, strict=True):
        sensor_id = sensors[growth.sensor]
        row = rows.get((sensor_id, growth.session))
        if row is None:
            values = {name: getattr(growth, name) for name in SUMMARY}
            row = Session(id=session_id, sensor_id=sensor_id, session=growth.session, **values)
            rows[(sensor_id, growth.session)] = row
            db.add(row)
            continue
        merged = SessionGrowth(sensor_id, growth.session, *(getattr(row, name) for name in SUMMARY))
        merge(merged, growth)
        for name in SUMMARY:
            setattr(row, name, getattr(merged, name))
    return len(rows) - before


def _grow_entities(db: Db, growths: Sequence[EntityGrowth]) -> list[int]:
    keys = [(growth.kind, growth.value) for growth in growths]
    rows = rows_by_key(db, Entity, (Entity.kind, Entity.value), keys)
    for key, growth in zip(keys, growths, strict=True):
        row = rows.get(key)
        if row is None:
            row = Entity(kind=growth.kind, value=growth.value, first_ts=growth.first_ts, last_ts=growth.last_ts)
            rows[key] = row
            db.add(row)
        row.first_ts = min(row.first_ts, growth.first_ts)
        row.last_ts = max(row.last_ts, growth.last_ts)
    db.flush()
    return [rows[key].id for key in keys]


def _add_counts(db: Db, of: type[EntityDay] | type[SessionEntity], counts: dict[Any, int]) -> None:
    """Add to the column n of rows by their whole primary key."""
    names = [column.name for column in of.__table__.primary_key]
    rows = rows_by_key(db, of, tuple(getattr(of, name) for name in names), counts)
    for key, n in counts.items():
        if key in rows:
            rows[key].n += n
        else:
            db.add(of(**dict(zip(names, key, strict=True)), n=n))


def _grow_coverage(db: Db, growths: Sequence[DayGrowth], sensors: Sequence[int]) -> None:
    keys = [(growth.day, sensors[growth.sensor]) for growth in growths]
    rows = rows_by_key(db, Coverage, (Coverage.day, Coverage.sensor_id), keys)
    for key, growth in zip(keys, growths, strict=True):
        row = rows.get(key)
        if row is None:
            row = Coverage(day=key[0], sensor_id=key[1], hours=0, **dict.fromkeys(COUNTS, 0))
            rows[key] = row
            db.add(row)
        row.hours |= growth.hours
        for name in COUNTS:
            setattr(row, name, getattr(row, name) + getattr(growth, name))


def _grow_drift(db: Db, growths: Sequence[DriftGrowth]) -> None:
    keys = [(growth.eventid, growth.field, growth.type) for growth in growths]
    rows = rows_by_key(db, Drift, (Drift.eventid, Drift.field, Drift.type), keys)
    for key, growth in zip(keys, growths, strict=True):
        row = rows.get(key)
        if row is None:
            rows[key] = row = Drift(**msgspec.structs.asdict(growth))
            db.add(row)
            continue
        row.count += growth.count
        row.first_ts = min(row.first_ts, growth.first_ts)
        row.last_ts = max(row.last_ts, growth.last_ts)
        row.example = min(row.example, growth.example)
