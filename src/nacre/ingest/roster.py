"""Which file is which stream: tails are opened, renamed, handed over and given up, by content and never by name."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from nacre.errors import SourceLeased
from nacre.ingest.batcher import unread
from nacre.ingest.inventory import ARCHIVES_MAX, LEASED_SECONDS, Inventory, is_hidden, is_packed
from nacre.ingest.reading import LEASE_SECONDS, File, Lost, Moment, Reading
from nacre.ingest.resume import confirmed
from nacre.ingest.tail import Tail
from nacre.ingest.unfinished import Unfinished
from nacre.ingest.watcher import FollowWatcher
from nacre.model.coverage import Gap, GapCause
from nacre.model.source import Checkpoint
from nacre.sources import (
    HEAD_BYTES_MAX,
    MARKER_BYTES,
    Compression,
    Sighting,
    Skipped,
    SkipReason,
    Source,
    covers,
    look,
    marker_of,
    open_source,
    printable,
)
from nacre.store.contract import Store

# What was said of files, so as not to say it again; beyond that many it is said once more.
TOLD_MAX = 10_000

# A file that was moved out of sight is left to its copy when nobody has written to it for so long.
MOVED_SECONDS = 60.0


class Roster:
    """The tails, and all else in sight.

    A method that raised StoreError may be called again and goes on from there: what it keeps in memory follows the
    store, never leads it.
    """

    def __init__(self, store: Store, reading: Reading, *, watcher: FollowWatcher) -> None:
        self.tails: dict[File, Tail] = {}
        self.lost: dict[int, Lost] = {}  # by source id
        self.names: frozenset[str] = frozenset()  # files of which only growth is expected
        self.is_waiting = False  # whether a file waits only for its turn
        self.looks = 0  # how often all that was in sight was looked at
        self.look_seconds = 0.0  # how long it took to list it the last time
        self._is_whole = False  # whether the last look got to see what is in every file
        self._store = store
        self._reading = reading
        self._watcher = watcher
        known = store.sources()
        self._inventory = Inventory(known)
        self._unfinished = Unfinished(store, known, paths=reading.paths, watcher=watcher)
        is_known = any(covers(reading.paths, one.checkpoint.identity.path) for one in known)
        self._is_from_end = reading.from_end and not is_known
        self._told: set[tuple[Path, SkipReason]] = set()
        self._is_first = True

    def source_ids(self) -> list[int]:
        """Return the sources that this process reads, and so holds the leases of."""
        return [*(tail.source_id for tail in self.tails.values()), *self.lost]

    # -- looking ----------------------------------------------------------------------------------------------------

    def look(self, when: Moment) -> None:
        """See which files there are now; open those that are new, that changed, or whose turn has come.

        Raise SourceLeased when another follower reads one of the files that are there at the first look.
        """
        seen = look(self._reading.paths, store=self._reading.store)
        self._is_whole = all(one.reason is not SkipReason.UNREADABLE for one in seen.skipped)
        self.is_waiting = False
        for skipped in seen.skipped:
            if skipped.reason is not SkipReason.NO_SUCH or str(skipped.path) in self._reading.paths:
                self._skip(skipped)  # else it was renamed or removed since it was listed
        present = {one.file: one for one in seen.files}
        for tail in list(self.tails.values()):
            if tail.is_overwritten():  # before its copies are judged
                self.lose(tail)
        for file, tail in self.tails.items():
            tail.is_named = file in present
            if tail.is_named and tail.path != present[file].path:
                before = tail.path
                self._refresh(tail, present[file].path)
                self._watcher.renamed(before, tail.path)
            self._tell_store(tail)
        for one in self._inventory.due(seen.files, open_files=self.tails, now=when.now):
            self._consider(one, when)
        if self._is_whole and not self.is_waiting:
            here = set(self.source_ids()) | self._inventory.source_ids()
            self.is_waiting = self._unfinished.miss(here)
        self._is_first = False
        self.looks += 1
        self.look_seconds = seen.seconds
        followed = {str(tail.path.absolute()) for tail in self.tails.values()}
        self.names = frozenset(followed | self._inventory.foreign_names())

    def _skip(self, skipped: Skipped) -> None:
        if (skipped.path, skipped.reason) not in self._told:
            if len(self._told) >= TOLD_MAX:
                self._told.clear()
            self._told.add((skipped.path, skipped.reason))
            self._watcher.skipped(skipped)

    def _refresh(self, tail: Tail, path: Path) -> None:
        known = tail.source.identity
        with contextlib.suppress(OSError):  # it is told when its content is read
            tail.source.refresh(path)
        if tail.source.matches(known):
            tail.is_told = False
            self._tell_store(tail)
        else:  # overwritten in place since it was read: that is another source, and this one keeps its name
            tail.source.identity = known

    def _tell_store(self, tail: Tail) -> None:
        """Let the store know how a file was found last; after an error this is done at the next look."""
        if not tail.is_told:
            self._store.touch_source(tail.source_id, tail.source.identity)
            tail.is_told = True

    def learn_head(self, tail: Tail) -> None:
        """Let the store know more of a short file's head, once there is more."""
        known = tail.source.identity.head_bytes
        if known < HEAD_BYTES_MAX and tail.durable - tail.source.hole_bytes > known and not tail.is_archive:
            self._refresh(tail, tail.path)

    # -- opening ----------------------------------------------------------------------------------------------------

    def _consider(self, seen: Sighting, when: Moment) -> None:
        """Find out what a file is, and follow it or let it rest."""
        held = self._inventory.held_by(seen)
        archives = sum(tail.is_archive for tail in self.tails.values())
        if held is not None:
            self._know(seen, held)
        elif is_hidden(seen, when.clock_us):
            self._inventory.later(seen, when.now + 1.0)
        elif len(self.tails) >= self._reading.tails_max or (is_packed(seen) and archives >= ARCHIVES_MAX):
            self.is_waiting = True
        else:
            found = open_source(seen.path)
            if isinstance(found, Skipped):
                self._skip(found)
                self._inventory.skip(found, seen, when.now)
                self._is_whole = self._is_whole and found.reason is not SkipReason.UNREADABLE
                return
            is_followed = False
            try:
                is_followed = self._adopt(seen, found, when)
            finally:
                if not is_followed:
                    found.close()

    def _know(self, seen: Sighting, held: Checkpoint) -> None:
        """Let a file rest that was read to its end before, as its inode, size and time say; it may have a new name."""
        path = printable(seen.path)
        if held.identity.path != path:
            held = replace(held, identity=replace(held.identity, path=path))
            self._store.touch_source(held.source_id, held.identity)
        self._inventory.done(seen, held)

    def _adopt(self, seen: Sighting, source: Source, when: Moment) -> bool:
        """Follow an open file from the checkpoint of the source that it holds; tell whether it is followed."""
        if (source.identity.device, source.identity.inode) != seen.file:  # replaced since it was seen
            self.is_waiting = True
            return False
        for known in confirmed(source, self._store.candidates(source.identity)):
            lost = self.lost.get(known.source_id)
            reader = next((tail for tail in self.tails.values() if tail.source_id == known.source_id), None)
            if lost is not None and lost.tail.is_pending:
                self.is_waiting = True  # its last whole lines are stored first
                return False
            if lost is not None and not lost.tail.agrees(source):
                continue
            if reader is not None and _is_copy(reader.source, source):
                self._wait_for(reader, seen, when)
                return False
            if reader is None:
                return self._resume(seen, source, known, when)
        return self._begin(seen, source, when)

    def _wait_for(self, reader: Tail, seen: Sighting, when: Moment) -> None:
        """Let a copy wait while its content is read from another file, unless that one is on its way out."""
        moved = not reader.is_named and when.now - reader.grown_at > MOVED_SECONDS
        if moved or reader.is_removed():
            reader.is_leaving = True
            self.is_waiting = True
        self._inventory.copy(seen, reader.source_id, when.now)

    def _begin(self, seen: Sighting, source: Source, when: Moment) -> bool:
        """Follow a file whose content was never seen, as soon as it has a whole line: nothing is lost before."""
        is_short = len(source.head) < MARKER_BYTES and b"\n" not in source.head
        if is_short and self._age(seen, when) < self._closed_after:
            self._inventory.later(seen, when.now + self._closed_after, changed_at=when.now)
            return False
        is_past = source.compression is not Compression.PLAIN or self._age(seen, when) > self._closed_after
        if self._is_first and self._is_from_end and is_past:
            self._skip(Skipped(seen.path, SkipReason.OUTSIDE, "older than the end that was asked for"))
            self._inventory.later(seen, float("inf"), changed_at=when.now)
            return False
        return self._resume(seen, source, self._add(source), when)

    def _resume(self, seen: Sighting, source: Source, known: Checkpoint, when: Moment) -> bool:
        """Follow a file on from a checkpoint, unless another process reads its source."""
        if not self._lease(seen, known.source_id, when):
            return False
        if known.identity != source.identity:
            self._store.touch_source(known.source_id, source.identity)
        tail = self._open(seen, source, known, when)
        if known.offset == 0:
            self._choose_start(tail)
        lost = self.lost.pop(known.source_id, None)
        if lost is not None:
            tail.expected_end = lost.exact_end or lost.tail.seen_bytes
            lost.tail.close()
        self._unfinished.found(known.source_id)
        return True

    def _choose_start(self, tail: Tail) -> None:
        """Begin a source of which nothing is stored behind what is to be left out, or behind a hole."""
        source = tail.source
        if self._is_first and self._is_from_end:
            end = _last_line_end(source)
            self._start_at(tail, end, Gap(0, end, GapCause.SKIPPED, f"{end} bytes that stood there at the beginning"))
        elif source.hole_bytes:
            hole = source.hole_bytes
            detail = f"{hole} NUL bytes, as copytruncate leaves them under a writer that keeps its offset"
            is_known = self._explain_hole((source.identity.device, source.identity.inode), hole)
            self._start_at(tail, hole, None if is_known else Gap(0, hole, GapCause.NUL_HOLE, detail))

    def _add(self, source: Source) -> Checkpoint:
        """Let the store know a new source. Two followers may do so at the same time: both take the first one then."""
        added = self._store.add_source(source.identity)
        alike = [one for one in self._store.candidates(source.identity) if one.identity == added.identity]
        first = min(alike, key=lambda one: one.source_id)
        if first.source_id != added.source_id:
            self._store.settle_source(added.source_id, "complete", f"the same as source {first.source_id}", [])
        return first

    def _explain_hole(self, file: File, hole_bytes: int) -> bool:
        """Tell whether it is known what was in this file before the hole: what that lacks is told there, exactly."""
        for lost in self.lost.values():
            if lost.file == file:
                lost.exact_end = hole_bytes
                return True
        return self._unfinished.explain(file, hole_bytes)

    def _start_at(self, tail: Tail, end: int, gap: Gap | None) -> None:
        if end > tail.durable:
            before = tail.source.read(max(0, end - MARKER_BYTES), min(end, MARKER_BYTES))
            tail.start_at(end, unread(end, marker=marker_of(before), gap=gap), before)

    def _open(self, seen: Sighting, source: Source, known: Checkpoint, when: Moment) -> Tail:
        reading = self._reading
        tail = Tail(source, known, sensors=reading.sensors, line_bytes_max=reading.line_bytes_max)
        tail.grown_at = when.now - max(0.0, self._age(seen, when))
        self.tails[seen.file] = tail
        self._inventory.forget(seen.file)
        self._told = {one for one in self._told if one[0] != seen.path}  # what is wrong with it next is news
        self._watcher.found(seen.path, seen.size_bytes)
        return tail

    def _lease(self, seen: Sighting, source_id: int, when: Moment) -> bool:
        """Take the lease of a source; where another process reads it, let the file rest, or refuse to begin."""
        owner = self._store.lease([source_id], seconds=LEASE_SECONDS).get(source_id)
        if owner is None:
            return True
        if self._is_first and owner.startswith("follow"):
            raise SourceLeased(
                f"{printable(seen.path)} is followed already, by {owner}",
                hint="stop the other one, or follow other files; to see it: nacre status",
            )
        self._skip(Skipped(seen.path, SkipReason.LEASED, f"read by {owner}"))
        self._inventory.later(seen, when.now + LEASED_SECONDS)
        self._is_whole = False
        return False

    @property
    def _closed_after(self) -> float:
        return self._reading.closed_after_seconds

    @staticmethod
    def _age(seen: Sighting, when: Moment) -> float:
        return when.clock_us / 1e6 - seen.mtime_ns / 1e9

    # -- giving up --------------------------------------------------------------------------------------------------

    def lose(self, tail: Tail) -> None:
        """The file was truncated or overwritten in place: keep what is held of the stream, look at the file anew."""
        file = next(file for file, one in self.tails.items() if one is tail)
        del self.tails[file]
        self.lost[tail.source_id] = Lost(tail, file)
        self._inventory.wake(tail.source_id)

    def forget_lost(self, lost: Lost) -> None:
        """A lost stream was settled."""
        self.lost.pop(lost.tail.source_id, None)
        lost.tail.close()
        self._store.release([lost.tail.source_id])

    def done(self, tail: Tail) -> None:
        """The stream was read to its end and settled."""
        seen = tail.sighting()
        self._forget(tail)
        tail.close()
        held = Checkpoint(source_id=tail.source_id, offset=tail.durable, marker=b"", identity=tail.source.identity)
        if seen is not None:
            self._inventory.done(seen, held)
        self._inventory.wake(tail.source_id)
        self._store.release([tail.source_id])

    def drop(self, tail: Tail, *, again_at: float = 0.0, changed_at: float | None = None) -> None:
        """Give a stream up without an end: it is found again, and read on from the checkpoint in the store."""
        if self.lost.pop(tail.source_id, None) is None:
            self._forget(tail)
            if again_at:
                self._inventory.later(tail.sighting_at_open(), again_at, changed_at=changed_at)
        tail.close()
        self._inventory.wake(tail.source_id)

    def read_by_others(self, refused: Mapping[int, str]) -> list[Tail]:
        """Return the tails of sources whose leases were refused."""
        tails = [*self.tails.values(), *(lost.tail for lost in self.lost.values())]
        return [tail for tail in tails if tail.source_id in refused]

    def close(self) -> None:
        """Give all files back; nothing is said to the store."""
        for tail in [*self.tails.values(), *(lost.tail for lost in self.lost.values())]:
            tail.close()
        self.tails.clear()
        self.lost.clear()

    def _forget(self, tail: Tail) -> None:
        del self.tails[next(file for file, one in self.tails.items() if one is tail)]


def _is_copy(one: Source, other: Source) -> bool:
    """Tell whether the shorter of two beginnings is how the longer one begins, as they are on disk now."""
    mine = one.read(one.hole_bytes, HEAD_BYTES_MAX)
    theirs = other.read(other.hole_bytes, HEAD_BYTES_MAX)
    common = min(len(mine), len(theirs))
    return mine[:common] == theirs[:common]


def _last_line_end(source: Source) -> int:
    """Return the offset after the last newline of a plain file, as it is now."""
    end = source.status().st_size
    while end > 0:
        start = max(0, end - HEAD_BYTES_MAX)
        newline = source.read(start, end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
