"""Small logs made by hand, honest and hostile, for tests of the whole way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

DAY_SECONDS = 86_400
BASE = "2026-11-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{micro:06d}Z"


def stamp(second: int, micro: int = 0) -> str:
    """Return the time so many seconds after 2026-11-20, as Cowrie writes it."""
    day, rest = divmod(second, DAY_SECONDS)
    hour, rest = divmod(rest, 3600)
    return BASE.format(day=20 + day, hour=hour, minute=rest // 60, second=rest % 60, micro=micro)


def event(eventid: str, session: str, second: int, **fields: Any) -> bytes:
    """Return a line as Cowrie 3.1 writes it, without its newline."""
    head: Mapping[str, Any] = {
        "session": session,
        "protocol": "ssh",
        "src_ip": "192.0.2.7",
        "src_port": 40000,
    }
    tail = {
        "eventid": f"cowrie.{eventid}",
        "sensor": "attic",
        "uuid": "u",
        "timestamp": stamp(second),
        "message": "m",
    }
    return json.dumps({**head, **fields, **tail}, separators=(",", ":")).encode()


def pretty(line: bytes) -> bytes:
    """Return an event spread over many lines."""
    return json.dumps(json.loads(line), indent=2).encode()


NAMES = st.sampled_from(["root", "admin", "pi", "", "üñí", "a\u0000b", "x" * 1500])
SESSIONS = st.sampled_from([f"{number:012x}" for number in range(6)])
SECONDS = st.integers(0, 3 * DAY_SECONDS - 1)


@st.composite
def events(draw: st.DrawFn) -> bytes:
    """Draw one event of some session."""
    session, second = draw(SESSIONS), draw(SECONDS)
    kind = draw(st.sampled_from(["connect", "failed", "success", "command", "closed", "kex", "file", "unknown"]))
    source = draw(st.sampled_from(["192.0.2.7", "198.51.100.9"]))
    if kind == "connect":
        return event("session.connect", session, second, src_ip=source, dst_ip="10.0.0.1", dst_port=2222)
    if kind in ("failed", "success"):
        return event(f"login.{kind}", session, second, username=draw(NAMES), password=draw(NAMES))
    if kind == "command":
        return event(
            "command.input",
            session,
            second,
            input=draw(st.sampled_from(["id", "uname -a", "cat /x 1.2.3.4"])),
        )
    if kind == "closed":
        return event("session.closed", session, second, duration_ms=draw(st.integers(0, 10**8)))
    if kind == "kex":
        return event("client.kex", session, second, hassh=draw(st.sampled_from(["a" * 32, "b" * 32])))
    if kind == "file":
        return event("session.file_download", session, second, url="http://198.51.100.1/x", shasum="c" * 64)
    return event("session.teleport", session, second, speed=draw(st.integers()))


ODD = st.sampled_from(
    [
        b"",
        b"   ",
        b"\r",
        b"not json",
        b"[1,2]",
        b'"text"',
        b"{}",
        b'{"eventid":"cowrie.session.connect"}',
        b'{"eventid":"cowrie.client.version","version":"SSH-2.0-torn',
        b'{"timestamp":"2026-11-20T00:00:00Z"}',
        b"\xff\xfe",
        b"\0\0\0\0",
        b"[",
        b"]",
        b"{",
        b"}",
        b"  ],",
        b'{"events": [',
    ]
)


@st.composite
def pieces(draw: st.DrawFn) -> bytes:
    """Draw what stands between two newlines, or spans several: an event, one in some frame, or something odd."""
    line = draw(events())
    form = draw(st.integers(0, 11))
    if form == 0:
        return draw(ODD)
    if form == 1:
        return pretty(line)
    if form == 2:
        return b"[" + line + b"," + draw(events()) + b"]"
    if form == 3:
        return line[: draw(st.integers(1, len(line)))] + draw(events())
    if form == 4:
        return b"\0" * draw(st.integers(1, 50)) + line
    if form == 5:
        return line + b"\r"
    if form == 6:
        return line[:-2] + b"\xff\xfe" + line[-2:]
    return line


def logs(max_size: int = 25) -> st.SearchStrategy[bytes]:
    """Draw a whole log; its last line may lack its newline."""
    return st.builds(
        lambda lines, newline: b"\n".join(lines) + (b"\n" if newline else b""),
        st.lists(pieces(), max_size=max_size),
        st.booleans(),
    )
