"""The ends of streams: files closed, removed, packed, broken off or truncated, and what each leaves in the store."""

from __future__ import annotations

from nacre.ingest.appender import Appender
from nacre.ingest.ending import end_of, ending, uncopied
from nacre.ingest.reading import Lost, Moment
from nacre.ingest.roster import Roster
from nacre.ingest.tail import Tail
from nacre.ingest.watcher import FollowWatcher
from nacre.model.coverage import Gap
from nacre.store.contract import Store

# A file without a name is closed when nobody has written to it for so long: until then it keeps its room on the disk.
REMOVED_SECONDS = 60.0

# What a truncation took is waited for this long: a copy that logrotate made before it is found at the next look.
LOST_SECONDS = 5.0

# An archive that breaks off may still be on its way here; unchanged for so long, it is damaged.
ARCHIVE_SECONDS = 60.0
AGAIN_SECONDS = 5.0  # it is unpacked from its beginning each time


class Closing:
    """Takes streams to their end, in steps of which each may raise StoreError and be taken again."""

    def __init__(
        self, store: Store, roster: Roster, appender: Appender, *, watcher: FollowWatcher, closed_after_seconds: float
    ) -> None:
        self._store = store
        self._roster = roster
        self._appender = appender
        self._watcher = watcher
        self._closed_after_seconds = closed_after_seconds

    def run(self, now: float) -> bool:
        """End what nothing will be added to; tell whether files got a turn by it."""
        before = len(self._roster.tails) + len(self._roster.lost)
        for lost in list(self._roster.lost.values()):
            if lost.tail.is_pending:
                continue
            if lost.until is None:  # only now may a copy take over: the store may have taken its time
                lost.until, lost.looks = now + LOST_SECONDS, self._roster.looks
            elif now >= lost.until and self._roster.looks > lost.looks:
                self.end_lost(lost, now)
        for tail in list(self._roster.tails.values()):
            if tail.is_pending or tail.is_archive:
                continue
            if tail.is_leaving:
                if tail.sighting() is not None:  # all of it is stored
                    self._roster.drop(tail)
            elif now - tail.grown_at > self._closed_after_seconds or self._is_left(tail, now):
                self.end(tail, now)
        return before != len(self._roster.tails) + len(self._roster.lost)

    def _is_left(self, tail: Tail, now: float) -> bool:
        """Tell whether a file was removed, and nobody has written to it for a while since."""
        if tail.is_named or not tail.is_removed():
            tail.unnamed_at = None
            return False
        if tail.unnamed_at is None:
            tail.unnamed_at = now
        return now - max(tail.unnamed_at, tail.grown_at) > REMOVED_SECONDS

    def end(self, tail: Tail, now: float) -> None:
        """Close a plain file that was read to its end: its half last line is refused."""
        if tail.sighting() is None:  # it has not been read to its end, or has grown since
            tail.reopen()
            return
        tail.finish()
        if self._appender.drain(tail, now):
            self._close(tail, "complete", "its file was removed" if tail.is_removed() else "", [])

    def end_archive(self, tail: Tail, when: Moment) -> None:
        """Close a packed file that was read to its end, or to where it breaks off."""
        damage = tail.source.damage
        is_broken = damage is not None and damage.loses_content
        if not is_broken:
            tail.finish()
        if not self._appender.drain(tail, when.now):
            return
        age = when.clock_us / 1e6 - tail.source.identity.mtime_ns / 1e9
        if is_broken and age < ARCHIVE_SECONDS:
            self._roster.drop(tail, again_at=when.now + ARCHIVE_SECONDS, changed_at=when.now + AGAIN_SECONDS)
            return
        state, detail, gaps = ending(end_of(tail.batcher.position, tail.batcher.held_bytes, damage))
        self._close(tail, state, detail, gaps)

    def end_lost(self, lost: Lost, now: float) -> None:
        """No copy of a stream turned up: what is held of it is refused, and what may be missing is recorded."""
        tail = lost.tail
        tail.finish()
        if self._appender.drain(tail, now):
            gaps = lost.gaps()
            detail = gaps[0].detail if gaps else "its file was overwritten after it was read to its end"
            self._store.settle_source(tail.source_id, "complete", detail, gaps)
            self._roster.forget_lost(lost)
            self._tell(tail, gaps)

    def leave_open(self, tail: Tail) -> None:
        """The follower ends, the file goes on: say where it was left."""
        held = tail.batcher.held_bytes
        detail = f"{held} bytes of a last line without its end" if held else ""
        self._store.settle_source(tail.source_id, "open", detail, [])
        self._appender.totals.held_bytes += held
        self._appender.totals.files += 1

    def _close(self, tail: Tail, state: str, detail: str, gaps: list[Gap]) -> None:
        gaps = gaps or uncopied(tail.batcher.end, tail.expected_end)
        end = end_of(tail.batcher.position, tail.batcher.held_bytes, tail.source.damage)
        self._store.settle_source(tail.source_id, state, detail, gaps)
        self._appender.totals.files += 1
        self._roster.done(tail)
        self._watcher.ended(tail.path, end)
        self._tell(tail, gaps)

    def _tell(self, tail: Tail, gaps: list[Gap]) -> None:
        for gap in gaps:
            self._watcher.lacking(tail.path, gap)
