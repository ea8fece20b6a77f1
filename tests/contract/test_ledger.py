"""The ledger: rejects, gaps, seals, audit rows and runs, the same for every writer."""

from __future__ import annotations

import json
from pathlib import Path

import blake3
import pytest
from tests.contract.batches import line
from tests.contract.writers import START, WRITERS, AnyStore, Feeder, ledger, open_store, rows, tally

from nacre.model.batch import DIGEST_BYTES, digest_of, seal_of
from nacre.model.calendar import DAY_US
from nacre.model.coverage import Gap, GapCause
from nacre.store.snapshot import snapshot

DAY = 20_000 * DAY_US
EVENTS = [line("command", DAY + n, "a1", input=f"echo {n}") for n in range(6)]
REFUSED = [b"not json", b"[1]", b'{"ts":1}', b'{"eventid":"connect"}']
HOLE = Gap(40, 4096, GapCause.NUL_HOLE, "4,096 NUL bytes")


def test_rejects_are_kept_once(feeder: Feeder) -> None:
    """A refused line counts each time it is read, and is kept once."""
    receipts = [feeder.feed("log", [*REFUSED, EVENTS[0]]), feeder.feed("copy", [REFUSED[0], *REFUSED])]

    assert [(5, 1, 0, 4, 0, 1), (5, 0, 0, 5, 0, 0)] == [tally(receipt) for receipt in receipts]
    assert sorted(REFUSED) == sorted(row[3] for row in snapshot(feeder.store)["rejects"])


def test_rejects_say_why(feeder: Feeder) -> None:
    """A reject keeps its reason, its length and its bytes."""
    feeder.feed("log", REFUSED)

    expected = {
        (digest_of(REFUSED[0]).hex(), "not_json", 8, REFUSED[0]),
        (digest_of(REFUSED[1]).hex(), "not_object", 3, REFUSED[1]),
        (digest_of(REFUSED[2]).hex(), "no_eventid", 8, REFUSED[2]),
        (digest_of(REFUSED[3]).hex(), "no_timestamp", 21, REFUSED[3]),
    }
    assert expected == set(snapshot(feeder.store)["rejects"])


def test_reject_belongs_to_the_batch_that_brought_it_first(disk_writer: str, tmp_path: Path) -> None:
    """A refused line names the batch and the offset where it was read first."""
    store = open_store(disk_writer, tmp_path / "store.db")
    feeder = Feeder(store)
    feeder.feed("log", [b"", REFUSED[0]])
    feeder.feed("copy", [REFUSED[0]])
    found = rows(store, "SELECT batch_id, byte_offset, attempts, state FROM rejects")
    store.close()

    assert [(1, 1, 1, "open")] == found


def test_gaps_are_known_by_source_offset_and_cause(feeder: Feeder) -> None:
    """A gap at a known offset of a known cause is not recorded again, neither by append nor by settle."""
    feeder.feed("log", EVENTS[:1], gaps=[HOLE, HOLE])
    feeder.feed("log", EVENTS[1:2], gaps=[Gap(40, 1, GapCause.NUL_HOLE, "seen again")])
    other = Gap(40, 0, GapCause.CORRUPT, "cannot be read on")
    feeder.store.settle_source(feeder.source("log"), "damaged", "cannot be read on", [HOLE, other, other])
    feeder.store.settle_source(feeder.source("log"), "open", "", [other])

    expected = [("corrupt", 40, 0, "cannot be read on"), ("nul_hole", 40, 4096, "4,096 NUL bytes")]
    assert expected == snapshot(feeder.store)["coverage_gaps"]


def test_gaps_of_two_sources(feeder: Feeder) -> None:
    """The same place in two sources is two gaps."""
    feeder.feed("log", EVENTS[:1], gaps=[HOLE])
    feeder.feed("copy", EVENTS[:1], gaps=[HOLE])

    assert [("nul_hole", 40, 4096, "4,096 NUL bytes")] * 2 == snapshot(feeder.store)["coverage_gaps"]


@pytest.mark.parametrize("key", [None, bytes(range(32))], ids=["plain", "keyed"])
@pytest.mark.parametrize("writer", WRITERS)
def test_seals_form_a_chain(writer: str, key: bytes | None, tmp_path: Path) -> None:
    """Every seal can be computed from the seal before it and the batch's own stored events and counts."""
    store = open_store(writer, tmp_path / "store.db", seal_key=key)
    feeder = Feeder(store)
    portions = [("log", EVENTS[:3]), ("copy", EVENTS[1:5]), ("copy", [b"", *REFUSED]), ("log", [EVENTS[5]])]
    for name, lines in portions:
        feeder.feed(name, lines)
    found = ledger(store)
    store.close()

    previous = bytes(DIGEST_BYTES)
    stored = [EVENTS[:3], EVENTS[3:5], [], EVENTS[5:]]
    for row, lines in zip(found, stored, strict=True):
        digest = blake3.blake3(b"".join(digest_of(text) for text in lines)).digest()
        seal = seal_of(previous, digest, row[2:10], key=key)
        assert (digest, previous, seal) == row[12:15]
        previous = seal


def test_batches_account_for_every_line(store: AnyStore, feeder: Feeder) -> None:
    """A batch's row says what its receipt said, where it lay and who brought it."""
    first = feeder.feed("log", [EVENTS[0], b"", EVENTS[2], REFUSED[0]])
    second = feeder.feed("copy", [EVENTS[2], EVENTS[1]])
    length = sum(len(text) + 1 for text in (EVENTS[0], b"", EVENTS[2], REFUSED[0]))
    short = sum(len(text) + 1 for text in (EVENTS[2], EVENTS[1]))

    run, log, copy = feeder.run_id, feeder.source("log"), feeder.source("copy")
    assert [
        (first.batch_id, run, log, 0, length, 4, 2, 0, 1, 1, DAY, DAY + 2),
        (second.batch_id, run, copy, 0, short, 2, 1, 1, 0, 0, DAY + 1, DAY + 1),
    ] == [row[:12] for row in ledger(store)]


def test_batch_without_new_events_has_no_times(store: AnyStore, feeder: Feeder) -> None:
    """A batch that stored nothing has neither first nor last event time."""
    feeder.feed("log", EVENTS)
    feeder.feed("copy", EVENTS)

    assert (None, None) == ledger(store)[1][10:12]


def test_every_batch_has_its_audit_row(store: AnyStore, feeder: Feeder) -> None:
    """Each batch is named once in the audit log: by its seal, with the actor and host of its run."""
    for name, lines in (("log", EVENTS[:3]), ("copy", EVENTS), ("log", [])):
        feeder.feed(name, lines)

    assert [("ann", "desk")] * 3 == [row[15:] for row in ledger(store)]


def test_runs_are_recorded(disk_writer: str, tmp_path: Path) -> None:
    """A run has an open end until it says how it ended."""
    store = open_store(disk_writer, tmp_path / "store.db")
    first, second = store.start_run(START), store.start_run(START)
    store.end_run(first, "done", {"lines": 7, "paths": ["a"]})
    found = rows(store, "SELECT id, mode, version, actor, host, outcome, ended_at > started_at, counters FROM runs")
    store.close()

    expected = [
        (first, "load", "0", "ann", "desk", "done", 1, {"lines": 7, "paths": ["a"]}),
        (second, "load", "0", "ann", "desk", None, None, {}),
    ]
    assert expected == [(*row[:-1], json.loads(row[-1])) for row in found]
