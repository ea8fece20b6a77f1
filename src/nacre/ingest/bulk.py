"""Bulk: a range of files through the pipeline, parsed by processes, written by this one."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nacre.ingest import collector
from nacre.ingest.crew import Crew
from nacre.ingest.ending import ending
from nacre.ingest.reading import LEASE_SECONDS
from nacre.ingest.resume import checkpoint_of
from nacre.ingest.sizing import BatchSize
from nacre.ingest.totals import Totals
from nacre.ingest.watcher import Watcher
from nacre.ingest.wire import Answer, Failed, Read, Resize
from nacre.ingest.worker import BatchReader
from nacre.model.batch import Batch
from nacre.model.sensor import SensorNames
from nacre.parse.lines import LINE_BYTES_MAX
from nacre.parse.timestamps import event_time
from nacre.sources import Compression, Skipped, SkipReason, Source, open_source
from nacre.store.contract import RunStart, Store

# Files that a parsing process has in hand: the one it reads, and the one it goes on with without asking.
ORDERS_AHEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What to load, and how."""

    files: Iterable[Path | Skipped]  # as sources.discover finds them; taken once
    sensors: SensorNames = SensorNames()
    jobs: int = 1  # parsing processes; 0 parses in this process
    line_bytes_max: int = LINE_BYTES_MAX
    since_us: int | None = None  # leave out files that end before
    until_us: int | None = None  # leave out files that begin at or after
    size: BatchSize = BatchSize()
    # A plain file that nobody wrote to for so long is closed: its half last line is refused, not held.
    closed_after_seconds: float = 3600.0


@dataclass(slots=True)
class _Reading:
    """A source that a process is reading."""

    path: Path
    source_id: int


class Loader:
    """Loads files into a store: the one place where batches of a bulk load are appended.

    Durable after each batch; interrupted at any moment, the next load of the same files goes on where this one stopped.
    """

    def __init__(self, store: Store, load: Load, *, clock: Callable[[], int], watcher: Watcher) -> None:
        self.totals = Totals()
        self._store = store
        self._load = load
        self._clock = clock
        self._watcher = watcher
        self._size = load.size
        self._waiting: deque[Path] = deque()
        self._leased: set[int] = set()  # sources that this load reads
        self._renew_at = 0.0

    def run(self, start: RunStart) -> Totals:
        """Do the whole load as one run; its outcome is written also when it fails or is interrupted."""
        self._find()
        self.totals.run = self._store.start_run(start)
        began = time.perf_counter()
        outcome = "failed"
        try:
            with collector.seldom():
                if self._load.jobs and self._waiting:
                    self._with_crew()
                else:
                    self._alone()
            outcome = "done"
        except KeyboardInterrupt:
            outcome = "interrupted"
            raise
        finally:
            self._store.end_run(self.totals.run, outcome, self.totals.receipt(time.perf_counter() - began))
            if self._leased:
                self._release(set(self._leased))
        return self.totals

    # -- which files ------------------------------------------------------------------------------------------------

    def _find(self) -> None:
        for found in self._load.files:
            if isinstance(found, Skipped):
                self._skip(found)
            else:
                self._waiting.append(found)
                self._watcher.found(found, found.stat().st_size if found.exists() else 0)

    def _skip(self, skipped: Skipped) -> None:
        self.totals.skipped[skipped.reason.value] += 1
        if skipped.reason is SkipReason.UNREADABLE:
            self.totals.unreadable.append(skipped.path)
        self._watcher.skipped(skipped)

    def _next(self, busy: set[int]) -> tuple[_Reading, Read] | None:
        """Open files until one can be read now; a copy of a source that is being read waits for its turn."""
        for _ in range(len(self._waiting)):
            path = self._waiting.popleft()
            source = open_source(path)
            if isinstance(source, Skipped):
                self._skip(source)
                continue
            with source:
                outside = self._outside(source)
                if outside:
                    self._skip(Skipped(path, SkipReason.OUTSIDE, outside))
                    continue
                known = checkpoint_of(self._store, source)
                if known.source_id in busy:
                    self._waiting.append(path)
                    continue
                if not self._lease(path, known.source_id):
                    continue
                if known.identity != source.identity:
                    self._store.touch_source(known.source_id, source.identity)
                return _Reading(path, known.source_id), self._order(source, known.offset)
        return None

    def _lease(self, path: Path, source_id: int) -> bool:
        """Take the right to read a source; where another process has it, leave the file to that one."""
        owner = self._store.lease([source_id], seconds=LEASE_SECONDS).get(source_id)
        if owner is not None:
            self._skip(Skipped(path, SkipReason.LEASED, f"left to {owner}, which reads it into this store"))
            return False
        self._leased.add(source_id)
        return True

    def _renew(self) -> None:
        now = time.monotonic()
        if now >= self._renew_at:
            self._store.lease(sorted(self._leased), seconds=LEASE_SECONDS)
            self._renew_at = now + LEASE_SECONDS / 3

    def _release(self, source_ids: set[int]) -> None:
        self._store.release(sorted(source_ids))
        self._leased -= source_ids

    def _order(self, source: Source, offset: int) -> Read:
        return Read(
            path=os.fsencode(source.path),
            name=source.identity.path,
            start=offset,
            closed=self._is_closed(source),
            sensors=self._load.sensors,
            line_bytes_max=self._load.line_bytes_max,
        )

    def _is_closed(self, source: Source) -> bool:
        if source.compression is not Compression.PLAIN:
            return True
        age_seconds = self._clock() / 1e6 - source.path.stat().st_mtime
        return age_seconds > self._load.closed_after_seconds

    def _outside(self, source: Source) -> str:
        """Say why a whole file lies outside the time range, or nothing; files that overlap it are read in full."""
        since, until = self._load.since_us, self._load.until_us
        if since is not None and source.path.stat().st_mtime * 1e6 < since:
            return "written last before --since"
        if until is not None:
            first = _first_time(source.head)
            if first is not None and first >= until:
                return "begins after --until"
        return ""

    # -- the loop ---------------------------------------------------------------------------------------------------

    def _with_crew(self) -> None:
        with Crew(self._load.jobs) as crew:
            reading: list[deque[_Reading]] = [deque() for _ in range(self._load.jobs)]
            while True:
                self._hand_out(crew, reading)
                if not any(reading):
                    return
                message = crew.next()
                current = reading[message.worker][0]
                if isinstance(message.content, Batch):
                    if self._append(current, message.content):
                        crew.order(message.worker, Resize(self._size.target_bytes))
                else:
                    reading[message.worker].popleft()
                    self._settle(current, message.content)

    def _hand_out(self, crew: Crew, reading: list[deque[_Reading]]) -> None:
        """Give every process something to read, and the next thing already when it is near its end."""
        for depth in range(ORDERS_AHEAD):
            for worker, mine in enumerate(reading):
                if len(mine) == depth:
                    following = self._next({one.source_id for some in reading for one in some})
                    if following is None:
                        return
                    mine.append(following[0])
                    crew.order(worker, following[1])

    def _alone(self) -> None:
        while (following := self._next(set())) is not None:
            current, order = following
            reader = BatchReader(order, self._size)
            for batch in reader:
                if self._append(current, batch):
                    reader.size = self._size
            self._settle(current, reader.end)

    def _append(self, current: _Reading, batch: Batch) -> bool:
        """Make a batch durable; tell whether the size of the next ones should change."""
        self._renew()
        receipt = self._store.append(self.totals.run, current.source_id, batch)
        self.totals.add(receipt)
        self._watcher.stored(current.path, batch.end - batch.start, receipt)
        before = self._size
        self._size = before.after(receipt.commit_seconds)
        return self._size != before

    def _settle(self, current: _Reading, end: Answer) -> None:
        if isinstance(end, Failed):
            self._release({current.source_id})
            self._skip(Skipped(current.path, SkipReason.UNREADABLE, end.detail))
            return
        self.totals.files += 1
        self.totals.held_bytes += end.held_bytes
        state, detail, gaps = ending(end)
        self._store.settle_source(current.source_id, state, detail, gaps)
        self._release({current.source_id})
        self._watcher.ended(current.path, end)


def _first_time(head: bytes) -> int | None:
    found = _times(head)
    return next(found, None)


def _times(head: bytes) -> Iterator[int]:
    for part in head.split(b'"timestamp":')[1:]:
        pieces = part.split(b'"', 2)
        ts = event_time(pieces[1].decode("ascii", "replace")) if len(pieces) > 2 else None
        if ts is not None:
            yield ts
