"""Lists of sessions: each filter, pages that fit together, and text that is safe."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reading import BUSY, HOSTILE, SCOUT, SHASUM, STEER, TITLE, URL
from tests.unit.report.questions import DAY

from nacre.errors import NotFound, UsageError
from nacre.insight import sessions as room
from nacre.insight.sessions import Filters, list_sessions, page_document, page_lines
from nacre.model.calendar import DAY_US
from nacre.store.reader import SqliteReader

CELLAR, ATTIC = ("cellar", BUSY), ("attic", BUSY)
STEERING, SCOUTING = ("attic", HOSTILE), ("attic", SCOUT)
START = DAY * DAY_US


def found(reader: SqliteReader, **filters: Any) -> list[tuple[str, str]]:
    """Return sensor and id of the sessions that meet some filters."""
    page = list_sessions(reader, Filters(**filters), limit=50)
    return [(one.sensor, one.session) for one in page.sessions]


@pytest.mark.parametrize("rare", [0, 20_000])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [CELLAR, STEERING, ATTIC, SCOUTING]),
        ({"sensors": ("cellar",)}, [CELLAR]),
        ({"since_us": START}, [CELLAR, STEERING, ATTIC]),
        ({"until_us": START}, [SCOUTING]),
        ({"since_us": START, "until_us": START + 1}, [ATTIC]),
        ({"ip": "192.0.2.7"}, [ATTIC, SCOUTING]),
        ({"username": "root"}, [ATTIC, SCOUTING]),
        ({"username": "root", "password": "admin"}, [ATTIC]),
        ({"username": STEER, "password": ""}, [STEERING]),
        ({"password": ""}, [STEERING]),
        ({"command": TITLE}, [STEERING]),
        ({"client": "SSH-2.0-Go"}, [ATTIC, SCOUTING]),
        ({"client": "SSH-2.0-Go", "url": URL}, [ATTIC]),
        ({"hassh": "a" * 32}, [SCOUTING]),
        ({"file": SHASUM}, [ATTIC]),
        ({"protocol": "telnet"}, [CELLAR]),
        ({"succeeded": True}, [STEERING, ATTIC]),
        ({"succeeded": False}, [CELLAR, SCOUTING]),
        ({"commands_min": 2}, [ATTIC]),
        ({"downloads_min": 1}, [ATTIC]),
        ({"username": "nobody"}, []),
    ],
)
def test_filters(
    reader: SqliteReader,
    monkeypatch: pytest.MonkeyPatch,
    rare: int,
    filters: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    """Each filter finds its sessions, newest first, whichever of the two queries is taken."""
    monkeypatch.setattr(room, "RARE_SESSIONS", rare)

    assert found(reader, **filters) == expected


@pytest.mark.parametrize("filters", [Filters(), Filters(ip="192.0.2.7"), Filters(until_us=START + DAY_US)])
def test_pages_fit_together(reader: SqliteReader, filters: Filters) -> None:
    """Pages of one session each, put together, are the whole list."""
    whole = list_sessions(reader, filters, limit=50)
    pages = [list_sessions(reader, filters, limit=1)]
    while pages[-1].next:
        pages.append(list_sessions(reader, filters, limit=1, after=pages[-1].next))

    assert (tuple(one for page in pages for one in page.sessions), whole.next) == (whole.sessions, None)


def test_cursor_that_is_none(reader: SqliteReader) -> None:
    """A cursor that no page ended with is a mistake of usage."""
    with pytest.raises(UsageError):
        list_sessions(reader, Filters(), limit=1, after="yesterday")


def test_unknown_sensor(reader: SqliteReader) -> None:
    """A sensor that the store does not know is not an empty list."""
    with pytest.raises(NotFound):
        found(reader, sensors=("roof",))


def test_lines_are_safe(reader: SqliteReader) -> None:
    """A list is a line a session, without a character that could steer a terminal, and defanged."""
    lines = list(page_lines(list_sessions(reader, Filters(), limit=50)))

    assert (len(lines), [line for line in lines if not line.isprintable()], "192.0.2.7" in "".join(lines)) == (
        5,
        [],
        False,
    )


def test_empty_list_says_so(reader: SqliteReader) -> None:
    """A list without sessions is told in words."""

    assert list(page_lines(list_sessions(reader, Filters(ip="192.0.2.99"), limit=5))) == ["no sessions"]


def test_document(reader: SqliteReader) -> None:
    """JSON has the text as stored, times as text, and no id of the store's own."""
    (session,) = page_document(list_sessions(reader, Filters(username=STEER), limit=5))["sessions"]
    names = ("sensor", "session", "success_username", "first", "closed", "flags", "length_ms")

    assert [session[name] for name in names] + ["row" in session] == [
        "attic",
        HOSTILE,
        STEER,
        "2026-11-24T01:00:00.000000Z",
        None,
        ["drift", "escaped"],
        3000,
        False,
    ]
