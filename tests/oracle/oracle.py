"""An independent oracle: what a report on some logs has to say, counted in plain Python straight from the files.

It shares nothing with nacre, neither code nor store. It keeps everything in memory and takes its time.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.oracle.lines import EPOCH, Event, lines_of, read
from tests.oracle.periods import DAY_US, iso, name_of, range_of, start_of

KINDS = (
    *("username", "password", "credential", "command", "ip", "client", "hassh", "url", "file", "key"),
    "forward",
)
TOTALS = (
    *("sessions", "connections", "events", "logins_tried", "logins_succeeded", "logins_failed", "commands"),
    *("downloads", "uploads", "forwards", "sources"),
)
HOUR_US = DAY_US // 24
VALUE_CHARS_MAX = 1024  # a longer value is cut, and told apart by its digest
NOTABLE_MAX = 5

# What each event adds one to.
COUNTED = {
    "session.connect": "connections",
    "login.success": "logins_succeeded",
    "login.failed": "logins_failed",
    "session.file_download": "downloads",
    "session.file_upload": "uploads",
    "direct-tcpip.request": "forwards",
}


@dataclass(slots=True)
class Day:
    """What one sensor saw on one UTC day."""

    counts: Counter[str] = field(default_factory=Counter)
    hours: set[int] = field(default_factory=set)
    named: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(slots=True)
class Session:
    """What is known of one session."""

    times: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    addresses: set[str] = field(default_factory=set)
    protocols: set[str] = field(default_factory=set)
    lengths_ms: list[int] = field(default_factory=list)

    @property
    def length_ms(self) -> int:
        """Return how long it was: as Cowrie says, else from its first event to its last."""
        return max(self.lengths_ms) if self.lengths_ms else (max(self.times) - min(self.times)) // 1000


class Oracle:
    """Reads logs and answers questions; `digest` gives the digest by which a long value is named."""

    def __init__(self, digest: Callable[[bytes], str]) -> None:
        self.tally: Counter[str] = Counter()  # stored, duplicate, rejected, blank
        self.rejected: list[bytes] = []
        self.days: dict[tuple[str, date], Day] = defaultdict(Day)
        self.sessions: dict[tuple[str, str], Session] = defaultdict(Session)
        self.first_seen: dict[tuple[str, str], int] = {}
        self._digest = digest
        self._seen: set[bytes] = set()

    def read(self, path: Path, *, sensor: str | None = None) -> None:
        """Take a log; `sensor` goes before what its events say."""
        for line in lines_of(read(path)):
            if line.is_blank:
                self.tally["blank"] += 1
            elif line.event is None:
                self.tally["rejected"] += 1
                self.rejected.append(line.content)
            else:
                key = hashlib.sha256(line.content).digest()
                self.tally["duplicate" if key in self._seen else "stored"] += 1
                if key not in self._seen:
                    self._seen.add(key)
                    self._count(line.event, sensor)

    # -- counting ---------------------------------------------------------------------------------------------------

    def _count(self, event: Event, sensor: str | None) -> None:
        name = sensor or _text(event, "sensor") or "unnamed"
        day = self.days[shown(name), (EPOCH + timedelta(microseconds=event.ts)).date()]
        day.hours.add(event.ts // HOUR_US % 24)
        counted = ["events"]
        if event.eventid in COUNTED:
            counted.append(COUNTED[event.eventid])
        named = list(_named(event))
        counted += ["commands" for kind, _ in named if kind == "command"]
        day.counts.update(counted)
        for kind, value in named:
            day.named[kind][self._note(kind, value, event.ts)] += 1
        address = _text(event, "src_ip")
        if address is not None:
            value = self._note("ip", address, event.ts)
            day.named["ip"][value] += "connections" in counted
        session_id = _text(event, "session")
        if session_id:
            self._extend(self.sessions[shown(name), shown(session_id)], event, counted, address)

    def _note(self, kind: str, value: str, ts: int) -> str:
        """Return a value as a report names it, and remember when it was first seen on any sensor."""
        value = shown(value)
        if len(value) > VALUE_CHARS_MAX:
            digest = self._digest(value.encode())
            value = f"{value[:VALUE_CHARS_MAX]}…[{len(value)} characters, blake3 {digest}]"
        self.first_seen[kind, value] = min(ts, self.first_seen.get((kind, value), ts))
        return value

    @staticmethod
    def _extend(session: Session, event: Event, counted: Iterable[str], address: str | None) -> None:
        session.times = [min([*session.times, event.ts]), max([*session.times, event.ts])]
        session.counts.update(counted)
        if address is not None:
            session.addresses.add(shown(address))
        session.protocols.update(shown(protocol) for protocol in [_text(event, "protocol")] if protocol is not None)
        if event.eventid == "session.closed":
            session.lengths_ms += _lengths_ms(event)

    # -- answering --------------------------------------------------------------------------------------------------

    def report(self, span: str, period: str, *, sensors: Collection[str] = (), top: int = 10) -> dict[str, Any]:
        """Return the report's JSON document, but for `store`, `batch` and `gaps`, which no log tells."""
        first, end = range_of(span, period)
        before, _ = range_of(span, name_of(span, first - timedelta(days=1)))
        every = sorted({sensor for sensor, _ in self.days})
        chosen = [sensor for sensor in every if not sensors or sensor in sensors]
        known = sorted(day for sensor, day in self.days if sensor in chosen)
        now, then = self._totals(chosen, first, end), self._totals(chosen, before, first)
        return {
            "schema": "nacre.report/1",
            "span": span,
            "period": {"name": period, "start": iso(start_of(first)), "end": iso(start_of(end))},
            "previous": {"name": name_of(span, before), "start": iso(start_of(before)), "end": iso(start_of(first))},
            "sensors": chosen,
            "filtered": bool(sensors),
            "data": {"first_day": str(known[0]), "last_day": str(known[-1])},
            "totals": {name: _change(now[name], then[name]) for name in TOTALS},
            "top": {kind: self._top(kind, chosen, first, end, top) for kind in KINDS},
            "coverage": [self._coverage(sensor, first, end) for sensor in chosen],
            "notable": list(self._notable(chosen, first, end)),
        }

    def _within(self, sensors: Collection[str], first: date, end: date) -> list[Day]:
        return [seen for (sensor, day), seen in self.days.items() if sensor in sensors and first <= day < end]

    def _begun(self, sensors: Collection[str], first: date, end: date) -> list[tuple[str, str]]:
        start_us, end_us = start_of(first), start_of(end)
        return [
            (sensor, session_id)
            for (sensor, session_id), session in self.sessions.items()
            if sensor in sensors and start_us <= min(session.times) < end_us
        ]

    def _totals(self, sensors: Collection[str], first: date, end: date) -> Counter[str]:
        days = self._within(sensors, first, end)
        counts: Counter[str] = Counter()
        for day in days:
            counts.update(day.counts)
        counts["logins_tried"] = counts["logins_failed"] + counts["logins_succeeded"]
        counts["sessions"] = len(self._begun(sensors, first, end))
        counts["sources"] = len({address for day in days for address in day.named["ip"]})
        return counts

    def _top(self, kind: str, sensors: Collection[str], first: date, end: date, top: int) -> dict[str, Any]:
        counts: Counter[str] = Counter()
        for day in self._within(sensors, first, end):
            counts.update(day.named[kind])
        whole = sum(counts.values())
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].encode()))
        entries = [
            {
                "value": value,
                "count": count,
                "share": round(count / whole, 6) if whole else 0.0,
                "new": self.first_seen[kind, value] >= start_of(first),
                "first_seen": iso(self.first_seen[kind, value]),
            }
            for value, count in ordered[:top]
        ]
        fresh = sum(self.first_seen[kind, value] >= start_of(first) for value in counts)
        return {"different": len(counts), "new": fresh, "count": whole, "entries": entries}

    def _coverage(self, sensor: str, first: date, end: date) -> dict[str, Any]:
        days = [first + timedelta(days=number) for number in range((end - first).days)]
        hours = {day: sorted(self.days[sensor, day].hours) if (sensor, day) in self.days else [] for day in days}
        return {
            "sensor": sensor,
            "hours_seen": sum(map(len, hours.values())),
            "hours": 24 * len(days),
            "days": [{"day": str(day), "hours": hours[day]} for day in days],
        }

    def _notable(self, sensors: Collection[str], first: date, end: date) -> Iterator[dict[str, Any]]:
        begun = [(key, self.sessions[key]) for key in self._begun(sensors, first, end)]
        busy = [
            (key, session)
            for key, session in begun
            if session.counts["commands"] + session.counts["downloads"] + session.counts["uploads"]
        ]
        typed = [(key, session) for key, session in busy if session.counts["commands"]]
        by_commands = sorted(typed, key=lambda one: (-one[1].counts["commands"], min(one[1].times), one[0]))
        by_length = sorted(busy, key=lambda one: (-one[1].length_ms, min(one[1].times), one[0]))
        for reason, ordered in (("commands", by_commands), ("length", by_length)):
            for (sensor, session_id), session in ordered[:NOTABLE_MAX]:
                yield {
                    "reason": reason,
                    "sensor": sensor,
                    "session": session_id,
                    "first": iso(min(session.times)),
                    "src_ip": min(session.addresses, default=None),
                    "protocol": min(session.protocols, default=None),
                    **{name: session.counts[name] for name in ("logins_succeeded", "commands", "downloads", "uploads")},
                    "length_ms": session.length_ms,
                }


# -- what an event says -----------------------------------------------------------------------------------------------


def _text(event: Event, name: str) -> str | None:
    value = event.fields.get(name)
    return value if isinstance(value, str) else None


def _named(event: Event) -> Iterator[tuple[str, str]]:
    """Yield kind and value of each thing that an event names, its source address apart."""
    text = {name: value for name, value in event.fields.items() if isinstance(value, str)}
    filled = {name: value for name, value in text.items() if value}
    wanted: list[tuple[str, str | None]] = []
    if event.eventid in ("login.success", "login.failed"):
        wanted += [("username", text.get("username")), ("password", text.get("password"))]
        if "username" in text and "password" in text:
            pair = [shown(text["username"]), shown(text["password"])]
            wanted.append(("credential", json.dumps(pair, ensure_ascii=False, separators=(",", ":"))))
    if event.eventid in ("login.success", "login.failed", "client.fingerprint"):
        wanted.append(("key", text.get("fingerprint")))
    # With numbered ids a command line was a command that was found, or one that was not.
    if event.eventid in (("command.success", "command.failed") if event.is_numbered else ("command.input",)):
        wanted.append(("command", text.get("input")))
    if event.eventid == "client.version" and "version" in text:
        wanted.append(("client", _plain(text["version"])))
    if event.eventid == "client.kex":
        wanted.append(("hassh", filled.get("hassh")))
    if event.eventid in ("session.file_download", "session.file_download.failed"):
        wanted.append(("url", filled.get("url")))
    if event.eventid in ("session.file_download", "session.file_upload"):
        wanted.append(("file", filled.get("shasum")))
    if event.eventid == "direct-tcpip.request" and "dst_ip" in text:
        port = event.fields.get("dst_port")
        wanted.append(("forward", f"{text['dst_ip']}:{port}" if _is_port(port) else text["dst_ip"]))
    return ((kind, value) for kind, value in wanted if value is not None)


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _plain(version: str) -> str:
    """Return the line that an SSH client sent: releases of 2020 and 2021 wrote Python's repr of it."""
    for prefix in ("b'", 'b"', "'", '"'):
        if version.startswith(f"{prefix}SSH-") and version.endswith(prefix[-1]):
            return version[len(prefix) : -1]
    return version


def _lengths_ms(event: Event) -> list[int]:
    """Return how long Cowrie says a session was: seconds as a number or as text, later whole milliseconds."""
    whole, seconds = event.fields.get("duration_ms"), event.fields.get("duration")
    if isinstance(whole, int) and not isinstance(whole, bool) and abs(whole) < 2**63:
        return [whole]
    try:
        return [round(float(seconds) * 1000)] if isinstance(seconds, float | str) else []
    except (ValueError, OverflowError):  # not a number, or no finite one
        return []


def shown(text: str) -> str:
    """Return a text as a store can hold it: escaped where it has NUL, half a surrogate pair or what is no UTF-8."""
    if not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        return text
    return "".join(map(_escaped, text))


def _escaped(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) & 0xFF:02x}"
    if "\ud800" <= char <= "\udfff":
        return f"\\u{ord(char):04x}"
    return {"\0": "\\x00", "\\": "\\\\"}.get(char, char)


def _change(now: int, before: int) -> dict[str, Any]:
    percent = round(100 * (now - before) / before, 2) if before else None
    return {"count": now, "before": before, "change": now - before, "change_percent": percent}
