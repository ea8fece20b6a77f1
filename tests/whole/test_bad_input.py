"""Bad input through the real command: nothing aborts, every line is counted right and stored byte for byte."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.logs import event

NACRE = Path(sys.executable).parent / "nacre"
GOOD = event("session.connect", "0000000000aa", 1)
SPARE = event("session.closed", "0000000000aa", 2, duration_ms=5)
HEAD, TAIL = b'{"eventid":"cowrie.command.input","session":"0000000000ab",', b',"timestamp":"2026-11-20T00:00:00.5Z"}'


def command(inner: bytes) -> bytes:
    """Return a command.input whose other fields are `inner`."""
    return HEAD + inner + TAIL


STORED = {
    "invalid utf-8": command(b'"input":"\xff\xfe\x80"'),
    "latin-1": command(b'"input":"\xe9t\xe9"'),
    "utf-8": command('"input":"été 日本 🐚"'.encode()),
    "escaped nul": command(rb'"input":"a\u0000b"'),
    "lone surrogate": command(rb'"input":"\ud800"'),
    "surrogate pair": command(rb'"input":"\ud83d\ude00"'),
    "duplicate key": command(b'"input":"first","input":"second"'),
    "not a number": command(b'"input":"x","size":NaN'),
    "infinity": command(b'"input":"x","size":-Infinity'),
    "huge number": command(b'"input":"x","size":1e999'),
    "beyond 64 bits": command(b'"input":"x","size":123456789012345678901234567890'),
    "five thousand digits": command(b'"input":"x","size":' + b"9" * 5000),
    "ten thousand deep": command(b'"input":"x","deep":' + b"[" * 10_000 + b"]" * 10_000),
    "null": command(b'"input":null'),
    "wrong types": command(b'"input":17,"src_port":"many"'),
    "byte-order mark": b"\xef\xbb\xbf" + command(b'"input":"bom"'),
    "carriage return": command(b'"input":"crlf"') + b"\r",
    "spaces around": b"  " + command(b'"input":"spaces"') + b" \t",
    "unknown event": b'{"eventid":"cowrie.new.thing","timestamp":"2027-01-01T00:00:00Z","x":[1,{"y":null}]}',
    "no session": b'{"eventid":"cowrie.client.size","timestamp":"2026-11-20T00:00:00+0530","width":4294967295}',
    "12 MB": command(b'"input":"' + b"A" * 12_000_000 + b'"'),
}

REJECTED = {
    "text": (b"Connecting to hpfeeds server.", "not_json"),
    "torn": (GOOD[:-20], "not_json"),
    "raw nul inside": (GOOD[:40] + b"\0" + GOOD[40:], "not_json"),
    "number": (b"17", "not_object"),
    "list of numbers": (b"[1,2]", "not_object"),
    "no event id": (b'{"timestamp":"2026-11-20T00:00:00Z"}', "no_eventid"),
    "event id is a number": (b'{"eventid":5,"timestamp":"2026-11-20T00:00:00Z"}', "no_eventid"),
    "no timestamp": (b'{"eventid":"cowrie.session.connect"}', "no_timestamp"),
    "naive timestamp": (b'{"eventid":"cowrie.session.connect","timestamp":"2026-11-20T00:00:00"}', "no_timestamp"),
    "impossible timestamp": (
        b'{"eventid":"cowrie.session.connect","timestamp":"2026-02-30T00:00:00Z"}',
        "no_timestamp",
    ),
}


def load(folder: Path, content: bytes, *options: str) -> tuple[dict[str, int], sqlite3.Connection]:
    """Load a file with the real command; return the receipt and a connection to the store."""
    log, store = folder / "cowrie.json", folder / "nacre.db"
    log.write_bytes(content)
    done = subprocess.run(
        [str(NACRE), "--store", str(store), "load", "--json", *options, str(log)], capture_output=True, check=True
    )
    return json.loads(done.stdout), sqlite3.connect(store)


def stored_lines(connection: sqlite3.Connection) -> set[bytes]:
    """Return the lines of all events as the store gives them back."""
    rows = connection.execute("SELECT payload, line FROM raw_events")
    return {payload.encode() if line is None else line for payload, line in rows}


@pytest.mark.parametrize("name", sorted(STORED))
def test_odd_events_are_stored(name: str, tmp_path: Path) -> None:
    """An event with something odd in it is stored byte for byte, beside its plain neighbours, as valid JSON."""
    receipt, connection = load(tmp_path, b"\n".join([GOOD, STORED[name], SPARE]) + b"\n")

    with closing(connection):
        assert (3, 3, 0) == (receipt["lines"], receipt["stored"], receipt["rejected"])
        assert {GOOD, STORED[name], SPARE} == stored_lines(connection)
        assert [] == connection.execute("SELECT id FROM raw_events WHERE NOT json_valid(payload)").fetchall()


@pytest.mark.parametrize("name", sorted(REJECTED))
def test_what_is_no_event_is_refused(name: str, tmp_path: Path) -> None:
    """What is no event is kept verbatim with the reason, and its neighbours are stored."""
    line, reason = REJECTED[name]
    receipt, connection = load(tmp_path, b"\n".join([GOOD, line, SPARE]) + b"\n")

    with closing(connection):
        assert (3, 2, 1) == (receipt["lines"], receipt["stored"], receipt["rejected"])
        assert [(reason, line)] == connection.execute("SELECT reason, line FROM rejects").fetchall()
        assert {GOOD, SPARE} == stored_lines(connection)


def test_blank_lines_are_counted(tmp_path: Path) -> None:
    """Empty lines, spaces and carriage returns alone are blank: neither stored nor refused."""
    receipt, connection = load(tmp_path, GOOD + b"\n\n  \n\r\n" + SPARE + b"\n")
    connection.close()

    assert (5, 2, 3) == (receipt["lines"], receipt["stored"], receipt["blank"])


def test_a_line_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line over the limit keeps its head, length and digest, in memory that does not grow with it."""
    monkeypatch.setenv("NACRE_LINE_BYTES_MAX", "100000")
    line = command(b'"input":"' + b"A" * 5_000_000 + b'"')
    receipt, connection = load(tmp_path, b"\n".join([GOOD, line, SPARE]) + b"\n")

    with closing(connection):
        assert (3, 2, 1) == (receipt["lines"], receipt["stored"], receipt["rejected"])
        found = connection.execute("SELECT reason, length, line FROM rejects").fetchall()
        assert [("too_long", len(line), line[: 64 * 1024])] == found


def test_everything_at_once(tmp_path: Path) -> None:
    """All of it in one file: every count is right, and a second load stores nothing."""
    lines = [*STORED.values(), *(line for line, _ in REJECTED.values()), b"", GOOD, SPARE, GOOD]
    receipt, connection = load(tmp_path, b"\n".join(lines) + b"\n", "--jobs", "1")
    connection.close()
    again, connection = load(tmp_path, b"\n".join(lines) + b"\n")

    with closing(connection):
        # A torn line directly before the next event is cut where the event begins; here a newline stands between.
        assert len(lines) == receipt["lines"] == receipt["stored"] + receipt["duplicate"] + receipt["rejected"] + 1
        assert (len(STORED) + 2, 1, len(REJECTED)) == (receipt["stored"], receipt["duplicate"], receipt["rejected"])
        assert 0 == again["stored"]
        assert {*STORED.values(), GOOD, SPARE} == stored_lines(connection)
