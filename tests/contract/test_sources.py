"""Sources: candidates, checkpoints and how a source is recognised again, the same for every writer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.contract.batches import build, line
from tests.contract.writers import Feeder, identity, open_store, rows

from nacre.model.calendar import DAY_US
from nacre.model.coverage import Gap, GapCause
from nacre.model.source import Checkpoint
from nacre.store.contract import Store

STATES = ("open", "open", "damaged")
LINES = [line("command", 20_000 * DAY_US + n, "a1", input="id") for n in range(3)]


def test_new_source_starts_at_zero(store: Store) -> None:
    """A source that was just added has nothing read and is what was added."""
    added = store.add_source(identity("log"))

    expected = Checkpoint(source_id=added.source_id, offset=0, marker=b"", identity=identity("log"))
    assert expected == added
    assert [expected] == list(store.candidates(identity("log")))


def test_new_source_has_its_size_and_time(store: Store) -> None:
    """Size and time of last write of a source are what was found, to the nanosecond."""
    found = replace(identity("log"), size_bytes=2**40, mtime_ns=1_700_000_000_123_456_789)
    store.add_source(found)

    assert [found] == [it.identity for it in store.candidates(identity("log"))]


def test_sources_are_all_in_order(feeder: Feeder) -> None:
    """All sources are known with their checkpoint and state, in the order of their ids."""
    for name in ("log", "copy", "late"):
        feeder.source(name)
    feeder.feed("copy", LINES)
    feeder.store.settle_source(feeder.source("late"), "damaged", "ends within a block", [])
    found = feeder.store.sources()

    names = ("log", "copy", "late")
    expected = [(feeder.source(name), identity(name), state) for name, state in zip(names, STATES, strict=True)]
    assert expected == [(it.checkpoint.source_id, it.checkpoint.identity, it.state) for it in found]
    assert [0, build(LINES).end, 0] == [it.checkpoint.offset for it in found]
    assert build(LINES).marker == found[1].checkpoint.marker


def test_sources_of_an_empty_store(store: Store) -> None:
    """A store that knows no source lists none."""
    assert [] == list(store.sources())


def test_skipped_bytes_are_those_left_out_on_request(feeder: Feeder) -> None:
    """The gap of a beginning that was left out counts, and no other gap and no other source's does."""
    holes = [Gap(9, 77, GapCause.NUL_HOLE, "77 NUL bytes"), Gap(0, 5, GapCause.SHORTENED, "5 bytes are gone")]
    feeder.feed("log", LINES, gaps=[Gap(0, 4096, GapCause.SKIPPED, "begun at the end"), *holes])
    feeder.feed("other", LINES, gaps=holes)
    feeder.store.settle_source(feeder.source("log"), "open", "", [Gap(0, 1, GapCause.SKIPPED, "said again")])
    (candidate,) = feeder.store.candidates(identity("log"))

    assert 4096 == candidate.skipped_bytes
    assert [4096, 0] == [it.checkpoint.skipped_bytes for it in feeder.store.sources()]
    assert candidate == feeder.store.sources()[0].checkpoint


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
    """A source that was found under another name, compression, size and time keeps its place."""
    added = store.add_source(identity("log"))
    found = replace(
        identity("log"),
        path="/var/log/log.1.gz",
        compression="gzip",
        device=8,
        inode=9,
        size_bytes=2**40,
        mtime_ns=1_700_000_000_123_456_789,
    )
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


def test_a_source_that_changed_is_open_again(store: Store) -> None:
    """A source that was complete is open again when it is found with another size or time, not with another name."""
    found = []
    known = identity("log")
    for changed in (replace(known, path="/moved"), replace(known, size_bytes=7), replace(known, mtime_ns=8)):
        added = store.add_source(known)
        store.settle_source(added.source_id, "complete", "", [])
        store.touch_source(added.source_id, changed)
        found.append([one.state for one in store.sources() if one.checkpoint.source_id == added.source_id])

    assert [["complete"], ["open"], ["open"]] == found
