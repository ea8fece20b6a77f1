"""One stream that is followed: an open file, the parser that stands in it, and what is read but not yet stored."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path

from nacre.ingest.batcher import Batcher
from nacre.ingest.sizing import BatchSize
from nacre.ingest.worker import BLOCK_BYTES
from nacre.model.batch import Batch
from nacre.model.sensor import SensorNames
from nacre.model.source import Checkpoint
from nacre.sources import MARKER_BYTES, Compression, Sighting, Source


class Pull(Enum):
    """What reading on came to."""

    FULL = auto()  # a batch is full, and there is more
    END = auto()  # the end of the file, for now
    CHANGED = auto()  # the file was truncated or overwritten in place: what was read is not in it any more
    ENDED = auto()  # the end of an archive, or the place where it breaks off: see source.damage
    FAILED = auto()  # the system could not deliver the bytes: see `failure`


class Tail:
    """Reads a source on from its checkpoint, and keeps the batch that was taken until it is durable.

    The file is held by its descriptor, so that it is read to its end also when it was renamed or removed.
    """

    def __init__(self, source: Source, known: Checkpoint, *, sensors: SensorNames, line_bytes_max: int) -> None:
        self.source = source
        self.source_id = known.source_id
        self.batch: Batch | None = None  # taken, and not yet durable
        self.durable = known.offset  # bytes that are in the store
        self.seen_bytes = source.size_bytes  # the greatest size on disk that was seen
        self.grown_at = 0.0  # when it grew last, by the follower's clock
        self.is_named = True  # whether the last look found it under a name
        self.unnamed_at: float | None = None  # when it was first found to have no name
        self.is_told = True  # the store knows how it was found last
        self.is_leaving = False  # a copy waits for its place: close it as soon as all of it is stored
        self.is_finished = False  # its last line was taken for whole: nothing can be added any more
        self.expected_end = 0  # where its content must have ended, if another file told
        self.failure = ""
        self._sensor_name = sensors.for_source(source.identity.path)
        self._line_max = line_bytes_max
        start = known.offset
        before = source.read(max(0, start - MARKER_BYTES), min(start, MARKER_BYTES))
        self.batcher = Batcher(self._sensor_name, start=start, before=before, line_bytes_max=line_bytes_max)
        self._blocks: Iterator[bytes] | None = None
        if source.compression is not Compression.PLAIN:
            self._blocks = source.blocks(start, BLOCK_BYTES)

    @property
    def path(self) -> Path:
        """Return the name under which it was found last."""
        return self.source.path

    @property
    def is_archive(self) -> bool:
        """Tell whether it is compressed: nothing is ever added to it."""
        return self._blocks is not None

    @property
    def lag_bytes(self) -> int:
        """Return how many bytes of a plain file are not in the store yet."""
        return 0 if self.is_archive else max(0, self.seen_bytes - self.durable)

    def pull(self, size: BatchSize, now: float) -> Pull:
        """Read on until a batch is full or nothing more is there."""
        try:
            while not self.batcher.is_full(size):
                block = next(self._blocks, b"") if self._blocks is not None else self._added()
                if block is None:
                    return Pull.CHANGED
                if not block:
                    return Pull.ENDED if self.is_archive else Pull.END
                self.batcher.feed(block)
                if self.batcher.end > self.source.size_bytes:  # what was there before is as old as the file says
                    self.grown_at = now
            if not self.is_archive:
                self.seen_bytes = max(self.seen_bytes, self.source.status().st_size)
        except OSError as exc:
            self.failure = exc.strerror or str(exc)
            return Pull.FAILED
        return Pull.FULL

    def _added(self) -> bytes | None:
        end = self.batcher.end
        block = self.source.added(end, self.batcher.before_end, BLOCK_BYTES)
        if block is not None:
            self.seen_bytes = max(self.seen_bytes, end + len(block))
        return block

    def agrees(self, other: Source) -> bool:
        """Tell whether another file has, at their place, the bytes that are held here without their newline."""
        held = self.batcher.held
        return other.read(self.durable, len(held)) == held

    @property
    def is_pending(self) -> bool:
        """Tell whether something was understood that is not durable."""
        return self.batch is not None or self.batcher.has_lines

    def is_removed(self) -> bool:
        """Tell whether the file has no name any more, anywhere."""
        try:
            return self.source.status().st_nlink == 0
        except OSError:
            return False

    def is_overwritten(self) -> bool:
        """Tell whether what was read is not in the file any more: it was truncated or overwritten in place."""
        try:
            return not self.is_archive and self.source.added(self.batcher.end, self.batcher.before_end, 1) is None
        except OSError:
            return False

    def sighting(self) -> Sighting | None:
        """Return the file as it is now, if that is what was read: nothing was added or lost since."""
        if self.is_archive:
            return self.sighting_at_open()
        try:
            info = self.source.status()
        except OSError:
            return None
        if info.st_size != self.batcher.end:
            return None
        return Sighting(self.path, info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns)

    def sighting_at_open(self) -> Sighting:
        """Return the file as it was when it was looked at last."""
        found = self.source.identity
        return Sighting(self.path, found.device, found.inode, found.size_bytes, found.mtime_ns)

    def start_at(self, end: int, batch: Batch, before: bytes) -> None:
        """Begin later than at 0: `batch` takes the source there without reading."""
        self.batch = batch
        self.batcher = Batcher(self._sensor_name, start=end, before=before, line_bytes_max=self._line_max)
        if self.is_archive:
            self._blocks = self.source.blocks(end, BLOCK_BYTES)

    def reopen(self) -> None:
        """Go on reading a stream that was finished too early, all of which is durable."""
        if self.is_finished:
            before = self.batcher.before_end
            self.batcher = Batcher(self._sensor_name, start=self.durable, before=before, line_bytes_max=self._line_max)
            self.is_finished = False

    def finish(self) -> None:
        """Take the end of the stream: a half last line is refused, and nothing can be added any more."""
        if not self.is_finished:
            self.batcher.finish()
            self.is_finished = True

    def take(self) -> Batch | None:
        """Return the batch to be stored next, the same one until `stored` is called; None when there is none."""
        if self.batch is None:
            self.batch = self.batcher.take()
        return self.batch

    def stored(self) -> None:
        """Take note that the batch is durable."""
        assert self.batch is not None
        self.durable = self.batch.end
        self.batch = None

    def close(self) -> None:
        """Give the file back."""
        self.source.close()
