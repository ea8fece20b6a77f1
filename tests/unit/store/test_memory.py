"""The store in memory complains where its caller breaks the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from tests.contract.batches import build, line, narrow, ticking
from tests.contract.writers import START, Feeder, held, identity

from nacre.errors import StoreError
from nacre.model.batch import Batch, EventColumns
from nacre.model.calendar import DAY_US
from nacre.store.memory import MemoryStore
from nacre.store.snapshot import ordered

LINES = [line("command", 20_000 * DAY_US + n, "a1", input="id", src_ip="192.0.2.1") for n in range(3)] + [b"{"]


def batch_with(**changes: Any) -> Batch:
    """Return a sound batch with some of its fields replaced."""
    return msgspec.structs.replace(build(LINES), **changes)


def columns_with(**changes: Any) -> EventColumns:
    """Return the columns of a sound batch with some replaced."""
    return msgspec.structs.replace(build(LINES).events, **changes)


BROKEN = {
    "lines do not add up": batch_with(lines=5),
    "negative blank": batch_with(blank=-1, lines=3),
    "ends before it begins": batch_with(start=10, end=5),
    "cut digests": batch_with(events=columns_with(digests=b"short")),
    "short column": batch_with(events=columns_with(payload=["{}"])),
    "no such sensor": batch_with(sensors=[]),
    "no such schema": batch_with(schemas=[]),
    "no such session": batch_with(events=columns_with(session=[0, 0, 1])),
    "event outside": batch_with(events=columns_with(offset=[0, 1, 10**6])),
    "out of order": batch_with(events=columns_with(offset=[2, 1, 0])),
    "exact line of no event": batch_with(events=columns_with(exact={7: b"x"})),
    "surrogate in payload": batch_with(events=columns_with(payload=["\ud800", "{}", "{}"])),
    "NUL in payload": batch_with(events=columns_with(payload=["\0", "{}", "{}"])),
    "days do not count": batch_with(growth=msgspec.structs.replace(build(LINES).growth, days=[])),
    "sessions do not count": batch_with(growth=build(LINES[:2]).growth),
    "half an edge": batch_with(growth=msgspec.structs.replace(build(LINES).growth, edges=[0, 0])),
}


@pytest.fixture
def store() -> MemoryStore:
    """Return an empty store."""
    return MemoryStore(narrow=narrow, clock=ticking())


@pytest.mark.parametrize("batch", BROKEN.values(), ids=BROKEN)
def test_broken_batch_is_refused(store: MemoryStore, batch: Batch) -> None:
    """A batch that is not sound fails loudly, and nothing of it is taken."""
    feeder = Feeder(store)
    source_id = feeder.source("log")
    with pytest.raises(AssertionError):
        store.append(feeder.run_id, source_id, batch)

    assert held([]) == store.snapshot()


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.append(1, 1, build(LINES)),
        lambda store: store.append(9, 1, build(LINES)),
        lambda store: store.append(2, 9, build(LINES)),
        lambda store: store.end_run(1, "done", {}),
        lambda store: store.end_run(2, "perhaps", {}),
        lambda store: store.touch_source(9, identity("log")),
        lambda store: store.settle_source(1, "perhaps", "", []),
    ],
    ids=["ended run", "no run", "no source", "ended twice", "outcome", "touch nothing", "state"],
)
def test_wrong_call_is_refused(store: MemoryStore, act: Callable[[MemoryStore], object]) -> None:
    """A run that has ended, and runs, sources, states and outcomes that do not exist, fail loudly."""
    store.end_run(store.start_run(START), "done", {})
    store.start_run(START)
    store.add_source(identity("log"))

    with pytest.raises(AssertionError):
        act(store)


def test_closed_store_is_refused(store: MemoryStore) -> None:
    """After close every call but close fails, and the snapshot is still there."""
    feeder = Feeder(store)
    feeder.feed("log", LINES)
    store.close()
    store.close()

    with pytest.raises(AssertionError):
        feeder.feed("log", LINES)
    assert held(LINES) == store.snapshot()


def test_narrow_that_keeps_other_rows_is_refused() -> None:
    """A narrow that does not return the rows it was asked for fails loudly."""
    feeder = Feeder(MemoryStore(narrow=lambda batch, rows: batch, clock=ticking()))
    feeder.feed("log", LINES[:2])

    with pytest.raises(AssertionError):
        feeder.feed("copy", LINES)


def test_it_has_no_reader(store: MemoryStore) -> None:
    """To ask questions one needs a store that can answer them."""
    with pytest.raises(StoreError):
        store.reader()


def test_batch_stays_the_callers_own(store: MemoryStore) -> None:
    """What the store holds does not change when the caller's batch does."""
    batch = build(LINES)
    run_id, source = store.start_run(START), store.add_source(identity("log"))
    store.append(run_id, source.source_id, batch)
    batch.growth.sessions[0].events = 99
    batch.growth.days[0].events = 99

    assert held(LINES) == store.snapshot()


def test_ordered_puts_none_first() -> None:
    """Rows with None can be ordered."""
    assert [(None, 2), (1, None), (1, 1)] == ordered([(1, 1), (None, 2), (1, None)])
