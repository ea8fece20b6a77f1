"""The SQL views `v_*`: the public face of a store for Datasette, psql, DuckDB and notebooks.

Names and columns of the views are an API: a column is added at the end, never renamed or taken away without a
new major version. Times are RFC 3339 text in UTC with microseconds; days are ISO dates. Values are as the
attacker wrote them. The tables below are not an API.

A migration builds the views that it needs. A view that has been released is frozen: the migration that
changes one first copies the old text into a file of its own for the steps before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nacre.model.entity import Kind

SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class View:
    """A view: what it shows, and its SELECT with {time:column} and {day:column} left to the engine."""

    name: str
    comment: str
    select: str


# What differs by engine, side by side.


def _sqlite_time(column: str) -> str:
    # Both engines round division towards zero, so the fraction is made positive for times before 1970 first.
    fraction = f"(({column} % {SECOND_US}) + {SECOND_US}) % {SECOND_US}"
    seconds = f"({column} - {fraction}) / {SECOND_US}"
    return f"strftime('%Y-%m-%dT%H:%M:%S', {seconds}, 'unixepoch') || printf('.%06dZ', {fraction})"


def _postgresql_time(column: str) -> str:
    moment = f"timestamp '1970-01-01' + {column} * interval '1 microsecond'"
    return f"""to_char({moment}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _sqlite_day(column: str) -> str:
    return f"date({column} * 86400, 'unixepoch')"


def _postgresql_day(column: str) -> str:
    return f"to_char(date '1970-01-01' + {column}, 'YYYY-MM-DD')"


def _sqlite_field(name: str) -> str:
    return f"json_extract(e.payload, '$.{name}') AS {name}"


def _postgresql_field(name: str) -> str:
    return f"e.payload ->> '{name}' AS {name}"


_FIELD: dict[str, Callable[[str], str]] = {"sqlite": _sqlite_field, "postgresql": _postgresql_field}
_TIME: dict[str, Callable[[str], str]] = {"sqlite": _sqlite_time, "postgresql": _postgresql_time}
_DAY: dict[str, Callable[[str], str]] = {"sqlite": _sqlite_day, "postgresql": _postgresql_day}

# What is the same.
VIEWS: tuple[View, ...] = (
    View(
        "v_events",
        "every event with its sensor, session and event id, and the fields that people filter by",
        """
SELECT e.id, {time:e.ts} AS time, n.name AS sensor, s.session, c.eventid, c.dialect,
       {field:src_ip}, {field:username}, {field:password}, {field:input}, {field:url},
       {field:shasum}, {field:hassh},
       e.payload, e.line, e.ts, e.digest, e.batch_id, e.byte_offset
FROM raw_events AS e
JOIN sensors AS n ON n.id = e.sensor_id
JOIN event_schemas AS c ON c.id = e.schema_id
LEFT JOIN sessions AS s ON s.id = e.session_id""",
    ),
    View(
        "v_sessions",
        "one row a session; reused is 1 when its id was given to more than one connection",
        """
SELECT s.id, n.name AS sensor, s.session, {time:s.first_ts} AS first_time, {time:s.last_ts} AS last_time,
       s.events, s.connects, CASE WHEN s.connects > 1 THEN 1 ELSE 0 END AS reused,
       {time:s.connect_ts} AS connect_time, {time:s.closed_ts} AS closed_time, s.duration_ms,
       s.src_ip, s.src_port, s.dst_ip, s.dst_port, s.protocol, s.client, s.hassh, s.arch,
       s.logins_failed + s.logins_succeeded AS logins_tried, s.logins_failed, s.logins_succeeded,
       {time:s.success_ts} AS success_time, s.success_username, s.success_password,
       s.commands, s.commands_failed, s.downloads, s.uploads, s.forwards, s.ttylogs, s.shape,
       CASE WHEN (s.flags & 1) <> 0 THEN 1 ELSE 0 END AS late,
       CASE WHEN (s.flags & 2) <> 0 THEN 1 ELSE 0 END AS drift,
       CASE WHEN (s.flags & 4) <> 0 THEN 1 ELSE 0 END AS escaped,
       CASE WHEN (s.flags & 8) <> 0 THEN 1 ELSE 0 END AS key_login,
       s.first_ts, s.last_ts
FROM sessions AS s
JOIN sensors AS n ON n.id = s.sensor_id""",
    ),
    View(
        "v_entities",
        "the dictionary of everything that analysts pivot on, with when it was first and last seen",
        """
SELECT e.id, {kind} AS kind, e.value, {time:e.first_ts} AS first_time, {time:e.last_ts} AS last_time,
       e.first_ts, e.last_ts
FROM entities AS e""",
    ),
    View(
        "v_entity_days",
        "how often an entity occurred on a sensor in a UTC day; a top list is a sum over these",
        """
SELECT {day:d.day} AS day, n.name AS sensor, {kind} AS kind, e.value, d.n, d.entity_id
FROM entity_days AS d
JOIN entities AS e ON e.id = d.entity_id
JOIN sensors AS n ON n.id = d.sensor_id""",
    ),
    View(
        "v_command_stats",
        "one row a command line: how often it was entered, on how many days and sensors, in what sessions",
        """
SELECT e.value AS command, d.n, d.days, d.sensors,
       (SELECT COUNT(*) FROM session_entities AS x WHERE x.entity_id = e.id) AS sessions,
       {time:e.first_ts} AS first_time, {time:e.last_ts} AS last_time
FROM (
  SELECT entity_id, SUM(n) AS n, COUNT(DISTINCT day) AS days, COUNT(DISTINCT sensor_id) AS sensors
  FROM entity_days WHERE kind = {command} GROUP BY entity_id
) AS d
JOIN entities AS e ON e.id = d.entity_id""",
    ),
    View(
        "v_coverage",
        "what a sensor was seen doing in a UTC day; bit n of hours is set when hour n had an event",
        """
SELECT {day:c.day} AS day, n.name AS sensor, c.hours, c.events, c.connects,
       c.logins_failed, c.logins_succeeded, c.commands, c.downloads, c.uploads, c.forwards
FROM coverage AS c
JOIN sensors AS n ON n.id = c.sensor_id""",
    ),
    View(
        "v_batches",
        "byte ranges of log files that were committed together, by whom and when, with their seals",
        """
SELECT b.id, {time:b.committed_at} AS committed, s.path, b.start_offset, b.end_offset,
       b.lines, b.stored, b.duplicate, b.rejected, b.blank,
       {time:b.first_ts} AS first_time, {time:b.last_ts} AS last_time,
       r.mode, r.actor, r.host, r.version, b.digest, b.previous_seal, b.seal, b.source_id, b.run_id
FROM batches AS b
JOIN sources AS s ON s.id = b.source_id
JOIN runs AS r ON r.id = b.run_id""",
    ),
    View(
        "v_rejects",
        "lines that are not events: the reason, the bytes, and where they stood first",
        """
SELECT r.id, r.reason, r.detail, r.state, r.attempts, s.path, r.byte_offset, r.length, r.line, r.digest,
       {time:b.committed_at} AS first_read, r.batch_id
FROM rejects AS r
JOIN batches AS b ON b.id = r.batch_id
JOIN sources AS s ON s.id = b.source_id""",
    ),
)


class _Placeholder:
    """Stands for {time:column}, {day:column} and {field:name} in a format string."""

    def __init__(self, write: Callable[[str], str]) -> None:
        self._write = write

    def __format__(self, column: str) -> str:
        return self._write(column)


def _kind_names() -> str:
    names = " ".join(f"WHEN {kind.value} THEN '{kind.label}'" for kind in Kind)
    return f"CASE e.kind {names} END"


def create_statements(dialect: str = "sqlite") -> list[str]:
    """Return one CREATE VIEW a view for `sqlite` or `postgresql`, in an order that works."""
    words = {
        "time": _Placeholder(_TIME[dialect]),
        "day": _Placeholder(_DAY[dialect]),
        "field": _Placeholder(_FIELD[dialect]),
        "kind": _kind_names(),
        "command": Kind.COMMAND.value,
    }
    return [f"CREATE VIEW {view.name} AS{view.select.format_map(words)}" for view in VIEWS]


def drop_statements() -> list[str]:
    """Return one DROP VIEW a view, in an order that works."""
    return [f"DROP VIEW {view.name}" for view in reversed(VIEWS)]
