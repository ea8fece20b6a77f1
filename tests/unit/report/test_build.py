"""What a report counts, against a log whose every event is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reading import BUSY, HOSTILE, SHASUM, STEER, URL
from tests.unit.report.questions import DAY, ask

from nacre.errors import DataError, NotFound
from nacre.model.calendar import Span, parse_period
from nacre.model.entity import Kind
from nacre.report.build import build_report, latest_period
from nacre.report.records import Question, Report, Totals
from nacre.store.reader import SqliteReader
from nacre.store.sqlite import SqliteStore

NOTHING = Totals(
    sessions=0,
    connections=0,
    events=0,
    logins_failed=0,
    logins_succeeded=0,
    commands=0,
    downloads=0,
    uploads=0,
    forwards=0,
    sources=0,
)


def entries(report: Report, kind: Kind) -> list[tuple[str, int, bool]]:
    """Return what a report lists of a kind: value, count, whether it is new."""
    top = next(top for top in report.tops if top.kind is kind)
    return [(entry.value, entry.count, entry.is_new) for entry in top.entries]


def test_totals(reader: SqliteReader) -> None:
    """The day's totals are those of the log, on both sensors."""
    expected = Totals(
        sessions=3,
        connections=3,
        events=16,
        logins_failed=2,
        logins_succeeded=2,
        commands=3,
        downloads=1,
        uploads=0,
        forwards=1,
        sources=3,
    )

    assert ask(reader).totals == expected


def test_comparison(reader: SqliteReader) -> None:
    """The day before is counted in the same way."""
    before = ask(reader).before

    assert (before.sessions, before.events, before.logins_tried, before.sources) == (1, 5, 1, 1)


def test_week_is_the_sum_of_its_days(reader: SqliteReader) -> None:
    """A week that holds both days counts them together, and an address that came on both once."""
    totals = ask(reader, "2026-W48", span=Span.WEEKLY).totals

    assert (totals.sessions, totals.events, totals.sources) == (4, 21, 3)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.USERNAME, [("root", 2, False), (STEER, 1, True), ("pi", 1, True)]),
        (Kind.CREDENTIAL, [(f'["{STEER}",""]'.replace("\x1b", "\\u001b"), 1, True), ('["pi","pi"]', 1, True),
                           ('["root","123456"]', 1, False), ('["root","admin"]', 1, True)]),
        (Kind.IP, [("192.0.2.7", 1, False), ("198.51.100.77", 1, True), ("2001:db8::5", 1, True)]),
        (Kind.CLIENT, [("SSH-2.0-Go", 1, False)]),
        (Kind.HASSH, []),
        (Kind.URL, [(URL, 1, True)]),
        (Kind.FILE, [(SHASUM, 1, True)]),
        (Kind.FORWARD, [("ya.ru:80", 1, True)]),
    ],
)  # fmt: skip
def test_lists(reader: SqliteReader, kind: Kind, expected: list[tuple[str, int, bool]]) -> None:
    """Each kind is listed by count and then by text, exactly as stored; new is what no day before had."""

    assert entries(ask(reader), kind) == expected


def test_list_is_cut_but_its_sums_are_not(reader: SqliteReader) -> None:
    """A list of one entry tells how many there are, how many of them are new, and what share the one has."""
    top = next(top for top in ask(reader, top=1).tops if top.kind is Kind.USERNAME)

    assert (top.entities, top.fresh, top.count, [(one.value, one.share) for one in top.entries]) == (
        3,
        2,
        4,
        [("root", 0.5)],
    )


def test_sensor_filter(reader: SqliteReader) -> None:
    """One sensor's report counts only what that sensor saw, also where the other has the same session id."""
    report = ask(reader, sensors=("cellar",))

    assert (report.totals.sessions, report.totals.events, entries(report, Kind.USERNAME)) == (
        1,
        3,
        [("pi", 1, True)],
    )


def test_coverage(reader: SqliteReader) -> None:
    """A sensor was seen in the hours in which it had an event."""

    assert [(one.sensor, one.hours) for one in ask(reader).coverage] == [("attic", (0b11,)), ("cellar", (0b100,))]


def test_sessions_of_note(reader: SqliteReader) -> None:
    """Sessions in which something was done are ranked by commands and by length; scouts are left out."""
    found = [(one.reason, one.session, one.commands, one.length_ms) for one in ask(reader).notable]

    assert found == [
        ("commands", BUSY, 2, 65_200),
        ("commands", HOSTILE, 1, 3_000),
        ("length", BUSY, 2, 65_200),
        ("length", HOSTILE, 1, 3_000),
    ]


def test_period_without_events(reader: SqliteReader) -> None:
    """A day without events is a report of zeros that knows which days the store has."""
    report = ask(reader, "2027-01-01")

    assert (report.totals, report.before, report.days) == (NOTHING, NOTHING, (DAY - 1, DAY))


@pytest.mark.parametrize(
    ("span", "name"), [(Span.DAILY, "2026-11-24"), (Span.WEEKLY, "2026-W48"), (Span.MONTHLY, "2026-11")]
)
def test_latest_period(reader: SqliteReader, span: Span, name: str) -> None:
    """Without a period it is the last one in which anything was seen."""

    assert latest_period(reader, span).name == name


def test_unknown_sensor(reader: SqliteReader) -> None:
    """A sensor that the store does not know is an error that names those it knows."""
    with pytest.raises(NotFound) as caught:
        ask(reader, sensors=("roof",))

    assert (caught.value.message, caught.value.hint) == ("the store knows no sensor roof", "it knows attic, cellar")


def test_empty_store(tmp_path: Path) -> None:
    """A store without any event cannot be reported on, and says how to load logs."""
    path = tmp_path / "empty.db"
    SqliteStore(path, narrow=lambda batch, rows: batch, clock=lambda: 0).close()
    reader = SqliteReader(path)
    with pytest.raises(DataError) as caught:
        build_report(reader, Question(period=parse_period(Span.DAILY, "2026-11-24")))
    reader.close()

    assert caught.value.hint == "load logs with: nacre load PATH"
