"""What append stores, counts and refuses, the same for every writer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.contract.batches import build, line, narrow
from tests.contract.writers import START, WRITERS, Feeder, held, ledger, open_store, rows, tally

from nacre.errors import CheckpointMoved, StoreError
from nacre.model.batch import Batch
from nacre.model.calendar import DAY_US, HOUR_US
from nacre.store.snapshot import snapshot

NOON = 20_000 * DAY_US + 12 * HOUR_US

LOGIN = [
    line("connect", NOON, "a1", src_ip="192.0.2.1", src_port=4711, protocol="ssh"),
    line("client", NOON + 1, "a1", client="SSH-2.0-Go"),
    line("failed", NOON + 2, "a1", username="root", password="123"),
    line("success", NOON + 3, "a1", username="root", password="admin"),
    line("command", NOON + 4, "a1", input="uname -a"),
    line("closed", NOON + 5, "a1", duration_ms=5),
]
OTHER = [
    line("connect", NOON + DAY_US, "b2", src_ip="192.0.2.2", src_port=1),
    line("command", NOON + DAY_US + 1, "b2", input="id"),
]


def test_append_stores_every_event(feeder: Feeder) -> None:
    """The first append stores all of its events and opens their session."""
    receipt = feeder.feed("log", LOGIN)

    assert tally(receipt) == (6, 6, 0, 0, 0, 1)
    assert held(LOGIN) == snapshot(feeder.store)


def test_repeat_stores_nothing(feeder: Feeder) -> None:
    """The same lines from another source are duplicates, and nothing but the ledger changes."""
    feeder.feed("log", LOGIN)
    receipt = feeder.feed("copy", LOGIN)

    assert tally(receipt) == (6, 0, 6, 0, 0, 0)
    assert held(LOGIN) == snapshot(feeder.store)


def test_overlap_counts_only_the_new(feeder: Feeder) -> None:
    """Of a batch that overlaps what is known, only the new events grow the summaries."""
    feeder.feed("log", LOGIN[:4])
    receipt = feeder.feed("copy", LOGIN[2:] + OTHER)

    assert tally(receipt) == (6, 4, 2, 0, 0, 1)
    assert held(LOGIN + OTHER) == snapshot(feeder.store)


def test_new_rows_between_known_ones(feeder: Feeder) -> None:
    """New events are found wherever they stand among known ones."""
    feeder.feed("log", LOGIN[0::2])
    receipt = feeder.feed("copy", LOGIN)

    assert tally(receipt) == (6, 3, 3, 0, 0, 0)
    assert held(LOGIN) == snapshot(feeder.store)


def test_equal_lines_in_a_batch_count_once(feeder: Feeder) -> None:
    """Of equal lines in one batch the first is stored, the others are duplicates."""
    receipt = feeder.feed("log", [LOGIN[0], LOGIN[0], LOGIN[4], LOGIN[0], LOGIN[4]])

    assert tally(receipt) == (5, 2, 3, 0, 0, 1)
    assert held([LOGIN[0], LOGIN[4]]) == snapshot(feeder.store)


def test_first_of_equal_lines_gives_the_offset(disk_writer: str, tmp_path: Path) -> None:
    """An event's offset is that of the first of its equal lines."""
    store = open_store(disk_writer, tmp_path / "store.db")
    Feeder(store).feed("log", [b"", LOGIN[0], LOGIN[0]])
    found = rows(store, "SELECT byte_offset FROM raw_events")
    store.close()

    assert found == [(1,)]


def test_order_does_not_matter(feeder: Feeder) -> None:
    """Events that come backwards, a batch each, add up to the same."""
    for text in reversed(LOGIN + OTHER):
        feeder.feed("log", [text])

    assert held(LOGIN + OTHER) == snapshot(feeder.store)


def test_session_over_batches_and_sources(feeder: Feeder) -> None:
    """A session that spans batches and files is one row."""
    receipts = [
        feeder.feed("log", LOGIN[:2]),
        feeder.feed("log.1", LOGIN[2:4]),
        feeder.feed("log", LOGIN[4:]),
    ]

    assert [receipt.new_sessions for receipt in receipts] == [1, 0, 0]
    assert held(LOGIN) == snapshot(feeder.store)


def test_same_id_on_two_sensors(feeder: Feeder) -> None:
    """One session id on two sensors is two sessions, in one batch or in several."""
    lines = [
        line("connect", NOON, "a1", sensor="north", src_ip="192.0.2.1"),
        line("connect", NOON, "a1", sensor="south", src_ip="192.0.2.1"),
        line("command", NOON + 9, "a1", sensor="north", input="id"),
    ]
    first, second = feeder.feed("log", lines[:2]), feeder.feed("log", lines[2:])

    assert (first.new_sessions, second.new_sessions) == (2, 0)
    assert held(lines) == snapshot(feeder.store)


def test_events_without_session(feeder: Feeder) -> None:
    """An event without a session is stored, counted for its day, and makes no session."""
    lines = [line("started", NOON), line("connect", NOON + 1, src_ip="192.0.2.9")]
    receipt = feeder.feed("log", lines)

    assert tally(receipt) == (2, 2, 0, 0, 0, 0)
    assert held(lines) == snapshot(feeder.store)
    assert [row[3] for row in snapshot(feeder.store)["events"]] == [None, None]


def test_sessionless_among_sessions(feeder: Feeder) -> None:
    """Events with and without a session in one batch keep apart, also when some are known already."""
    lines = [LOGIN[0], line("started", NOON + 50), LOGIN[4], line("started", NOON + 60)]
    feeder.feed("log", lines[:2])
    feeder.feed("copy", lines)

    assert held(lines) == snapshot(feeder.store)


def test_reused_session_id(feeder: Feeder) -> None:
    """A session id that was given out twice shows two connects, whatever the batches."""
    lines = [LOGIN[0], line("connect", NOON + 9 * DAY_US, "a1", src_ip="198.51.100.7", src_port=99)]
    for text in lines:
        feeder.feed("log", [text])

    assert held(lines) == snapshot(feeder.store)


def test_day_that_grows(feeder: Feeder) -> None:
    """A day that is read in portions keeps the hours and counts of each, per sensor."""
    lines = [
        line("failed", NOON + hour * HOUR_US, "a1", sensor=sensor, username="root", password="1")
        for hour in (5, -7, 0, 13)
        for sensor in ("north", "south")
    ]
    for text in lines:
        feeder.feed("log", [text])

    assert held(lines) == snapshot(feeder.store)


def test_times_before_1970(feeder: Feeder) -> None:
    """A clock that was never set gives events like any other."""
    lines = [line("connect", -DAY_US - 1, "a1", src_ip="192.0.2.1"), line("closed", -1, "a1")]
    for text in lines:
        feeder.feed("log", [text])

    assert held(lines) == snapshot(feeder.store)


def test_blank_and_empty_batches(feeder: Feeder) -> None:
    """A batch may hold nothing but blank lines, or nothing at all, and still moves the checkpoint."""
    receipts = [feeder.feed("log", [b"", b"  "]), feeder.feed("log", []), feeder.feed("log", LOGIN)]

    assert [tally(it) for it in receipts] == [(2, 0, 0, 0, 2, 0), (0, 0, 0, 0, 0, 0), (6, 6, 0, 0, 0, 1)]
    assert held(LOGIN) == snapshot(feeder.store)


def test_more_rows_than_any_portion(feeder: Feeder) -> None:
    """A batch larger than every statement's portion loses nothing, new or known."""
    lines = [
        line("failed", NOON + n * 1000, f"s{n % 700}", username=f"user{n}", password=f"p{n % 37}") for n in range(950)
    ]
    feeder.feed("log", lines[100:850])
    receipt = feeder.feed("copy", lines)

    assert tally(receipt) == (950, 200, 750, 0, 0, 0)
    assert held(lines) == snapshot(feeder.store)


def test_moved_checkpoint_is_refused(feeder: Feeder) -> None:
    """A batch that does not begin at the checkpoint raises CheckpointMoved and changes nothing."""
    feeder.feed("log", LOGIN)
    before = snapshot(feeder.store), ledger(feeder.store)

    for start in (0, 10**6):
        with pytest.raises(CheckpointMoved):
            feeder.store.append(feeder.run_id, feeder.source("log"), build(OTHER, start=start))

    assert before == (snapshot(feeder.store), ledger(feeder.store))
    assert tally(feeder.feed("log", OTHER)) == (2, 2, 0, 0, 0, 1)


@pytest.mark.parametrize("writer", WRITERS)
def test_failure_in_the_middle_leaves_nothing(writer: str, tmp_path: Path) -> None:
    """An error between the events and the summaries rolls everything back, and the store goes on."""

    failures = [StoreError("the first fold fails")]

    def fold(batch: Batch, rows: Sequence[int]) -> Batch:
        if failures:
            raise failures.pop()
        return narrow(batch, rows)

    store = open_store(writer, tmp_path / "store.db", fold=fold)
    feeder = Feeder(store)
    feeder.feed("log", LOGIN[:3])
    before = snapshot(store), ledger(store)
    with pytest.raises(StoreError):
        feeder.feed("copy", LOGIN + OTHER)
    after = snapshot(store), ledger(store)
    feeder.feed("copy", LOGIN + OTHER)
    last = snapshot(store)
    store.close()

    assert before == after
    assert held(LOGIN + OTHER) == last


def test_what_cannot_be_stored_leaves_the_store_usable(disk_writer: str, tmp_path: Path) -> None:
    """A payload that no database can hold raises StoreError, changes nothing, and the store goes on."""
    store = open_store(disk_writer, tmp_path / "store.db")
    feeder = Feeder(store)
    batch = build(LOGIN)
    batch.events.payload[-1] = '"\ud800"'
    with pytest.raises(StoreError):
        store.append(feeder.run_id, feeder.source("log"), batch)
    after = snapshot(store)
    feeder.feed("log", LOGIN)
    last = snapshot(store)
    store.close()

    assert held([]) == after
    assert held(LOGIN) == last


def test_unknown_source_is_an_error(disk_writer: str, tmp_path: Path) -> None:
    """A batch of a source that the store does not know raises StoreError."""
    store = open_store(disk_writer, tmp_path / "store.db")
    run_id = store.start_run(START)
    with pytest.raises(StoreError):
        store.append(run_id, 99, build(LOGIN))
    store.close()

    assert held([]) == snapshot(store)
