"""Sources: candidates, checkpoints and how a source is recognised again, the same for every writer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.contract.batches import build, line
from tests.contract.writers import Feeder, identity, open_store, rows

from nacre.model.calendar import DAY_US
from nacre.model.source import Checkpoint
from nacre.store.contract import Store

LINES = [line("command", 20_000 * DAY_US + n, "a1", input="id") for n in range(3)]


def test_new_source_starts_at_zero(store: Store) -> None:
    """A source that was just added has nothing read and is what was added."""
    added = store.add_source(identity("log"))

    expected = Checkpoint(source_id=added.source_id, offset=0, marker=b"", identity=identity("log"))
    assert expected == added
    assert [expected] == list(store.candidates(identity("log")))


def test_empty_store_has_no_candidates(store: Store) -> None:
    """A store that knows no source offers none."""
    assert [] == list(store.candidates(identity("log")))


def test_checkpoint_moves_with_the_batch(feeder: Feeder) -> None:
    """After an append the checkpoint stands at the batch's end, with its marker."""
    feeder.feed("log", LINES[:2])
    batch = build(LINES[:2])
    (found,) = feeder.store.candidates(identity("log"))

    assert (batch.end, batch.marker) == (found.offset, found.marker)


def test_candidates_are_equal_heads_and_shorter_ones(store: Store) -> None:
    """Candidates have the same fingerprint or a shorter head; a longer or other head is none."""
    same = store.add_source(identity("log"))
    shorter = store.add_source(identity("other", head_bytes=10))
    store.add_source(identity("longer", head_bytes=100))
    store.add_source(identity("stranger"))

    assert {same.source_id, shorter.source_id} == {it.source_id for it in store.candidates(identity("log"))}


def test_greatest_checkpoint_comes_first(feeder: Feeder) -> None:
    """Of several candidates the one that was read farthest comes first."""
    shorter = feeder.store.add_source(identity("short", head_bytes=3))
    feeder.feed("log", LINES)
    found = feeder.store.candidates(identity("log"))

    assert [feeder.source("log"), shorter.source_id] == [it.source_id for it in found]


def test_touch_renames_and_recompresses(store: Store) -> None:
    """A source that was found under another name and compression keeps its place."""
    added = store.add_source(identity("log"))
    found = replace(identity("log"), path="/var/log/log.1.gz", compression="gzip", device=8, inode=9)
    store.touch_source(added.source_id, found)

    assert [replace(added, identity=found)] == list(store.candidates(identity("log")))


def test_touch_lengthens_the_head(store: Store) -> None:
    """A head that grew replaces the fingerprint."""
    added = store.add_source(identity("log", head_bytes=10))
    store.touch_source(added.source_id, identity("log", head_bytes=64))

    assert [identity("log", head_bytes=64)] == [it.identity for it in store.candidates(identity("log"))]


def test_touch_never_shortens_the_head(store: Store) -> None:
    """A shorter head does not replace a longer one; the rest is updated."""
    added = store.add_source(identity("log"))
    store.touch_source(added.source_id, replace(identity("log", head_bytes=10), path="/moved"))

    assert [replace(identity("log"), path="/moved")] == [it.identity for it in store.candidates(identity("log"))]


def test_settle_keeps_the_checkpoint(feeder: Feeder) -> None:
    """A source that was settled goes on where it stood when it grows again."""
    feeder.feed("log", LINES[:1])
    before = feeder.store.candidates(identity("log"))
    feeder.store.settle_source(feeder.source("log"), "complete", "", [])

    assert before == feeder.store.candidates(identity("log"))
    assert 1 == feeder.feed("log", LINES[1:2]).stored


def test_settle_writes_state_and_detail(disk_writer: str, tmp_path: Path) -> None:
    """The state and its detail are what was said last."""
    store = open_store(disk_writer, tmp_path / "store.db")
    source = store.add_source(identity("log"))
    store.settle_source(source.source_id, "complete", "", [])
    store.settle_source(source.source_id, "damaged", "ends within a block", [])
    found = rows(store, "SELECT state, detail FROM sources")
    store.close()

    assert [("damaged", "ends within a block")] == found


def test_close_twice(store: Store) -> None:
    """A second close does nothing, and the store has a name before and after."""
    name = store.url
    store.close()
    store.close()

    assert name == store.url
