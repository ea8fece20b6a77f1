"""Session rows: found, numbered and merged by the one fold that every store shares."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from nacre.model.session import SessionGrowth, merge
from nacre.store.sqlite.bulk import chunks, insert, marks

COLUMNS = tuple(
    "sensor_id" if field.name == "sensor" else field.name for field in msgspec.structs.fields(SessionGrowth)
)
_INSERT = f"INSERT INTO sessions (id, {', '.join(COLUMNS)})"
_UPDATE = f"UPDATE sessions SET {', '.join(f'{name} = ?' for name in COLUMNS[2:])} WHERE id = ?"


class SessionRows:
    """The rows of one batch's sessions: known ones with what they hold, new ones with the id they will get."""

    def __init__(
        self, connection: sqlite3.Connection, sensors: Sequence[int], growths: Sequence[SessionGrowth]
    ) -> None:
        self._connection = connection
        self._known: dict[tuple[int, str], tuple[int, SessionGrowth]] = {}
        self._ids: dict[tuple[int, str], int] = {}
        self.new = 0
        self._find(sensors, growths)
        self._number(sensors, growths)

    def _find(self, sensors: Sequence[int], growths: Sequence[SessionGrowth]) -> None:
        by_sensor: dict[int, list[str]] = {}
        for growth in growths:
            by_sensor.setdefault(sensors[growth.sensor], []).append(growth.session)
        for sensor, names in by_sensor.items():
            for portion in chunks(names):
                sql = (
                    f"SELECT id, {', '.join(COLUMNS)} FROM sessions "
                    f"WHERE sensor_id = ? AND session IN ({marks(len(portion))})"
                )
                for row in self._connection.execute(sql, (sensor, *portion)):
                    self._known[sensor, row[2]] = (row[0], SessionGrowth(*row[1:]))

    def _number(self, sensors: Sequence[int], growths: Sequence[SessionGrowth]) -> None:
        # Sequential ids keep a batch's rows together; the write lock makes counting on from the greatest safe.
        next_id = self._connection.execute("SELECT coalesce(max(id), 0) + 1 FROM sessions").fetchone()[0]
        for growth in growths:
            key = (sensors[growth.sensor], growth.session)
            known = self._known.get(key)
            if known is not None:
                self._ids[key] = known[0]
            else:
                self._ids[key] = next_id
                next_id += 1

    def ids(self, sensors: Sequence[int], growths: Sequence[SessionGrowth]) -> list[int]:
        """Return the ids of these sessions, which must be among those given at the start."""
        return [self._ids[sensors[growth.sensor], growth.session] for growth in growths]

    def grow(self, sensors: Sequence[int], growths: Sequence[SessionGrowth]) -> None:
        """Write the sessions' growth: new rows as they are, known rows merged."""
        new: list[object] = []
        merged: list[tuple[object, ...]] = []
        for growth in growths:
            key = (sensors[growth.sensor], growth.session)
            known = self._known.get(key)
            if known is None:
                new += (self._ids[key], key[0], *msgspec.structs.astuple(growth)[1:])
                self.new += 1
            else:
                session_id, row = known
                merge(row, growth)
                merged.append((*msgspec.structs.astuple(row)[2:], session_id))
        insert(self._connection, _INSERT, len(COLUMNS) + 1, new)
        self._connection.executemany(_UPDATE, merged)
