"""One session: found by its id or the beginning of it, told event by event."""

from __future__ import annotations

import json

import pytest
from tests.reading import BUSY, HOSTILE, SCOUT, TITLE

from nacre.errors import DataError, NotFound
from nacre.insight.show import Event, find_sessions, show_document, show_lines
from nacre.store.reader import SqliteReader


def lines(reader: SqliteReader, name: str, *, is_raw: bool = False) -> list[str]:
    """Return a session as text."""
    return list(show_lines(reader, find_sessions(reader, name), is_raw=is_raw))


@pytest.mark.parametrize(
    ("name", "sensors", "expected"),
    [
        (SCOUT, (), ["attic"]),
        ("aaaa", (), ["attic"]),
        (BUSY, (), ["attic", "cellar"]),
        (BUSY[:-1], ("cellar",), ["cellar"]),
        (BUSY, ("cellar",), ["cellar"]),
    ],
)
def test_finding(reader: SqliteReader, name: str, sensors: tuple[str, ...], expected: list[str]) -> None:
    """A session is found by its id, on each sensor that has it, and by the beginning of its id."""

    assert [one.sensor for one in find_sessions(reader, name, sensors=sensors)] == expected


@pytest.mark.parametrize(
    ("name", "error"), [("bbbb", DataError), ("", NotFound), ("zzzz", NotFound), ("%", NotFound), ("aaaa*", NotFound)]
)
def test_not_finding(reader: SqliteReader, name: str, error: type[DataError]) -> None:
    """A beginning that several ids share is not guessed at, and no character in it is a wildcard."""
    with pytest.raises(DataError) as caught:
        find_sessions(reader, name)

    assert type(caught.value) is error


def test_timeline(reader: SqliteReader) -> None:
    """A session is told in order, an event a line, with the time since its first."""
    timeline = lines(reader, SCOUT)[7:]

    assert timeline == [
        "2026-11-23T00:00:00.000000Z     +0.000  session.connect          192.0.2[.]7 40000 10.0.0[.]1 2222 ssh",
        "2026-11-23T00:00:01.000000Z     +1.000  client.version           SSH-2.0-Go",
        f"2026-11-23T00:00:01.000000Z     +1.000  client.kex               {'a' * 32}",
        "2026-11-23T00:00:02.000000Z     +2.000  login.failed             root 123456",
        "2026-11-23T00:00:03.000000Z     +3.000  session.closed           duration_ms=3000",
    ]


@pytest.mark.parametrize("is_raw", [False, True])
def test_lines_are_safe(reader: SqliteReader, is_raw: bool) -> None:
    """No line of a hostile session has a character that could steer a terminal, raw or not."""

    assert [line for line in lines(reader, HOSTILE, is_raw=is_raw) if not line.isprintable()] == []


def test_two_sensors_are_announced(reader: SqliteReader) -> None:
    """When two sensors have the id, the text begins by saying so."""

    assert lines(reader, BUSY)[0] == f"2 sensors have a session {BUSY}; --sensor chooses one"


def test_document(reader: SqliteReader) -> None:
    """JSON has each payload whole and as stored."""
    (session,) = show_document(reader, find_sessions(reader, HOSTILE))["sessions"]
    timeline = session["timeline"]

    assert (timeline[2]["payload"]["input"], [event["escaped"] for event in timeline]) == (
        TITLE,
        [False, False, False, True],
    )


@pytest.mark.parametrize("payload", ["[" * 100_000, '{"a":' + "9" * 5000 + "}", "[1]"])
def test_payload_that_cannot_be_decoded_is_shown_as_text(payload: str) -> None:
    """A payload that is too deep, has too long a number, or is no object comes out as the text it is."""
    event = Event(0, "cowrie.x", 0, payload, 0, 1, 0, "")

    assert event.fields() == {"payload": payload}


def test_document_is_json(reader: SqliteReader) -> None:
    """What is printed with --json can be written as JSON."""

    assert json.loads(json.dumps(show_document(reader, find_sessions(reader, BUSY))))["sessions"][1]["sensor"] == (
        "cellar"
    )
