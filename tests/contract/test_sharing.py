"""Several writers on one file: they take turns, and none trusts what another may have changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.contract.batches import build, line
from tests.contract.writers import ON_DISK, START, Feeder, held, ledger, open_store

from nacre.errors import CheckpointMoved
from nacre.model.batch import seal_of
from nacre.model.calendar import DAY_US
from nacre.store.snapshot import snapshot

DAY = 20_000 * DAY_US
LINES = [
    line(
        "failed",
        DAY + n * 10**6,
        f"s{n % 3}",
        src_ip=f"192.0.2.{n % 5}",
        username="root",
        password=f"{n}",
    )
    for n in range(40)
]
PAIRS = [(first, second) for first in ON_DISK for second in ON_DISK]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_writers_alternate(first: str, second: str, tmp_path: Path) -> None:
    """Two writers, of one kind or of two, that feed one file in turns leave what one would, in one chain."""
    path = tmp_path / "store.db"
    with closing(open_store(first, path)) as one, closing(open_store(second, path)) as two:
        feeders = [Feeder(one), Feeder(two)]
        for turn in range(8):
            feeders[turn % 2].feed(f"log{turn % 2}", LINES[turn * 4 : turn * 4 + 10])
        found = ledger(one)

        assert held(LINES[:38]) == snapshot(one)
        assert [row[14] for row in found[:-1]] == [row[13] for row in found[1:]]
        assert [seal_of(row[13], row[12], row[2:10]) for row in found] == [row[14] for row in found]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_what_another_writer_widened_stays_wide(first: str, second: str, tmp_path: Path) -> None:
    """A writer that knew an entity before another one widened it does not narrow it again."""
    path = tmp_path / "store.db"
    lines = [line("command", DAY + at, "a1", input="id") for at in (50, 10, 90, 30, 60, 20, 80)]
    with closing(open_store(first, path)) as one, closing(open_store(second, path)) as two:
        Feeder(one).feed("log", lines[:1])
        Feeder(two).feed("log.1", lines[1:3])
        feeder = Feeder(one)
        for text in lines[3:]:
            feeder.feed("log.2", [text])

        assert held(lines) == snapshot(one)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_readers_of_one_source(first: str, second: str, tmp_path: Path) -> None:
    """Of two writers that read one source only the first moves its checkpoint; the other one is told."""
    path = tmp_path / "store.db"
    with closing(open_store(first, path)) as one, closing(open_store(second, path)) as two:
        feeder = Feeder(one)
        feeder.feed("log", LINES[:3])
        run_id = two.start_run(START)
        with pytest.raises(CheckpointMoved):
            two.append(run_id, feeder.source("log"), build(LINES[:3]))
        feeder.feed("log", LINES[3:6])

        assert held(LINES[:6]) == snapshot(two)


def test_a_reader_does_not_stop_the_writer(disk_writer: str, tmp_path: Path) -> None:
    """While somebody reads the file for long, the writer goes on, and the reader sees what it saw."""
    path = tmp_path / "store.db"
    with closing(open_store(disk_writer, path)) as store, closing(sqlite3.connect(path)) as reader:
        feeder = Feeder(store)
        feeder.feed("log", LINES[:5])
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM raw_events").fetchone()
        feeder.feed("log", LINES[5:9])
        after = reader.execute("SELECT count(*) FROM raw_events").fetchone()

        assert [(5,), (5,)] == [before, after]
        assert held(LINES[:9]) == snapshot(store)


def test_reopened_store_goes_on(disk_writer: str, tmp_path: Path) -> None:
    """A store that was closed holds what it held, and its chain goes on."""
    path = tmp_path / "store.db"
    for portion in (LINES[:7], LINES[5:12]):
        with closing(open_store(disk_writer, path)) as store:
            Feeder(store).feed("log", portion)

    with closing(open_store(disk_writer, path)) as store:
        assert held(LINES[:12]) == snapshot(store)
        assert [row[14] for row in ledger(store)[:1]] == [row[13] for row in ledger(store)[1:]]
