"""Synthetic logs: known to the parser, in order, repeatable, of reserved addresses, bounded in memory."""

from __future__ import annotations

import hashlib
import ipaddress
import itertools
import json
import re
import tracemalloc
from collections import Counter

import pytest

from nacre.generate import Plan, lines
from nacre.parse.events import decode_strict
from nacre.parse.registry import Dialect, dialect_of

DIALECTS = [each for each in Dialect if each is not Dialect.UNKNOWN]
RESERVED = [
    ipaddress.ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
ADDRESS = re.compile(rb'"src_ip": ?"([^"]+)"')


def log(**options: object) -> bytes:
    """Return a whole log."""
    return b"".join(lines(Plan(**options)))  # type: ignore[arg-type]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_line_is_an_event_of_its_dialect(dialect: Dialect) -> None:
    """The strict decoder takes each line, hostile words or not, the registry tells the dialect asked for."""
    found = log(dialect=int(dialect), events=3000, hostile=0.2).splitlines()
    assert Counter(dialect_of(decode_strict(line), line) for line in found) == {int(dialect): 3000}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sessions_run_at_once_in_order_of_time(dialect: Dialect) -> None:
    """Time never goes back, and sessions interleave."""
    events = [json.loads(line) for line in log(dialect=int(dialect), events=3000, days=0.005).splitlines()]
    stamps = [event["timestamp"].removesuffix("Z").ljust(26, ".") for event in events]
    assert [stamp[:19] for stamp in stamps] == sorted(stamp[:19] for stamp in stamps)
    changes = sum(one["session"] != other["session"] for one, other in itertools.pairwise(events))
    assert changes > 2 * len({event["session"] for event in events})


def test_a_session_is_whole() -> None:
    """Each closed session begins with its connect, ends with its close, and says how long it took."""
    events: dict[str, list[dict[str, object]]] = {}
    for line in log(events=5000).splitlines():
        event = json.loads(line)
        events.setdefault(event["session"], []).append(event)
    closed = [each for each in events.values() if each[-1]["eventid"] == "cowrie.session.closed"]
    assert len(closed) > 0.9 * len(events)
    for session in closed:
        assert session[0]["eventid"] == "cowrie.session.connect"
        assert [event["eventid"] for event in session].count("cowrie.session.closed") == 1
        assert len({(event["src_ip"], event["sensor"], event["protocol"]) for event in session}) == 1


@pytest.mark.parametrize(
    ("dialect", "kinds"),
    [(3, {float}), (4, {float}), (5, {float, str}), (6, {int})],
)
def test_a_duration_has_the_form_of_its_dialect(dialect: int, kinds: set[type]) -> None:
    """A number, a text for SSH beside a number for telnet, milliseconds."""
    key = "duration_ms" if dialect == 6 else "duration"
    events = [json.loads(line) for line in log(dialect=dialect, events=3000).splitlines()]
    assert {type(event[key]) for event in events if event["eventid"].endswith("closed")} == kinds


def test_addresses_are_reserved_for_documentation() -> None:
    """No source is anybody's."""
    found = {ipaddress.ip_address(each.decode()) for each in ADDRESS.findall(log(events=20_000))}
    assert len(found) > 300
    assert {address.version for address in found} == {4, 6}
    for address in found:
        assert any(address in network for network in RESERVED)


def test_the_same_plan_gives_the_same_bytes() -> None:
    """On every machine and every Python: the digest is that of the log when this was written."""
    data = log(events=2000, seed=7, sensors=3, hostile=0.1)
    assert data == log(events=2000, seed=7, sensors=3, hostile=0.1)
    assert data != log(events=2000, seed=8, sensors=3, hostile=0.1)
    assert hashlib.sha256(data).hexdigest() == "4036fed1a5ac769d1c41755e9a446f932cc340c4029326cf7e74429523099309"


def test_a_log_has_the_size_that_was_asked_for() -> None:
    """Events are exact; bytes end with the line that reaches them; with both the first ends it."""
    assert log(events=777).count(b"\n") == 777
    data = log(bytes=100_000)
    assert len(data) >= 100_000 > len(data[:-1].rpartition(b"\n")[0])
    assert log(bytes=100_000, events=5).count(b"\n") == 5
    assert log().count(b"\n") == 10_000


def test_a_log_spans_its_days_and_sensors() -> None:
    """Within a few percent, and each sensor has its share."""
    events = [json.loads(line) for line in log(events=20_000, days=10, sensors=4).splitlines()]
    assert events[0]["timestamp"] == "2026-01-01T00:00:00.000000Z"
    assert "2026-01-10T12" < events[-1]["timestamp"] < "2026-01-11T12"
    counts = Counter(event["sensor"] for event in events)
    assert set(counts) == {f"sensor-{number:02d}" for number in range(1, 5)}
    assert min(counts.values()) > 4000


def test_memory_does_not_grow_with_the_log() -> None:
    """A crowded log, where a million events fall into a minute, holds no more sessions than a small one."""
    stream = lines(Plan(events=1_000_000, days=1 / 1440))
    tracemalloc.start()
    try:
        for _ in itertools.islice(stream, 10_000):
            pass
        early = tracemalloc.get_traced_memory()[0]
        for _ in itertools.islice(stream, 40_000):
            pass
        assert tracemalloc.get_traced_memory()[0] < 1.5 * early + 500_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "options",
    [{"dialect": 0}, {"dialect": 7}, {"events": 0}, {"bytes": 0}, {"days": 0}, {"sensors": 0}, {"hostile": 1.5}],
)
def test_a_plan_out_of_range_is_refused(options: dict[str, object]) -> None:
    """With the name of what is wrong."""
    with pytest.raises(ValueError, match=next(iter(options))):
        Plan(**options)  # type: ignore[arg-type]
