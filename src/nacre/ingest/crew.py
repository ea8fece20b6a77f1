"""The parsing processes: started, fed with orders, listened to, and always ended."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from nacre.errors import DataError
from nacre.ingest.wire import (
    ANSWER,
    BATCH,
    Answer,
    Order,
    Pipe,
    decode_answer,
    decode_batch,
    encode_frame,
)
from nacre.model.batch import Batch

# A pipe's own buffer, where the system lets us choose: a batch of 5 MB then takes five wake-ups instead of eighty.
PIPE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """What a process sent."""

    worker: int
    content: Batch | Answer


class Crew:
    """Some parsing processes. Use it as a context manager: at its end none of them is left, whatever happened.

    A process that ends unasked shows as DataError from `next`. When the loader itself is killed, the processes find
    their pipes broken and end.
    """

    def __init__(self, jobs: int) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._orders: list[Pipe] = []
        self._answers = selectors.DefaultSelector()
        for worker in range(jobs):
            self._start(worker)

    def _start(self, worker: int) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "nacre.ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            pipesize=PIPE_BYTES,
            start_new_session=True,  # Ctrl-C is the loader's to answer: it commits, then ends the processes
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._processes.append(process)
        self._orders.append(Pipe(process.stdin.fileno()))
        self._answers.register(Pipe(process.stdout.fileno()), selectors.EVENT_READ, worker)

    def order(self, worker: int, order: Order) -> None:
        """Send an order to a process."""
        try:
            self._orders[worker].write(encode_frame(ANSWER, order))
        except BrokenPipeError:
            raise self._died(worker) from None

    def next(self) -> Message:
        """Wait for the next message of any process.

        A process is two batches ahead at most, one waiting to be sent and one being parsed; then its pipe is full. That
        is the bounded queue between them, and it costs no memory here.
        """
        key, _ = self._answers.select()[0]
        assert isinstance(key.fileobj, Pipe)
        frame = key.fileobj.read()
        if frame is None:
            raise self._died(key.data)
        kind, body = frame
        return Message(key.data, decode_batch(body) if kind == BATCH else decode_answer(body))

    def _died(self, worker: int) -> DataError:
        status = self._processes[worker].wait()
        what = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return DataError(
            f"a parsing process {what}",
            hint="run the same command again: it goes on where it stopped; -v shows more",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answers.close()
        for process in self._processes:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            if kind is not None:
                process.kill()
            process.stdout.close()
        for process in self._processes:
            process.wait()


def default_jobs() -> int:
    """Return how many parsing processes suit this machine: all processors this process may use but one, four at most.

    The writer is one process, and four parsers are faster than any writer.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(4, usable - 1))
