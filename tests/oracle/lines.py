"""The oracle's reader: the bytes of a Cowrie log to events, whatever release wrote it and whatever frames it.

Written from Cowrie's documentation and from what its releases are known to write; nothing of nacre is used.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
QUARTER_US = 15 * 60 * 1_000_000
ZONE_US_MAX = 14 * 4 * QUARTER_US
ROUNDED_US = 2_000_000

# Cowrie writes one object a line; collections wrap the objects in arrays, or in {"events": [...]}. A copytruncate under
# a writer that keeps its offset leaves NULs.
_FRAME = b" \t\r\n[],\0"
_WRAPPER = re.compile(rb'\{\s*"events"\s*:\s*\[')
# Cowrie writes a quote inside a value as \", so these bytes are where an event begins: after a torn line, too.
_BEGIN = re.compile(rb'\{"(?:session|eventid)": ?"')
_decode_at = json.JSONDecoder().raw_decode

# Ids of 2015 and January 2016 by their number, in Cowrie's order.
_NUMBERED = (
    *("session.connect", "login.success", "login.failed", "log.open", "command.success", "command.failed"),
    *("session.file_download", "session.input", "client.version", "client.size", "session.closed", "log.closed"),
    *("client.var", "direct-tcpip.request", "direct-tcpip.data", "client.fingerprint", "session.file_upload"),
)
_OLD_ID = re.compile(r"(?:KIPP|COW)(\d{4})")


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a log."""

    ts: int  # microseconds since 1970, UTC
    eventid: str  # the id of today, without "cowrie."
    is_numbered: bool  # written as KIPPnnnn or COWnnnn
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in a log between two newlines, or one of several objects there, or one object over several lines."""

    content: bytes
    event: Event | None
    is_blank: bool = False  # nothing in it, or brackets and commas around events


def read(path: Path) -> bytes:
    """Return the whole content of a log."""
    content = path.read_bytes()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def lines_of(data: bytes) -> Iterator[Line]:
    """Yield all that a log holds, in its order."""
    at, frame = 0, _FRAME
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        line = data[at:end]
        value = _maybe_object(line)
        if value is not None and not _WRAPPER.match(line.lstrip()):
            yield Line(line, maybe_event(value))
            at = end + 1
        elif not line.strip(frame):
            if at == 0 or data[at - 1 : at] == b"\n":  # else it is what follows the last object of a line
                yield Line(line, None, is_blank=True)
            at = end + 1
        else:
            start = end - len(line.lstrip(frame))
            wrapper = _WRAPPER.match(data, start)
            if wrapper:  # what closes it comes at the end
                frame = _FRAME + b"}"
                if not data[wrapper.end() : end].strip(frame):
                    yield Line(line, None, is_blank=True)
            at = wrapper.end() if wrapper else (yield from _odd(data, start, end))


def _odd(data: bytes, start: int, end: int) -> Generator[Line, None, int]:
    """Yield what begins at `start` and is not one event on one line, which ends at `end`; return where to go on."""
    if data[start : start + 1] == b"{":
        try:
            # Latin-1 has a character for each byte: what is found is an offset in the bytes.
            stop = start + _decode_at(data[start:].decode("latin-1"))[1]
        except ValueError:
            pass
        else:
            content = data[start:stop]
            value = _maybe_object(content)
            yield Line(content, maybe_event(value) if value is not None else None)
            return stop
    begin = _BEGIN.search(data, start + 1, end)
    stop = begin.start() if begin else end
    yield Line(data[start:stop], None)
    return stop if begin else end + 1


def _maybe_object(line: bytes) -> dict[str, Any] | None:
    text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def maybe_event(fields: dict[str, Any]) -> Event | None:
    """Return the event of an object, or None: an event has an id, and a time that is known to the zone."""
    name = fields.get("eventid")
    ts = _time(fields.get("timestamp"), fields.get("epoch"))
    if ts is None or not isinstance(name, str) or not name:
        return None
    old = _OLD_ID.fullmatch(name)
    eventid = _NUMBERED[int(old[1]) - 1] if old else name.removeprefix("cowrie.")
    if "@timestamp" in fields and ("dest_ip" in fields or "t-pot_hostname" in fields):  # by way of logstash
        renamed = {"dest_ip": "dst_ip", "dest_port": "dst_port"}
        fields = {renamed.get(key, key): value for key, value in fields.items()}
    return Event(ts, eventid, old is not None, fields)


def _time(text: object, epoch: object) -> int | None:
    """Return microseconds since 1970: of the text, put right by Cowrie's own milliseconds where these are written."""
    told = epoch * 1000 if isinstance(epoch, int) and not isinstance(epoch, bool) else None
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        return told
    ts = (moment - EPOCH) // MICROSECOND
    if told is None:
        return ts
    # A local time with a Z is a defect of some releases: it is off by whole quarter hours, 14 hours at most.
    skew = round((ts - told) / QUARTER_US) * QUARTER_US
    return ts - skew if abs(skew) <= ZONE_US_MAX and abs(ts - told - skew) < ROUNDED_US else ts
