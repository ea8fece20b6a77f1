"""Batches made by hand: a small fold of its own, so that stores are not tested by the parser they serve."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nacre.model.batch import NO_SESSION, Batch, EventColumns, Growth, digest_of
from nacre.model.calendar import DAY_US, HOUR_US
from nacre.model.coverage import DayGrowth, DriftGrowth, Gap
from nacre.model.entity import EntityGrowth, Kind, credential
from nacre.model.reject import Reason, Reject
from nacre.model.session import SHAPE_MODULUS, Flag, SessionGrowth
from nacre.model.text import clean_json

KNOWN = ("connect", "failed", "success", "command", "closed", "download")
DIALECT = 6
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A line that is an event, taken apart."""

    offset: int
    line: bytes
    fields: Fields  # cleaned
    payload: str
    exact: bool  # whether the payload is the line

    @property
    def ts(self) -> int:
        """Return the event time in microseconds."""
        return int(self.fields["ts"])

    @property
    def sensor(self) -> str:
        """Return the sensor's name."""
        return str(self.fields.get("sensor", "alpha"))

    @property
    def session(self) -> str | None:
        """Return the session id, if there is one."""
        return self.fields.get("session")

    @property
    def schema(self) -> tuple[str, int]:
        """Return event id and dialect."""
        eventid = str(self.fields["eventid"])
        return eventid, DIALECT if eventid in KNOWN else 0

    def counts(self, eventid: str) -> int:
        """Return 1 for an event of this id, else 0."""
        return int(self.fields["eventid"] == eventid)


def line(eventid: str, ts: int, session: str | None = None, **fields: Any) -> bytes:
    """Return the line of an event; `fields` may hold sensor, src_ip, username, password, input, late, …"""
    named = {"eventid": eventid, "ts": ts, "session": session, **fields}
    return json.dumps({key: value for key, value in named.items() if value is not None}).encode()


def build(lines: Iterable[bytes], *, start: int = 0, gaps: Sequence[Gap] = ()) -> Batch:
    """Return the batch of consecutive lines from the byte `start` on."""
    events: list[Event] = []
    rejects: list[Reject] = []
    blank = count = 0
    offset = start
    for text in lines:
        count += 1
        found = _take(offset, text) if text.strip() else None
        if isinstance(found, Event):
            events.append(found)
        elif found is not None:
            rejects.append(found)
        else:
            blank += 1
        offset += len(text) + 1
    sensors, schemas, columns, growth = _fold(events)
    marker = digest_of(str(offset).encode())[:8]
    return Batch(start, offset, count, blank, marker, sensors, schemas, columns, growth, rejects, list(gaps))


def narrow(batch: Batch, rows: Sequence[int]) -> Batch:
    """Return the batch with only the given events, its growth folded anew."""
    columns = batch.events
    events = [_take(columns.offset[row], columns.line(row)) for row in rows]
    sensors, schemas, kept, growth = _fold([event for event in events if isinstance(event, Event)])
    return Batch(
        batch.start,
        batch.end,
        batch.lines,
        batch.blank,
        batch.marker,
        sensors,
        schemas,
        kept,
        growth,
        batch.rejects,
        batch.gaps,
    )


def _take(offset: int, text: bytes) -> Event | Reject:
    decoded = text.decode("utf-8", "surrogateescape")
    reason = None
    fields: Any = None
    try:
        fields = json.loads(decoded)
    except ValueError:
        reason = Reason.NOT_JSON
    if reason is None and not isinstance(fields, dict):
        reason = Reason.NOT_OBJECT
    elif reason is None and "eventid" not in fields:
        reason = Reason.NO_EVENTID
    elif reason is None and "ts" not in fields:
        reason = Reason.NO_TIMESTAMP
    if reason is not None:
        return Reject(offset, len(text), reason, f"it is {reason}", text, digest_of(text))
    cleaned = clean_json(fields)
    exact = bool(cleaned == fields)
    return Event(offset, text, cleaned, decoded if exact else json.dumps(cleaned), exact)


@dataclass(slots=True)
class _Names:
    """Values by index, each once."""

    index: dict[Any, int] = field(default_factory=dict)

    def of(self, value: Any) -> int:
        return self.index.setdefault(value, len(self.index))


def _fold(events: Sequence[Event]) -> tuple[list[str], list[tuple[str, int]], EventColumns, Growth]:
    sensors, schemas, sessions = _Names(), _Names(), _Names()
    for event in events:
        sensors.of(event.sensor)
        schemas.of(event.schema)
        if event.session is not None:
            sessions.of((event.sensor, event.session))
    columns = EventColumns(
        [event.ts for event in events],
        b"".join(digest_of(event.line) for event in events),
        [sensors.of(event.sensor) for event in events],
        [NO_SESSION if event.session is None else sessions.of((event.sensor, event.session)) for event in events],
        [schemas.of(event.schema) for event in events],
        [event.offset for event in events],
        [event.payload for event in events],
        {row: event.line for row, event in enumerate(events) if not event.exact},
    )
    growths = [
        _session([event for event in events if (event.sensor, event.session) == key], sensor=sensors.of(key[0]))
        for key in sessions.index
    ]
    entities, entity_days, edges = _entities(events, sensors, sessions)
    days = _days(events, sensors)
    growth = Growth(growths, entities, entity_days, edges, days, _drift(events))
    return list(sensors.index), list(schemas.index), columns, growth


def _values(events: Sequence[Event], name: str, *, of: tuple[str, ...] = ()) -> list[Any]:
    return [
        event.fields[name] for event in events if name in event.fields and (not of or event.fields["eventid"] in of)
    ]


def _times(events: Sequence[Event], eventid: str) -> list[int]:
    return [event.ts for event in events if event.fields["eventid"] == eventid]


def _session(events: Sequence[Event], *, sensor: int) -> SessionGrowth:
    def total(eventid: str) -> int:
        return sum(event.counts(eventid) for event in events)

    successes = [
        (event.ts, event.fields.get("username") or "", event.fields.get("password") or "")
        for event in events
        if event.fields["eventid"] == "success"
    ]
    first = min(successes, default=(None, None, None))
    return SessionGrowth(
        sensor,
        str(events[0].session),
        min(event.ts for event in events),
        max(event.ts for event in events),
        events=len(events),
        connects=total("connect"),
        connect_ts=min(_times(events, "connect"), default=None),
        closed_ts=max(_times(events, "closed"), default=None),
        duration_ms=max(_values(events, "duration_ms"), default=None),
        src_ip=min(_values(events, "src_ip"), default=None),
        src_port=min(_values(events, "src_port", of=("connect",)), default=None),
        protocol=min(_values(events, "protocol"), default=None),
        client=min(_values(events, "client"), default=None),
        logins_failed=total("failed"),
        logins_succeeded=total("success"),
        success_ts=first[0],
        success_username=first[1],
        success_password=first[2],
        commands=total("command"),
        downloads=total("download"),
        shape=sum(_shape(text) for text in _values(events, "input")) % SHAPE_MODULUS,
        flags=_flags(events),
    )


def _shape(text: str) -> int:
    return int.from_bytes(digest_of(text.encode())[:8], "big") % SHAPE_MODULUS


def _flags(events: Sequence[Event]) -> int:
    flags = 0
    for event in events:
        flags |= Flag.LATE if event.fields.get("late") else 0
        flags |= Flag.DRIFT if event.schema[1] == 0 else 0
        flags |= 0 if event.exact else Flag.ESCAPED
    return int(flags)


def _named(event: Event) -> list[tuple[Kind, str, int]]:
    """Return kind, value and count of every entity that an event names."""
    fields = event.fields
    found = [
        (kind, str(fields[name]), n)
        for kind, name, n in (
            (Kind.IP, "src_ip", event.counts("connect")),
            (Kind.USERNAME, "username", 1),
            (Kind.PASSWORD, "password", 1),
            (Kind.COMMAND, "input", 1),
            (Kind.CLIENT, "client", 1),
        )
        if name in fields
    ]
    if "username" in fields and "password" in fields:
        found.append((Kind.CREDENTIAL, credential(fields["username"], fields["password"]), 1))
    return found


def _entities(
    events: Sequence[Event], sensors: _Names, sessions: _Names
) -> tuple[list[EntityGrowth], list[int], list[int]]:
    seen: dict[tuple[Kind, str], list[int]] = {}
    days: Counter[tuple[int, int, int]] = Counter()
    edges: Counter[tuple[int, int]] = Counter()
    names = _Names()
    for event in events:
        for kind, value, n in _named(event):
            seen.setdefault((kind, value), []).append(event.ts)
            entity = names.of((kind, value))
            days[entity, sensors.of(event.sensor), event.ts // DAY_US] += n
            if event.session is not None:
                edges[sessions.of((event.sensor, event.session)), entity] += n
    entities = [EntityGrowth(kind, value, min(ts), max(ts)) for (kind, value), ts in seen.items()]
    return (
        entities,
        [number for key, n in days.items() for number in (*key, n)],
        [number for key, n in edges.items() for number in (*key, n)],
    )


def _days(events: Sequence[Event], sensors: _Names) -> list[DayGrowth]:
    days: dict[tuple[int, int], DayGrowth] = {}
    for event in events:
        key = (sensors.of(event.sensor), event.ts // DAY_US)
        day = days.setdefault(key, DayGrowth(*key))
        day.hours |= 1 << (event.ts % DAY_US // HOUR_US)
        day.events += 1
        day.connects += event.counts("connect")
        day.logins_failed += event.counts("failed")
        day.logins_succeeded += event.counts("success")
        day.commands += event.counts("command")
        day.downloads += event.counts("download")
    return list(days.values())


def _drift(events: Sequence[Event]) -> list[DriftGrowth]:
    strange: dict[str, list[Event]] = {}
    for event in events:
        if event.schema[1] == 0:
            strange.setdefault(event.schema[0], []).append(event)
    return [
        DriftGrowth(
            eventid,
            "",
            "object",
            len(found),
            min(event.ts for event in found),
            max(event.ts for event in found),
            min(event.payload for event in found),
        )
        for eventid, found in strange.items()
    ]


def ticking(start_us: int = 1_700_000_000_000_000) -> Callable[[], int]:
    """Return a clock that moves a millisecond a look."""
    now = start_us

    def clock() -> int:
        nonlocal now
        now += 1000
        return now

    return clock
