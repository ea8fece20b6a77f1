"""Whatever the order, the chunks, the packing, the repetition, the processes or the writer: equal tables."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.logs import logs
from tests.quiet import Quiet

from nacre.ingest.batcher import Batcher
from nacre.ingest.bulk import Load, Loader
from nacre.ingest.sizing import BatchSize
from nacre.ingest.totals import Totals
from nacre.model.batch import Batch
from nacre.model.source import SourceIdentity
from nacre.parse.fold import narrow
from nacre.sources import discover
from nacre.store.contract import RunStart, Store
from nacre.store.memory import MemoryStore
from nacre.store.orm import OrmStore
from nacre.store.snapshot import Snapshot, snapshot
from nacre.store.sqlite import SqliteStore

START = RunStart(mode="load", version="0", actor="tester", host="here")
TINY = BatchSize(target_bytes=300, bytes_min=300, bytes_max=300, rows=3)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)


def now() -> int:
    """Return the time: to a loader with this clock a file just written is open, and its half last line is held."""
    return int(time.time() * 1_000_000)


def clock() -> int:
    """Return a time far in the future, to which every file is closed."""
    return now() + 7 * 86_400 * 1_000_000


def open_fast(folder: Path) -> Store:
    """Return a new store of the fast writer."""
    return SqliteStore(folder / "fast.db", narrow=narrow, clock=clock)


def open_orm(folder: Path) -> Store:
    """Return a new store of the portable writer."""
    return OrmStore(f"sqlite:///{folder}/orm.db", narrow=narrow, clock=clock)


def load(store: Store, *paths: Path, jobs: int = 0, size: BatchSize = TINY, at: Callable[[], int] = clock) -> Totals:
    """Load files into a store."""
    plan = Load(files=discover(tuple(map(str, paths))), jobs=jobs, size=size)
    return Loader(store, plan, clock=at, watcher=Quiet()).run(START)


def write_all(folder: Path, contents: list[bytes], packing: str = "") -> list[Path]:
    """Write each content to a file of its own."""
    paths = []
    for number, content in enumerate(contents):
        path = folder / f"{number}{packing}"
        path.write_bytes(PACKERS[packing](content))
        paths.append(path)
    return paths


def whole(contents: list[bytes]) -> Snapshot:
    """Return what a store holds that was given each content in one batch: the plainest way there is."""
    store = MemoryStore(narrow=narrow, clock=clock)
    run = store.start_run(START)
    for number, content in enumerate(contents):
        identity = SourceIdentity(
            fingerprint=number.to_bytes(32, "big"),
            head_bytes=1,
            path="",
            device=0,
            inode=0,
            compression="plain",
        )
        source = store.add_source(identity).source_id
        batch = one_batch(content)
        if batch is not None:
            store.append(run, source, batch)
    return snapshot(store)


def one_batch(content: bytes) -> Batch | None:
    """Return a content as a single batch."""
    batcher = Batcher(lambda raw: raw)
    batcher.feed(content)
    batcher.finish()
    return batcher.take()


# A log of one event at least: others are not Cowrie's, and the loader leaves them out.
HEAD = b'{"eventid":"cowrie.session.connect","session":"%d","timestamp":"2026-11-20T00:00:00Z"}\n'
CONTENTS = st.lists(logs(), min_size=1, max_size=4).map(
    lambda drawn: [HEAD % number + content for number, content in enumerate(drawn)]
)


@SLOW
@given(CONTENTS, st.randoms(use_true_random=False), st.sampled_from(sorted(PACKERS)))
def test_order_packing_and_chunks(contents: list[bytes], random: object, packing: str) -> None:
    """Files in any order, packed in any way, in tiny batches, give the tables of single batches in the first order."""
    with tempfile.TemporaryDirectory() as name, closing(open_fast(Path(name))) as store:
        folder = Path(name)
        shuffled = list(contents)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        for path in write_all(folder, shuffled, packing):
            load(store, path)

        assert whole(contents) == snapshot(store)


@SLOW
@given(CONTENTS, st.data())
def test_repetition_and_growth(contents: list[bytes], data: st.DataObject) -> None:
    """A file loaded while it grows, then again, then as a copy and packed, gives the tables of the whole."""
    with tempfile.TemporaryDirectory() as name, closing(open_fast(Path(name))) as store:
        folder = Path(name)
        for number, content in enumerate(contents):
            path = folder / f"growing-{number}"
            for cut in sorted(data.draw(st.lists(st.integers(1, len(content)), max_size=3))):
                path.write_bytes(content[:cut])
                load(store, path, at=now)
            path.write_bytes(content)
            load(store, path)
            again = load(store, path)
            (folder / "copy").mkdir(exist_ok=True)
            (folder / "copy" / f"{number}.gz").write_bytes(gzip.compress(content))
            copied = load(store, folder / "copy" / f"{number}.gz")

            assert (0, 0) == (again.stored, copied.stored)
        assert whole(contents) == snapshot(store)


@SLOW
@given(CONTENTS)
def test_writers_are_equal(contents: list[bytes]) -> None:
    """The fast and the portable writer give equal tables and equal receipts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write_all(folder, contents)
        with closing(open_fast(folder)) as fast, closing(open_orm(folder)) as orm:
            totals = [load(store, *paths).receipt(1.0) for store in (fast, orm)]

            assert totals[0] == totals[1]
            assert snapshot(fast) == snapshot(orm)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_processes_are_equal(jobs: int, tmp_path: Path, corpus: Path) -> None:
    """Real logs parsed by any number of processes give the tables that one process gives."""
    paths = sorted((corpus / "live").rglob("cowrie*.gz")) + sorted((corpus / "logs").glob("*2025*.gz"))
    other = SqliteStore(tmp_path / "crew.db", narrow=narrow, clock=clock)
    with closing(open_fast(tmp_path)) as alone, closing(other) as crew:
        load(alone, *paths, size=BatchSize())
        load(crew, *paths, jobs=jobs, size=BatchSize(target_bytes=100_000, bytes_max=200_000))

        assert snapshot(alone) == snapshot(crew)
