"""Events to growth: what each event adds to sessions, entities and days, folded a batch at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from blake3 import blake3
from msgspec import UNSET

from nacre.model.batch import NO_SESSION, Batch, EventColumns, Growth
from nacre.model.calendar import DAY_US, HOUR_US
from nacre.model.coverage import DayGrowth, DriftGrowth
from nacre.model.entity import EntityGrowth, Kind, bounded
from nacre.model.session import Flag, SessionGrowth, merge
from nacre.parse.contributions import CONTRIBUTIONS, Contribution, least
from nacre.parse.events import Envelope
from nacre.parse.parser import ParsedEvent, parse_line

# The name that a sensor gets when neither the settings nor the event give one (DShield writes "").
UNNAMED = "unnamed"

# A batch has fewer entities than 2**32: it has fewer than 2**32 bytes.
ENTITY_BITS = 32
ENTITY_MASK = (1 << ENTITY_BITS) - 1

# A growth, and the index of its session in the batch.
Entry = tuple[SessionGrowth, int]

SensorName = Callable[[str], str]
"""Give a sensor's name for the `sensor` field as the event has it ("" when it has none)."""


class Cell:
    """What one sensor did in one UTC day, as far as one batch saw it.

    Sessions and edges are kept by cell, so that the hot path never asks which day or sensor an event belongs to.
    A growth is of one session *and* one source address: an id that was used again from elsewhere has two, and the
    addresses' times and counts come out the same however the events are portioned. Events without a session
    share a growth whose session is "".
    """

    __slots__ = ("_entities", "_ids", "day", "edges", "index", "others", "sessions")

    def __init__(self, fold: Fold, sensor: int, day: int) -> None:
        self.day = DayGrowth(sensor, day)
        self.sessions: dict[Any, Entry] = {}  # by the event's field
        self.others: dict[tuple[str, str | None], Entry] = {}
        # Index of the session, shifted, plus index of the entity -> count.
        self.edges: defaultdict[int, int] = defaultdict(int)
        self.index = NO_SESSION  # of the session whose event is being folded
        self._entities = fold.entities
        self._ids = fold.entity_ids

    def entries(self) -> Iterator[Entry]:
        """Yield every growth of the cell with the index of its session."""
        yield from self.sessions.values()
        yield from self.others.values()

    def name(self, kind: int, value: str, ts: int, n: int = 1) -> EntityGrowth:
        """Count that an event at `ts` of the session that is being folded named an entity."""
        ids = self._ids[kind]
        index = ids.get(value)
        if index is None:
            index = self._add(kind, value, ts)
        entity = self._entities[index]
        if ts > entity.last_ts:
            entity.last_ts = ts
        elif ts < entity.first_ts:
            entity.first_ts = ts
        key = (self.index << ENTITY_BITS) + index  # of the edge
        self.edges[key] += n
        return entity

    def _add(self, kind: int, value: str, ts: int) -> int:
        ids = self._ids[kind]
        short = bounded(value)
        index = ids.get(short)
        if index is None:
            index = ids[short] = len(self._entities)
            self._entities.append(EntityGrowth(kind, short, ts, ts))
        return index


class Fold:
    """Collects the events of one batch; `take` gives columns and growth and begins anew."""

    def __init__(self, sensor_name: SensorName) -> None:
        self._sensor_name = sensor_name
        self._reset()

    def _reset(self) -> None:
        self.entities: list[EntityGrowth] = []
        self.entity_ids: list[dict[str, int]] = [{} for _ in range(max(Kind) + 1)]
        self.columns = EventColumns([], b"", [], [], [], [], [], {})
        self.sensors: list[str] = []
        self.schemas: list[tuple[str, int]] = []
        self.bytes = 0
        self._routes: dict[tuple[Any, int], tuple[int, Contribution | None]] = {}
        self._digests: list[bytes] = []
        self._sensor_ids: dict[str, int] = {}
        self._cells: dict[tuple[int, int], Cell] = {}
        self._session_ids: dict[tuple[int, str], int] = {}
        self._drift: dict[tuple[str, str, str], DriftGrowth] = {}
        self._cell: Cell | None = None
        self._raw_sensor: Any = None
        self._hour = -1
        self._sensor = -1

    def __len__(self) -> int:
        return len(self.columns.ts)

    def add(self, parsed: Sequence[ParsedEvent]) -> None:
        """Take events in the order of their offsets. This loop and the parser's are where a load's time goes."""
        cell, raw_sensor, hour = self._cell, self._raw_sensor, self._hour
        route_of = self._routes.get
        columns = self.columns
        first_row = len(columns.ts)
        session_column, schema_column, sensor_column = columns.session, columns.schema, columns.sensor
        for one in parsed:
            _, _, ts, event, dialect, _, exact, drift = one
            if ts // HOUR_US != hour or event.sensor != raw_sensor or cell is None:
                raw_sensor, hour = event.sensor, ts // HOUR_US
                cell = self._enter(raw_sensor, hour)
            entry = cell.sessions.get(event.session)
            if entry is None or entry[0].src_ip != event.src_ip:
                entry = self._entry(cell, event, ts)
            growth, index = entry
            if ts > growth.last_ts:
                growth.last_ts = ts
            elif ts < growth.first_ts:
                growth.first_ts = ts
            growth.events += 1
            protocol = event.protocol
            if protocol is not UNSET and protocol != growth.protocol:
                growth.protocol = least(growth.protocol, protocol)
            route = route_of((event.__class__, dialect))
            if route is None or not dialect:
                route = self._route(event, dialect)
            schema, contribute = route
            if contribute is not None:
                cell.index = index
                contribute(cell, growth, event, ts)
            session_column.append(index)
            schema_column.append(schema)
            sensor_column.append(self._sensor)
            if not exact or drift or event.late is True:
                self._unusual(one, growth, len(schema_column) - 1)
        self._cell, self._raw_sensor, self._hour = cell, raw_sensor, hour
        columns.ts += [one[2] for one in parsed]
        columns.offset += [one[0] for one in parsed]
        columns.payload += [one[5] for one in parsed]
        self._digests += [blake3(one[1]).digest() for one in parsed]
        self.bytes += sum([len(one[1]) for one in parsed])
        assert len(session_column) == len(columns.ts) == first_row + len(parsed)

    def _enter(self, raw_sensor: Any, hour: int) -> Cell:
        """Change to the cell of another hour or sensor."""
        name = self._sensor_name(raw_sensor if isinstance(raw_sensor, str) else "") or UNNAMED
        known = self._sensor_ids.get(name)
        if known is None:
            known = self._sensor_ids[name] = len(self.sensors)
            self.sensors.append(name)
        self._sensor = known
        day = hour * HOUR_US // DAY_US
        cell = self._cells.get((known, day))
        if cell is None:
            cell = self._cells[known, day] = Cell(self, known, day)
        cell.day.hours |= 1 << (hour % 24)
        return cell

    def _entry(self, cell: Cell, event: Envelope, ts: int) -> Entry:
        """Return growth and index for an event whose session, or whose address in it, the cell has not seen last."""
        session = event.session if isinstance(event.session, str) else ""
        src_ip = event.src_ip if isinstance(event.src_ip, str) else None
        index = self._session_ids.setdefault((self._sensor, session), len(self._session_ids)) if session else NO_SESSION
        entry = cell.sessions.get(session)
        if entry is None:
            entry = cell.sessions[session] = (
                SessionGrowth(self._sensor, session, ts, ts, src_ip=src_ip),
                index,
            )
        if entry[0].src_ip == src_ip:
            return entry
        other = cell.others.get((session, src_ip))
        if other is None:
            other = cell.others[session, src_ip] = (SessionGrowth(self._sensor, session, ts, ts, src_ip=src_ip), index)
        return other

    def _route(self, event: Envelope, dialect: int) -> tuple[int, Contribution | None]:
        """Return schema index and contribution of an event whose class and dialect are new to the batch."""
        eventid = event.EVENTID if dialect else event.eventid  # type: ignore[attr-defined]  # of UnknownEvent
        key = (eventid, dialect)
        if key not in self.schemas:
            self.schemas.append(key)
        route = (self.schemas.index(key), CONTRIBUTIONS.get(event.__class__))
        self._routes[event.__class__, dialect] = route
        return route

    def _unusual(self, parsed: ParsedEvent, growth: SessionGrowth, row: int) -> None:
        _, line, ts, event, _, _, exact, drift = parsed
        if not exact:
            self.columns.exact[row] = line
        flags = (Flag.LATE if event.late is True else 0) | (Flag.DRIFT if drift else 0)
        growth.flags |= flags | (0 if exact else Flag.ESCAPED)
        for sighting in drift:
            key = (sighting.eventid, sighting.field, sighting.type)
            known = self._drift.get(key)
            if known is None:
                self._drift[key] = DriftGrowth(*key, 1, ts, ts, sighting.example)
            else:
                known.count += 1
                known.first_ts = min(known.first_ts, ts)
                known.last_ts = max(known.last_ts, ts)
                known.example = min(known.example, sighting.example)

    def take(self) -> tuple[list[str], list[tuple[str, int]], EventColumns, Growth]:
        """Return sensors, schemas, columns and growth of what was added since the last call, and forget it."""
        for cell in self._cells.values():
            for growth, index in cell.entries():
                if growth.src_ip is not None:
                    cell.index = index
                    entity = cell.name(Kind.IP, growth.src_ip, growth.first_ts, growth.connects)
                    entity.last_ts = max(entity.last_ts, growth.last_ts)
        entity_days, edges = self._counts()
        days = self._days()
        whole = Growth(self._merged(), self.entities, entity_days, edges, days, list(self._drift.values()))
        columns = self.columns
        columns.digests = b"".join(self._digests)
        result = (self.sensors, self.schemas, columns, whole)
        self._reset()
        return result

    def _merged(self) -> list[SessionGrowth]:
        """Return one growth a session, in the order of Batch.session's indices."""
        merged: list[SessionGrowth | None] = [None] * len(self._session_ids)
        for cell in self._cells.values():
            for growth, index in cell.entries():
                known = merged[index] if index >= 0 else growth
                if known is None:
                    merged[index] = growth
                elif known is not growth:
                    merge(known, growth)
        return [growth for growth in merged if growth is not None]

    def _counts(self) -> tuple[list[int], list[int]]:
        """Return entity days and edges, flat. A session that spans cells has an edge in each; edges merge by sum."""
        entity_days: list[int] = []
        edges: list[int] = []
        for (sensor, day), cell in self._cells.items():
            counts: dict[int, int] = {}
            for key, n in cell.edges.items():
                entity = key & ENTITY_MASK
                counts[entity] = counts.get(entity, 0) + n
                if key >= 0:
                    edges += (key >> ENTITY_BITS, entity, n)
            for entity, n in counts.items():
                entity_days += (entity, sensor, day, n)
        return entity_days, edges

    def _days(self) -> list[DayGrowth]:
        for cell in self._cells.values():
            day = cell.day
            for growth, _ in cell.entries():
                day.events += growth.events
                day.connects += growth.connects
                day.logins_failed += growth.logins_failed
                day.logins_succeeded += growth.logins_succeeded
                day.commands += growth.commands
                day.downloads += growth.downloads
                day.uploads += growth.uploads
                day.forwards += growth.forwards
        return [cell.day for cell in self._cells.values()]


def narrow(batch: Batch, rows: Sequence[int]) -> Batch:
    """Return `batch` with only the given events: the same range and lines, columns and growth folded anew."""
    events = batch.events
    sensor = ""
    fold = Fold(lambda raw: sensor)  # the batch knows its sensors' names already
    for row in rows:
        sensor = batch.sensors[events.sensor[row]]
        fold.add([parse_line(events.offset[row], events.line(row))])
    sensors, schemas, columns, growth = fold.take()
    return msgspec.structs.replace(batch, sensors=sensors, schemas=schemas, events=columns, growth=growth)
