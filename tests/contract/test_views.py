"""The public views show what the tables hold, in words and times for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.contract.batches import line
from tests.contract.writers import Feeder, open_store

from nacre.model.calendar import DAY_US, iso_time
from nacre.model.entity import Kind
from nacre.store.views import VIEWS

DAY = 20_000 * DAY_US  # 2024-10-04
LINES = [
    line("connect", DAY + 1, "a1", src_ip="192.0.2.1", src_port=1),
    line("failed", DAY + 2, "a1", username="root", password="1"),
    line("success", DAY + 3, "a1", username="root", password="2"),
    line("command", DAY + 4, "a1", input="id"),
    line("connect", DAY + DAY_US, "a1", src_ip="192.0.2.1", src_port=2),
    line("command", DAY + DAY_US + 1, "b2", input="id"),
    line("started", -1),
    b"{",
]


@pytest.fixture
def ask(disk_writer: str, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a connection to a store that holds LINES."""
    path = tmp_path / "store.db"
    with closing(open_store(disk_writer, path)) as store:
        Feeder(store).feed("log", LINES)
    with closing(sqlite3.connect(path)) as connection:
        yield connection


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_view_has_rows(ask: sqlite3.Connection, view: str) -> None:
    """Every view can be read and shows something of a store that holds something."""
    assert [] != ask.execute(f"SELECT * FROM {view}").fetchall()


def answer(connection: sqlite3.Connection, query: str) -> list[Any]:
    """Return all rows of a query."""
    return connection.execute(query).fetchall()


def test_v_events(ask: sqlite3.Connection) -> None:
    """An event has its names, its time and the fields that people filter by; none is left out."""
    found = answer(ask, "SELECT time, sensor, session, eventid, dialect, src_ip, input FROM v_events ORDER BY ts")

    assert len(LINES) - 1 == len(found)
    assert ("1969-12-31T23:59:59.999999Z", "alpha", None, "started", 0, None, None) == found[0]
    assert ("2024-10-04T00:00:00.000001Z", "alpha", "a1", "connect", 6, "192.0.2.1", None) == found[1]
    assert ("2024-10-04T00:00:00.000004Z", "alpha", "a1", "command", 6, None, "id") == found[4]


def test_v_sessions(ask: sqlite3.Connection) -> None:
    """A session says whether its id was used again, and how many logins were tried."""
    query = "SELECT session, reused, logins_tried, success_password, first_time, closed_time FROM v_sessions"

    expected = [
        ("a1", 1, 2, "2", "2024-10-04T00:00:00.000001Z", None),
        ("b2", 0, 0, None, "2024-10-05T00:00:00.000001Z", None),
    ]
    assert expected == answer(ask, query + " ORDER BY session")


def test_v_entities_names_every_kind(ask: sqlite3.Connection) -> None:
    """Every kind has its name in the view."""
    ask.executemany(
        "INSERT OR IGNORE INTO entities (kind, value, first_ts, last_ts) VALUES (?, 'x', 0, 0)",
        [(kind.value,) for kind in Kind],
    )

    assert {kind.label for kind in Kind} == {row[0] for row in answer(ask, "SELECT kind FROM v_entities")}


def test_v_entity_days(ask: sqlite3.Connection) -> None:
    """Counts stand by day, sensor, kind and value."""
    query = "SELECT day, sensor, kind, value, n FROM v_entity_days WHERE kind IN ('ip', 'username') ORDER BY 1, 3"

    expected = [
        ("2024-10-04", "alpha", "ip", "192.0.2.1", 1),
        ("2024-10-04", "alpha", "username", "root", 2),
        ("2024-10-05", "alpha", "ip", "192.0.2.1", 1),
    ]
    assert expected == answer(ask, query)


def test_v_command_stats(ask: sqlite3.Connection) -> None:
    """A command has its number of uses, days, sensors and sessions."""
    query = "SELECT command, n, days, sensors, sessions FROM v_command_stats"

    assert [("id", 2, 2, 1, 2)] == answer(ask, query)


def test_v_coverage(ask: sqlite3.Connection) -> None:
    """A day of a sensor has its hours and counts."""
    query = "SELECT day, sensor, hours, events, connects FROM v_coverage ORDER BY day"

    expected = [
        ("1969-12-31", "alpha", 1 << 23, 1, 0),
        ("2024-10-04", "alpha", 1, 4, 1),
        ("2024-10-05", "alpha", 1, 2, 1),
    ]
    assert expected == answer(ask, query)


def test_v_batches_and_v_rejects(ask: sqlite3.Connection) -> None:
    """A batch and a reject name the file, the run and the time."""
    batches = "SELECT path, lines, stored, rejected, actor, first_time FROM v_batches"
    rejects = "SELECT path, reason, line, state FROM v_rejects"

    assert [("/var/log/log", 8, 7, 1, "ann", "1969-12-31T23:59:59.999999Z")] == answer(ask, batches)
    assert [("/var/log/log", "not_json", b"{", "open")] == answer(ask, rejects)


def test_times_are_those_of_the_calendar(ask: sqlite3.Connection) -> None:
    """The views write a time as the rest of nacre does, at every edge."""
    edges = [-1_000_001, -1_000_000, -1, 0, 1, 999_999, 1_000_000, DAY, 253_402_300_799_999_999]
    entity = "INSERT INTO entities (kind, value, first_ts, last_ts) VALUES (1, ?, ?, ?)"
    ask.executemany(entity, [(f"edge{n}", ts, ts) for n, ts in enumerate(edges)])

    found = answer(ask, "SELECT first_time FROM v_entities WHERE value LIKE 'edge%' ORDER BY first_ts")
    assert [iso_time(ts) for ts in edges] == [row[0] for row in found]
