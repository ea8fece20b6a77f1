"""The status of the small store."""

from __future__ import annotations

from nacre.insight.status import status_document, status_lines, store_status
from nacre.store.reader import SqliteReader


def test_counts(reader: SqliteReader) -> None:
    """The status counts what the log held."""
    status = store_status(reader)

    assert (status.events, status.sessions, status.batches, status.drift) == (21, 4, 1, 1)


def test_what_waits(reader: SqliteReader) -> None:
    """Rejects are counted by reason, sources by state."""
    status = store_status(reader)

    assert (status.rejects, status.sources, status.unfinished) == ({"not_json": 1}, {"complete": 1}, ())


def test_sensors(reader: SqliteReader) -> None:
    """Each sensor is shown with its events, its days and its last hour."""
    sensors = status_document(store_status(reader))["sensors"]

    assert [tuple(sensor.values()) for sensor in sensors] == [
        ("attic", 2, 18, "2026-11-23", "2026-11-24T01:00:00.000000Z"),
        ("cellar", 1, 3, "2026-11-24", "2026-11-24T02:00:00.000000Z"),
    ]


def test_runs(reader: SqliteReader) -> None:
    """The last runs are shown with what they did."""
    (run,) = store_status(reader).runs

    assert (run.mode, run.outcome, run.counters["stored"], run.counters["rejected"]) == ("load", "done", 21, 1)


def test_text_says_it(reader: SqliteReader) -> None:
    """The text has the counts and a line for each sensor and run."""
    text = "\n".join(status_lines(store_status(reader)))
    words = (
        "holds     21 events in 4 sessions, 1 batch",
        "rejects   1 not_json",
        "\nattic ",
        "\ncellar ",
        "load     done",
    )

    assert [word for word in words if word not in text] == []
