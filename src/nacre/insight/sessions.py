"""Lists of sessions: filters, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nacre.errors import UsageError
from nacre.insight.records import SessionSummary, session_document, session_of
from nacre.model.calendar import iso_time
from nacre.model.entity import Kind, bounded, credential
from nacre.model.present import defang, duration, grouped, padded, quoted, terminal
from nacre.model.text import clean
from nacre.store.choice import choose_sensors

if TYPE_CHECKING:
    from nacre.store.contract import Reader

# An entity named by fewer sessions than this is looked up from its side: so many rows are read and sorted
# within 0.1 s.
RARE_SESSIONS = 5_000

# Event times are 64-bit; no session begins before the least or after the greatest of them.
LEAST_TS = -(2**63)
GREATEST_TS = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which sessions are wanted: those that meet all of them. None and 0 mean that it does not matter."""

    sensors: tuple[str, ...] = ()
    since_us: int | None = None  # first event at this time or later
    until_us: int | None = None  # first event before this time
    ip: str | None = None
    username: str | None = None  # tried; with `password` the two together in one attempt
    password: str | None = None
    command: str | None = None  # a whole command line
    client: str | None = None
    hassh: str | None = None
    url: str | None = None
    file: str | None = None  # SHA-256
    protocol: str | None = None
    succeeded: bool | None = None  # whether a login succeeded; False asks for failed attempts and no success
    commands_min: int = 0
    downloads_min: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some sessions, newest first, and where to go on."""

    sessions: tuple[SessionSummary, ...]
    next: str | None  # a cursor for the next page; None on the last one


def list_sessions(reader: Reader, filters: Filters, *, limit: int, after: str | None = None) -> Page:
    """Return a page of the sessions that meet the filters; it does not shift when others are stored."""
    sensors = choose_sensors(((key, name) for key, name in reader.rows("sensors")), filters.sensors)
    entities = _entities(reader, filters)
    if entities is None:
        return Page(sessions=(), next=None)
    before_ts, before_id = _cursor(after, filters)
    parameters = {
        **_parameters(filters),
        "sensors": tuple(sensors),
        "before_ts": before_ts,
        "before_id": before_id,
        "most": limit + 1,
    }
    rare = _rarest(reader, entities)
    if rare is None:
        rows = reader.rows("sessions_newest", entities=entities, **parameters)
    else:
        others = tuple(entity for entity in entities if entity != rare)
        rows = reader.rows("sessions_of_entity", entity=rare, entities=others, **parameters)
    found = [session_of(row, sensors) for row in rows]
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return Page(sessions=tuple(found[:limit]), next=f"{last.first_ts}.{last.row}" if last else None)


def _parameters(filters: Filters) -> dict[str, Any]:
    return {
        "since_us": LEAST_TS if filters.since_us is None else filters.since_us,
        "protocol": filters.protocol,
        "commands_min": filters.commands_min,
        "downloads_min": filters.downloads_min,
        "succeeded_min": 1 if filters.succeeded else 0,
        "only_failed": 1 if filters.succeeded is False else 0,
    }


def _named(filters: Filters) -> Iterator[tuple[Kind, str]]:
    if filters.username is not None and filters.password is not None:
        yield Kind.CREDENTIAL, credential(clean(filters.username), clean(filters.password))
    elif filters.username is not None:
        yield Kind.USERNAME, filters.username
    elif filters.password is not None:
        yield Kind.PASSWORD, filters.password
    others = {
        Kind.IP: filters.ip,
        Kind.COMMAND: filters.command,
        Kind.CLIENT: filters.client,
        Kind.HASSH: filters.hassh,
        Kind.URL: filters.url,
        Kind.FILE: filters.file,
    }
    yield from ((kind, value) for kind, value in others.items() if value is not None)


def _entities(reader: Reader, filters: Filters) -> tuple[int, ...] | None:
    """Return the ids of the entities that are asked for, or None when the store does not know one of them."""
    found = []
    for kind, value in _named(filters):
        row = reader.row("entity_id", kind=kind.value, value=bounded(clean(value)))
        if row is None:
            return None
        found.append(int(row[0]))
    return tuple(found)


def _rarest(reader: Reader, entities: tuple[int, ...]) -> int | None:
    """Return the entity that the fewest sessions named, when these are few enough to read them all."""
    counts = {}
    for entity in entities:
        (counts[entity],) = reader.row("entity_edges", entity=entity, most=RARE_SESSIONS) or (0,)
    rarest = min(counts, key=lambda entity: counts[entity], default=None)
    return None if rarest is None or counts[rarest] >= RARE_SESSIONS else rarest


def _cursor(after: str | None, filters: Filters) -> tuple[int, int]:
    """Return the place before which to read on: a cursor's, else the end of the time that is asked for."""
    if after is None:
        return (GREATEST_TS if filters.until_us is None else filters.until_us), 0
    ts, _, row = after.partition(".")
    try:
        return int(ts), int(row)
    except ValueError as exc:
        raise UsageError(f"{after!r} is no cursor", hint="take the one that the page before ended with") from exc


def page_document(page: Page) -> dict[str, Any]:
    """Return a page as JSON has it."""
    return {"sessions": [session_document(one) for one in page.sessions], "next": page.next}


def page_lines(page: Page, *, is_raw: bool = False) -> Iterator[str]:
    """Yield a page as a table: one line a session."""
    if not page.sessions:
        yield "no sessions"
        return
    head = f"{'length':>12} {'logins':>9} {'cmds':>6} {'files':>6}"
    yield f"{'first event (UTC)':<20} {'session':<14} {'sensor':<12} {'from':<18} {head}  login"
    for one in page.sessions:
        source = one.src_ip or "?"
        logins = f"{one.logins_succeeded}/{one.logins_succeeded + one.logins_failed}"
        files = one.downloads + one.uploads
        numbers = f"{duration(one.length_ms):>12} {logins:>9} {grouped(one.commands):>6} {files:>6}"
        cells = (
            f"{iso_time(one.first_ts)[:19]}Z",
            padded(terminal(one.session, 14), 14),
            padded(terminal(one.sensor, 12), 12),
            padded(quoted(source if is_raw else defang(source), 18), 18),
            numbers,
        )
        yield f"{' '.join(cells)}  {_login(one)}".rstrip()


def _login(one: SessionSummary) -> str:
    if one.success_username is None:
        return ""
    password = " (key)" if one.success_password is None else f" : {quoted(one.success_password, 20)}"
    return quoted(one.success_username, 20) + password
