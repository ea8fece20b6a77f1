"""A parsing process: takes orders on standard input, sends batches on standard output, ends with its input."""

from __future__ import annotations

import gc
import os
import selectors
import sys
from collections.abc import Iterator
from pathlib import Path

from nacre.ingest.batcher import Batcher
from nacre.ingest.sizing import BatchSize
from nacre.ingest.wire import ANSWER, BATCH, Answer, End, Failed, Pipe, Read, Resize, decode_order, read_frame, write_frame
from nacre.model.batch import Batch
from nacre.sources import MARKER_BYTES, Skipped, open_source

# Small enough that a batch of 256 KiB is possible, large enough that a call a block costs nothing.
BLOCK_BYTES = 512 * 1024


class BatchReader:
    """Reads one source from an offset to its end as batches; `end` says afterwards how it ended."""

    def __init__(self, order: Read) -> None:
        self.order = order
        self.size = BatchSize(target_bytes=order.batch_bytes)
        self.end: Answer = Failed("not read")

    def __iter__(self) -> Iterator[Batch]:
        order = self.order
        source = open_source(Path(os.fsdecode(order.path)))
        if isinstance(source, Skipped):
            self.end = Failed(f"{source.reason.value}: {source.detail}")
            return
        with source:
            before_start = max(0, order.start - MARKER_BYTES)
            before = source.read(before_start, order.start - before_start)
            batcher = Batcher(
                order.sensors.for_source(order.name),
                start=order.start,
                before=before,
                line_bytes_max=order.line_bytes_max,
            )
            for block in source.blocks(order.start, BLOCK_BYTES):
                batcher.feed(block)
                if batcher.is_full(self.size) and (batch := batcher.take()) is not None:
                    yield batch
            damage = source.damage
            # What follows the damage may still come, when the archive was caught while it was copied.
            lost = damage is not None and damage.loses_content
            batcher.finish(closed=order.closed and not lost)
            if (batch := batcher.take()) is not None:
                yield batch
            kind, detail = (damage.kind.value, damage.detail) if damage is not None else ("", "")
            self.end = End(batcher.position, batcher.held_bytes, kind, detail, lost)


def serve(orders: Pipe, answers: Pipe) -> None:
    """Carry out orders until the loader closes its end, or is gone."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(orders, selectors.EVENT_READ)
        while (frame := read_frame(orders)) is not None:
            order = decode_order(frame[1])
            if not isinstance(order, Read):
                continue
            reader = BatchReader(order)
            for batch in reader:
                write_frame(answers, BATCH, batch)
                while waiting.select(timeout=0):
                    frame = read_frame(orders)
                    if frame is None:
                        return
                    resize = decode_order(frame[1])
                    assert isinstance(resize, Resize), "an order to read while another is carried out"
                    reader.size = BatchSize(target_bytes=resize.batch_bytes)
            write_frame(answers, ANSWER, reader.end)


def main() -> None:
    """Run as a process of its own: python -m nacre.ingest.worker."""
    gc.freeze()
    gc.set_threshold(200_000)  # events are not tracked by the collector; scanning the folds for cycles finds none
    orders, answers = Pipe(os.dup(0)), Pipe(os.dup(1))
    os.dup2(2, 1)  # a stray print must not end up between the frames
    try:
        serve(orders, answers)
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)


if __name__ == "__main__":
    main()
