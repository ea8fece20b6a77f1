"""One session from its first event to its last, in the words of its events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nacre.errors import DataError, NotFound
from nacre.insight.records import SessionSummary, session_document, session_of
from nacre.model.calendar import iso_time
from nacre.model.present import counted, defang, duration, grouped, quoted, terminal
from nacre.store.choice import choose_sensors

if TYPE_CHECKING:
    from nacre.store.contract import Reader

CANDIDATES_MAX = 10  # sessions that are named when a prefix fits several
VALUE_COLUMNS = 400  # of one field in a line; --json has the whole
_LAST_CHARACTER = "\U0010ffff"

# What every event carries, and Cowrie's own sentence about it: the header and the other fields say it all.
ENVELOPE = frozenset(
    {
        "eventid", "session", "timestamp", "sensor", "uuid", "message", "format", "system", "isError",
        "epoch", "time", "protocol", "src_ip", "src_port", "dst_ip", "dst_port",
    }
)  # fmt: skip

# The fields that say it, in order, without their names; others of the event follow as name=value.
_LEADING: Mapping[str, tuple[str, ...]] = {
    "cowrie.session.connect": ("src_ip", "src_port", "dst_ip", "dst_port", "protocol"),
    "cowrie.session.closed": (),
    "cowrie.client.version": ("version",),
    "cowrie.client.kex": ("hassh",),
    "cowrie.login.success": ("username", "password"),
    "cowrie.login.failed": ("username", "password"),
    "cowrie.command.input": ("input",),
    "cowrie.command.failed": ("input",),
    "cowrie.command.success": ("input",),
    "cowrie.session.input": ("input",),
    "cowrie.session.file_download": ("url", "shasum"),
    "cowrie.session.file_download.failed": ("url",),
    "cowrie.session.file_upload": ("filename", "shasum"),
    "cowrie.direct-tcpip.request": ("dst_ip", "dst_port"),
    "cowrie.direct-tcpip.data": ("dst_ip", "dst_port", "data"),
    "cowrie.direct-tcpip.redirect": ("dst_ip", "dst_port", "new_ip", "new_port"),
    "cowrie.direct-tcpip.tunnel": ("dst_ip", "dst_port", "new_ip", "new_port"),
}
# Lists of dozens of algorithms, of which the HASSH is the digest.
_LONG_WINDED = frozenset(
    {"hasshAlgorithms", "kexAlgs", "keyAlgs", "encCS", "macCS", "compCS", "langCS"},
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a session. The fields stand in the order of the query."""

    ts: int  # microseconds UTC
    eventid: str
    dialect: int
    payload: str  # JSON text
    is_escaped: int  # 1 when the payload had to be escaped, and the exact line stands beside it
    batch: int
    offset: int
    digest: str  # hex

    def fields(self) -> dict[str, Any]:
        """Return the payload decoded; what is too deep, or a number too long, comes as the text `payload`."""
        try:
            decoded = json.loads(self.payload)
        except (ValueError, RecursionError):
            return {"payload": self.payload}
        return decoded if isinstance(decoded, dict) else {"payload": self.payload}


def find_sessions(reader: Reader, name: str, *, sensors: Sequence[str] = ()) -> list[SessionSummary]:
    """Return the sessions with this id, one a sensor; else those of the only id that begins with it.

    Raise NotFound when there is none, and DataError that names them when several ids begin with it.
    """
    by_id = choose_sensors(((key, name) for key, name in reader.rows("sensors")), sensors)
    parameters = {"sensors": tuple(by_id), "most": CANDIDATES_MAX + len(by_id)}
    rows = list(reader.rows("sessions_named", first=name, last=name, **parameters))
    if not rows and name:
        rows = list(reader.rows("sessions_named", first=name, last=name + _LAST_CHARACTER, **parameters))
    found = [session_of(row, by_id) for row in rows]
    ids = sorted({one.session for one in found})
    if not ids:
        where = f" on {', '.join(sensors)}" if sensors else ""
        raise NotFound(f"the store holds no session {name!r}{where}", hint="list sessions with: nacre sessions")
    if len(ids) > 1:
        shown = ", ".join(ids[:CANDIDATES_MAX]) + (", …" if len(ids) > CANDIDATES_MAX else "")
        raise DataError(f"several sessions begin with {name!r}: {shown}", hint="give more of the id")
    return found


def session_events(reader: Reader, summary: SessionSummary) -> Iterator[Event]:
    """Stream the session's events in order of time."""
    return (Event(*row) for row in reader.rows("session_events", session=summary.row))


def show_document(reader: Reader, found: Sequence[SessionSummary]) -> dict[str, Any]:
    """Return sessions with their events as JSON has them."""
    return {
        "sessions": [
            {
                **session_document(one),
                "timeline": [_event_document(event) for event in session_events(reader, one)],
            }
            for one in found
        ]
    }


def _event_document(event: Event) -> dict[str, Any]:
    return {
        "time": iso_time(event.ts),
        "eventid": event.eventid,
        "dialect": event.dialect,
        "escaped": bool(event.is_escaped),
        "batch": event.batch,
        "offset": event.offset,
        "digest": event.digest,
        "payload": event.fields(),
    }


def show_lines(reader: Reader, found: Sequence[SessionSummary], *, is_raw: bool = False) -> Iterator[str]:
    """Yield sessions as text: what is known of each, then a line an event."""
    if len(found) > 1:
        yield f"{len(found)} sensors have a session {terminal(found[0].session)}; --sensor chooses one"
        yield ""
    for position, one in enumerate(found):
        if position:
            yield ""
        yield from _head(one, is_raw=is_raw)
        yield ""
        for event in session_events(reader, one):
            yield _line(event, one.first_ts, is_raw=is_raw)


def _head(one: SessionSummary, *, is_raw: bool) -> Iterator[str]:
    yield f"session  {terminal(one.session)} on {terminal(one.sensor)}"
    yield f"time     {iso_time(one.first_ts)} to {iso_time(one.last_ts)}, {duration(one.length_ms)}"
    source = _shown(one.src_ip or "?", is_raw=is_raw) + (f" port {one.src_port}" if one.src_port is not None else "")
    target = f" to {_shown(one.dst_ip, is_raw=True)} port {one.dst_port}" if one.dst_ip is not None else ""
    yield f"from     {source}{target}{f', {terminal(one.protocol)}' if one.protocol else ''}"
    if one.client is not None or one.hassh is not None:
        hassh = f", HASSH {_shown(one.hassh, is_raw=is_raw)}" if one.hassh else ""
        yield f"client   {_shown(one.client or '?', is_raw=is_raw)}{hassh}"
    first = ""
    if one.success_username is not None:
        password = "a key" if one.success_password is None else quoted(one.success_password, 60)
        first = f"; first with {quoted(one.success_username, 60)} : {password}"
    yield f"logins   {grouped(one.logins_succeeded)} succeeded, {grouped(one.logins_failed)} failed{first}"
    counts = (
        (one.events, "event"),
        (one.commands, "command"),
        (one.downloads, "download"),
        (one.uploads, "upload"),
        (one.forwards, "forward"),
        (one.ttylogs, "recording"),
    )
    yield f"counts   {', '.join(counted(*pair) for pair in counts)}"
    notes = [name.replace("_", " ") for name in one.flag_names]
    notes += [f"the id was given to {one.connects} connections"] if one.connects > 1 else []
    if notes:
        yield f"notes    {', '.join(notes)}"


def _line(event: Event, start_ts: int, *, is_raw: bool) -> str:
    since = f"{(event.ts - start_ts) / 1_000_000:+.3f}"
    name = terminal(event.eventid.removeprefix("cowrie."), 24)
    mark = " (escaped)" if event.is_escaped else ""
    return f"{iso_time(event.ts)} {since:>10}  {name:<24} {_said(event, is_raw=is_raw)}{mark}".rstrip()


def _said(event: Event, *, is_raw: bool) -> str:
    fields = event.fields()
    leading = [name for name in _LEADING.get(event.eventid, ()) if name in fields]
    words = [_shown(fields[name], is_raw=is_raw) for name in leading]
    for name, value in fields.items():
        if name not in ENVELOPE and name not in leading and name not in _LONG_WINDED:
            words.append(f"{terminal(name, 40)}={_shown(value, is_raw=is_raw)}")
    return " ".join(words)


def _shown(value: Any, *, is_raw: bool) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return quoted(text if is_raw else defang(text), VALUE_COLUMNS)
