"""A parsing process: takes orders on standard input, sends batches on standard output, ends with its input."""

from __future__ import annotations

import os
import queue
import selectors
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from nacre.ingest import collector
from nacre.ingest.batcher import Batcher
from nacre.ingest.ending import end_of
from nacre.ingest.sizing import BatchSize
from nacre.ingest.wire import (
    ANSWER,
    BATCH,
    Answer,
    Failed,
    Frame,
    Pipe,
    Read,
    decode_order,
    encode_frame,
)
from nacre.model.batch import Batch
from nacre.sources import MARKER_BYTES, Skipped, open_source

# Measured: lines and events of 128 KiB stay in the cache between parser and fold; 512 KiB cost 8 % more.
BLOCK_BYTES = 128 * 1024


class BatchReader:
    """Reads one source from an offset to its end as batches; `end` says afterwards how it ended."""

    def __init__(self, order: Read, size: BatchSize) -> None:
        self.order = order
        self.size = size  # of the batches to come; may be changed between two
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
            if order.closed and not lost:
                batcher.finish()
            if (batch := batcher.take()) is not None:
                yield batch
            self.end = end_of(batcher.position, batcher.held_bytes, damage)


class Sender:
    """Sends frames on a thread of its own, one ahead: the next batch is parsed while the loader is still busy.

    Writing to a full pipe waits without the interpreter's lock. The first error is raised by the next `send`.
    """

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._frames: queue.Queue[Frame | None] = queue.Queue(maxsize=1)
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, kind: bytes, message: Batch | Answer) -> None:
        """Encode and hand over; wait only when the frame before the last has not gone."""
        if self._error is not None:
            raise self._error
        self._frames.put(encode_frame(kind, message))

    def close(self) -> None:
        """Wait until everything has gone."""
        self._frames.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (frame := self._frames.get()) is not None:
            if self._error is None:
                try:
                    self._pipe.write(frame)
                except OSError as exc:
                    self._error = exc


class Service:
    """Carries out orders, in their order, until the loader closes its end or is gone."""

    def __init__(self, orders: Pipe, answers: Pipe) -> None:
        self._orders = orders
        self._sender = Sender(answers)
        self._size = BatchSize()
        self._waiting: deque[Read] = deque()
        self._incoming = selectors.DefaultSelector()
        self._incoming.register(orders, selectors.EVENT_READ)

    def run(self) -> None:
        """Serve to the end."""
        while self._listen():
            while self._waiting:
                reader = BatchReader(self._waiting.popleft(), self._size)
                for batch in reader:
                    self._sender.send(BATCH, batch)
                    while self._incoming.select(timeout=0):
                        if not self._listen():
                            return  # the loader is gone in the middle of a source
                        reader.size = self._size
                self._sender.send(ANSWER, reader.end)
        self._sender.close()

    def _listen(self) -> bool:
        """Wait for one order; tell whether there will be more."""
        frame = self._orders.read()
        if frame is None:
            return False
        order = decode_order(frame[1])
        if isinstance(order, Read):
            self._waiting.append(order)
        else:
            self._size = BatchSize(target_bytes=order.batch_bytes)
        return True


def main() -> None:
    """Run as a process of its own: python -m nacre.ingest.worker."""
    # A service manager signals all processes at once; the loader is the one to answer, and its pipe's end is ours.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    orders, answers = Pipe(os.dup(0)), Pipe(os.dup(1))
    os.dup2(2, 1)  # a stray print must not end up between the frames
    try:
        with collector.seldom():
            Service(orders, answers).run()
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)


if __name__ == "__main__":
    main()
