"""All files in sight that are not followed now: done, foreign, unreadable, copies; and when to look at them again."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from nacre.ingest.reading import File
from nacre.model.source import Checkpoint, KnownSource
from nacre.sources import Sighting, Skipped, SkipReason

# Looked at again after so long without a change: a permission that was given back changes neither size nor time.
UNREADABLE_SECONDS = 1.0
LEASED_SECONDS = 5.0
# A copy that grows is held against its original so often: for one that is being packed that means to unpack it.
COPY_SECONDS = 5.0
# A text log that grows all day is looked at again ever more seldom: each look reads up to a megabyte.
FOREIGN_SECONDS_FIRST = 0.25
FOREIGN_SECONDS_MOST = 60.0

# rsync writes to a hidden name beside the file and renames it when it is whole.
HIDDEN_SECONDS = 60.0

# Packed rotations are read a few at a time while live files go on: each may hold a batch in memory.
ARCHIVES_MAX = 2
_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst", ".zstd"})  # for their order only; what they are decides the content


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """A file that is left alone, as it was seen, until something about it changes or a time has come."""

    seen: Sighting
    holds: Checkpoint | None = None  # it is done, and this is what it holds
    copy_of: int | None = None  # it holds a source that another file is being read for
    again_at: float = math.inf  # looked at again then, changed or not
    changed_at: float = 0.0  # not before then, even if it changed
    looks: int = 0  # how often it was found to be none of Cowrie's logs

    def is_due(self, seen: Sighting, now: float) -> bool:
        """Tell whether to look at the file, which is seen like this now."""
        return now >= (self.again_at if seen == self.seen else self.changed_at)


class Inventory:
    """Remembers why each file is left alone. Nothing here decides what a file is: only when it is worth a look."""

    def __init__(self, known: Iterable[KnownSource]) -> None:
        self._resting: dict[File, Resting] = {}
        # rsync's quick check: a file with the inode, size and time of one that was read to its end is that one.
        self._complete = {_mark(one): one.checkpoint for one in known if one.state == "complete"}

    def due(self, files: Iterable[Sighting], *, open_files: Collection[File], now: float) -> Iterator[Sighting]:
        """Yield the files that are worth a look, the newest first: a live file must not wait for its rotations."""
        present = list(files)
        kept = {one.file for one in present}
        self._resting = {file: one for file, one in self._resting.items() if file in kept}
        for seen in sorted(present, key=lambda one: -one.mtime_ns):
            resting = self._resting.get(seen.file)
            if seen.file not in open_files and (resting is None or resting.is_due(seen, now)):
                yield seen

    def held_by(self, seen: Sighting) -> Checkpoint | None:
        """Return the source that a file is known to hold to its end, without opening it."""
        resting = self._resting.get(seen.file)
        if resting is not None and resting.holds is not None:
            same = (resting.seen.size_bytes, resting.seen.mtime_ns) == (seen.size_bytes, seen.mtime_ns)
            return resting.holds if same else None
        return self._complete.get((seen.device, seen.inode, seen.size_bytes, seen.mtime_ns))

    def source_ids(self) -> set[int]:
        """Return the sources that are known to be in a file in sight."""
        held = {one.holds.source_id for one in self._resting.values() if one.holds is not None}
        return held | {one.copy_of for one in self._resting.values() if one.copy_of is not None}

    def done(self, seen: Sighting, holds: Checkpoint) -> None:
        """A file was read to its end."""
        self._resting[seen.file] = Resting(seen=seen, holds=holds)

    def later(self, seen: Sighting, again_at: float, *, changed_at: float | None = None) -> None:
        """A file cannot be read now: look again at a time, or when it has changed and another time has come."""
        changed_at = again_at if changed_at is None else changed_at
        self._resting[seen.file] = Resting(seen=seen, again_at=again_at, changed_at=changed_at)

    def copy(self, seen: Sighting, source_id: int, now: float) -> None:
        """A file holds what another one is being read for: its turn comes when that one ends, or when they differ."""
        self._resting[seen.file] = Resting(seen=seen, copy_of=source_id, changed_at=now + COPY_SECONDS)

    def skip(self, skipped: Skipped, seen: Sighting, now: float) -> None:
        """A file is no source, for now."""
        before = self._resting.get(seen.file)
        if skipped.reason in (SkipReason.UNREADABLE, SkipReason.NO_SUCH):
            self._resting[seen.file] = Resting(seen=seen, again_at=now + UNREADABLE_SECONDS)
        elif skipped.reason in (SkipReason.FOREIGN, SkipReason.BINARY):
            looks = before.looks + 1 if before is not None else 1
            seconds = min(FOREIGN_SECONDS_MOST, FOREIGN_SECONDS_FIRST * 2 ** min(looks, 20))
            self._resting[seen.file] = Resting(seen=seen, changed_at=now + seconds, looks=looks)
        else:
            self._resting[seen.file] = Resting(seen=seen)

    def wake(self, source_id: int) -> None:
        """A source is not being read any more: its copies get their turn."""
        for file, one in self._resting.items():
            if one.copy_of == source_id:
                self._resting[file] = Resting(seen=one.seen, again_at=0.0)

    def forget(self, file: File) -> None:
        """Look at a file again, whatever it was."""
        self._resting.pop(file, None)

    def foreign_names(self) -> set[str]:
        """Return the names of files that are none of Cowrie's: that they grow is no news."""
        return {str(one.seen.path.absolute()) for one in self._resting.values() if one.looks}


def is_packed(seen: Sighting) -> bool:
    """Tell whether a file is packed, as far as its name says."""
    return seen.path.suffix.lower() in _PACKED


def is_hidden(seen: Sighting, clock_us: int) -> bool:
    """Tell whether a file is being written under a name that is not meant to be seen."""
    return seen.path.name.startswith(".") and clock_us / 1e6 - seen.mtime_ns / 1e9 < HIDDEN_SECONDS


def _mark(known: KnownSource) -> tuple[int, int, int, int]:
    identity = known.checkpoint.identity
    return identity.device, identity.inode, identity.size_bytes, identity.mtime_ns
