"""Chunks to batches: parse, fold, and close a batch where the parser stands."""

from __future__ import annotations

from collections.abc import Callable

from nacre.ingest.sizing import BatchSize
from nacre.model.batch import Batch, EventColumns, Growth
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
        self._recent = bytearray(before[-MARKER_BYTES:])  # the bytes up to the end of what was fed, held ones included

    @property
    def position(self) -> int:
        """Return the offset up to which lines were understood."""
        return self._parser.position

    @property
    def held_bytes(self) -> int:
        """Return how many bytes wait for the rest of their line."""
        return self._parser.held_bytes

    @property
    def end(self) -> int:
        """Return the offset up to which bytes were fed."""
        return self._parser.position + self._parser.held_bytes

    @property
    def before_end(self) -> bytes:
        """Return what the source holds just before `end`, up to MARKER_BYTES."""
        return bytes(self._recent[-MARKER_BYTES:])

    @property
    def held(self) -> bytes:
        """Return the bytes that wait for the rest of their line; of a line over the limit only its last ones."""
        held = self._parser.held_bytes
        return bytes(self._recent[-held:]) if held else b""

    @property
    def size_bytes(self) -> int:
        """Return how many bytes of lines wait to be taken."""
        return self._fold.bytes + self._pending_bytes

    @property
    def has_lines(self) -> bool:
        """Tell whether something was understood since the last batch."""
        return self._parser.position != self._start

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the source."""
        self._collect(self._parser.feed(chunk))
        kept = MARKER_BYTES + self._parser.held_bytes
        if len(chunk) >= kept:
            self._recent = bytearray(chunk[-kept:])
            return
        self._recent += chunk
        # Not each time: a line of megabytes may come in thousands of pieces.
        if len(self._recent) > 2 * kept:
            del self._recent[:-kept]

    def finish(self) -> None:
        """Take the end of a source that nothing will be added to: a half last line is refused."""
        self._collect(self._parser.finish())

    def is_full(self, size: BatchSize) -> bool:
        """Tell whether it is time to take a batch."""
        return size.is_reached(self.size_bytes, len(self._fold) + len(self._rejects))

    def take(self) -> Batch | None:
        """Close the batch that ends at `position`; None when nothing was understood since the last one."""
        end = self._parser.position
        if end == self._start:
            return None
        sensors, schemas, events, growth = self._fold.take()
        blank = self._parser.blank - self._blank
        held = self._parser.held_bytes
        before_end = bytes(self._recent[: len(self._recent) - held][-MARKER_BYTES:])
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


def unread(end: int, *, marker: bytes, gap: Gap | None) -> Batch:
    """Return the batch that takes a source from 0 to `end` without reading: no lines, and the gap that this makes."""
    return Batch(
        start=0,
        end=end,
        lines=0,
        blank=0,
        marker=marker,
        sensors=[],
        schemas=[],
        events=EventColumns([], b"", [], [], [], [], [], {}),
        growth=Growth([], [], [], [], [], []),
        rejects=[],
        gaps=[gap] if gap is not None else [],
    )
