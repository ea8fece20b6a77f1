"""Chunks to batches: parse, fold, and close a batch where the parser stands."""

from __future__ import annotations

from collections.abc import Callable

from nacre.ingest.sizing import BatchSize
from nacre.model.batch import Batch
from nacre.model.coverage import Gap
from nacre.model.reject import Reject
from nacre.parse.fold import Fold
from nacre.parse.lines import LINE_BYTES_MAX
from nacre.parse.parser import Item, Parser
from nacre.sources import MARKER_BYTES, marker_of


class Batcher:
    """Push the chunks of one source from `start`, pull batches that follow each other without a hole."""

    def __init__(
        self,
        sensor_name: Callable[[str], str],
        *,
        start: int = 0,
        before: bytes = b"",
        line_bytes_max: int = LINE_BYTES_MAX,
    ) -> None:
        """Begin at offset `start`; `before` is what the source holds just before it, up to MARKER_BYTES."""
        self._parser = Parser(position=start, line_bytes_max=line_bytes_max)
        self._fold = Fold(sensor_name)
        self._start = start
        self._blank = 0
        self._rejects: list[Reject] = []
        self._gaps: list[Gap] = []
        self._pending_bytes = 0
        self._recent = before[-MARKER_BYTES:]  # the bytes up to the end of what was fed, held ones included

    @property
    def position(self) -> int:
        """Return the offset up to which lines were understood."""
        return self._parser.position

    @property
    def held_bytes(self) -> int:
        """Return how many bytes wait for the rest of their line."""
        return self._parser.held_bytes

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the source."""
        self._collect(self._parser.feed(chunk))
        kept = MARKER_BYTES + self._parser.held_bytes
        self._recent = (self._recent + chunk)[-kept:] if len(chunk) < kept else chunk[-kept:]

    def finish(self) -> None:
        """Take the end of a source that nothing will be added to: a half last line is refused."""
        self._collect(self._parser.finish())

    def is_full(self, size: BatchSize) -> bool:
        """Tell whether it is time to take a batch."""
        return size.is_reached(self._fold.bytes + self._pending_bytes, len(self._fold) + len(self._rejects))

    def take(self) -> Batch | None:
        """Close the batch that ends at `position`; None when nothing was understood since the last one."""
        end = self._parser.position
        if end == self._start:
            return None
        sensors, schemas, events, growth = self._fold.take()
        blank = self._parser.blank - self._blank
        held = self._parser.held_bytes
        before_end = self._recent[: len(self._recent) - held] if held else self._recent
        batch = Batch(
            start=self._start,
            end=end,
            lines=len(events.ts) + len(self._rejects) + blank,
            blank=blank,
            marker=marker_of(before_end),
            sensors=sensors,
            schemas=schemas,
            events=events,
            growth=growth,
            rejects=self._rejects,
            gaps=self._gaps,
        )
        self._start, self._blank = end, self._parser.blank
        self._rejects, self._gaps, self._pending_bytes = [], [], 0
        return batch

    def _collect(self, items: list[Item]) -> None:
        odd = [item for item in items if item.__class__ is not tuple]
        self._fold.add([item for item in items if item.__class__ is tuple] if odd else items)  # type: ignore[arg-type]
        for item in odd:
            if isinstance(item, Reject):
                self._rejects.append(item)
                self._pending_bytes += len(item.line)
            elif isinstance(item, Gap):
                self._gaps.append(item)
