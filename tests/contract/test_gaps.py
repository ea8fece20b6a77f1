"""What is missing, as the account and the status tell it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.contract.batches import line, ticking
from tests.contract.writers import Feeder, open_store

from nacre.model.calendar import DAY_US
from nacre.model.coverage import Gap, GapCause
from nacre.store.reader import SqliteReader

LINES = [line("command", 20_000 * DAY_US + n, "a1", input="id") for n in range(9)]
SKIPPED = Gap(0, 4096, GapCause.SKIPPED, "begun at the end")
HOLE = Gap(50, 77, GapCause.NUL_HOLE, "77 NUL bytes")
SHORT = Gap(60, 5, GapCause.SHORTENED, "5 bytes are gone")
VANISHED = Gap(70, 0, GapCause.VANISHED, "nobody saw its end")


def fill(writer: str, path: Path) -> int:
    """Make a store of three sources of several batches, two of which lack bytes; return when it began."""
    clock = ticking()
    began = clock()
    with closing(open_store(writer, path, clock=clock)) as store:
        feeder = Feeder(store)
        feeder.feed("log", LINES[:2], gaps=[SKIPPED])
        feeder.feed("log", LINES[2:4], gaps=[HOLE])
        feeder.feed("log", LINES[4:5])
        feeder.feed("whole", LINES[5:7])
        feeder.feed("whole", LINES[7:8])
        feeder.source("unread")
        store.settle_source(feeder.source("unread"), "open", "", [VANISHED])
        store.settle_source(feeder.source("log"), "open", "", [SHORT])
    return began


def test_account_tells_what_is_missing(disk_writer: str, tmp_path: Path) -> None:
    """Each source has the bytes that were skipped on request and those that are missing, whatever its batches are."""
    fill(disk_writer, tmp_path / "store.db")
    with closing(SqliteReader(tmp_path / "store.db")) as reader:
        found = list(reader.rows("account_sources"))

    expected = [("/var/log/log", 5, 4096, 82), ("/var/log/whole", 3, 0, 0), ("/var/log/unread", 0, 0, 0)]
    assert expected == [(row[1], row[5], *row[12:14]) for row in found]


def test_status_tells_the_newest_gaps_first(disk_writer: str, tmp_path: Path) -> None:
    """Gaps come with the path of their source, newest first, as many as asked for."""
    began = fill(disk_writer, tmp_path / "store.db")
    with closing(SqliteReader(tmp_path / "store.db")) as reader:
        found = list(reader.rows("status_gaps", most=3))

    expected = [
        ("/var/log/log", "shortened", 60, 5, "5 bytes are gone"),
        ("/var/log/unread", "vanished", 70, 0, "nobody saw its end"),
        ("/var/log/log", "nul_hole", 50, 77, "77 NUL bytes"),
    ]
    assert expected == [row[:5] for row in found]
    assert all(row[5] > began for row in found)
