"""Names to ids: sensors, event schemas and entities, with what is cached of them between batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from nacre.model.entity import EntityGrowth
from nacre.store.sqlite.bulk import chunks, insert, marks

# Known entities, most recent last. About 200 bytes each: 20 MB of the 256 MB that a load may use.
CACHE_MAX = 100_000


class Dictionaries:
    """Ids that this connection knows. Only rows inside the open transaction or committed ones are in here.

    `forget` must be called after a rollback: what the lost transaction added is not there any more.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.forget()

    def forget(self) -> None:
        """Drop everything cached."""
        self._sensors: dict[str, int] = {}
        self._schemas: dict[tuple[str, int], int] = {}
        self._entities: dict[tuple[int, str], tuple[int, int, int]] = {}

    def sensors(self, names: Sequence[str]) -> list[int]:
        """Return the ids of sensors, adding the unknown."""
        for name in names:
            if name not in self._sensors:
                self._sensors[name] = self._find_or_add("sensors", ("name",), (name,))
        return [self._sensors[name] for name in names]

    def schemas(self, keys: Sequence[tuple[str, int]]) -> list[int]:
        """Return the ids of (event id, dialect) pairs, adding the unknown."""
        for key in keys:
            if key not in self._schemas:
                self._schemas[key] = self._find_or_add("event_schemas", ("eventid", "dialect"), key)
        return [self._schemas[key] for key in keys]

    def _find_or_add(self, table: str, columns: tuple[str, ...], values: tuple[str | int, ...]) -> int:
        where = " AND ".join(f"{column} = ?" for column in columns)
        row = self._connection.execute(f"SELECT id FROM {table} WHERE {where}", values).fetchone()
        if row is None:
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(len(columns))}) RETURNING id"
            row = self._connection.execute(sql, values).fetchone()
        return int(row[0])

    def entities(self, growths: Sequence[EntityGrowth]) -> list[int]:
        """Return the ids of entities, adding the unknown and widening when the known were seen."""
        cache = self._entities
        keys = [(growth.kind, growth.value) for growth in growths]
        self._look_up([key for key in keys if key not in cache])
        ids: list[int] = []
        wider: list[tuple[int, int, int]] = []
        new: list[int | str] = []
        next_id = 0
        for growth, key in zip(growths, keys, strict=True):
            first, last = growth.first_ts, growth.last_ts
            known = cache.get(key)
            if known is None:
                if not next_id:
                    next_id = self._connection.execute("SELECT coalesce(max(id), 0) + 1 FROM entities").fetchone()[0]
                cache[key] = (next_id, first, last)
                new += (next_id, key[0], key[1], first, last)
                ids.append(next_id)
                next_id += 1
                continue
            entity, known_first, known_last = known
            ids.append(entity)
            if first < known_first or last > known_last:
                first, last = min(first, known_first), max(last, known_last)
                cache[key] = (entity, first, last)
                wider.append((first, last, entity))
        # least and greatest, because another process may have widened the row since it was cached
        widen = "UPDATE entities SET first_ts = min(first_ts, ?), last_ts = max(last_ts, ?) WHERE id = ?"
        self._connection.executemany(widen, wider)
        insert(self._connection, "INSERT INTO entities (id, kind, value, first_ts, last_ts)", 5, new)
        if len(cache) > CACHE_MAX:
            for stale in list(cache)[: CACHE_MAX // 2]:
                del cache[stale]
        return ids

    def _look_up(self, unknown: Sequence[tuple[int, str]]) -> None:
        by_kind: dict[int, list[str]] = {}
        for kind, value in unknown:
            by_kind.setdefault(kind, []).append(value)
        for kind, values in by_kind.items():
            for portion in chunks(values):
                values_in = f"value IN ({marks(len(portion))})"
                sql = f"SELECT value, id, first_ts, last_ts FROM entities WHERE kind = ? AND {values_in}"
                for value, entity, first, last in self._connection.execute(sql, (kind, *portion)):
                    self._entities[kind, value] = (entity, first, last)
