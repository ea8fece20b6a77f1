"""The parsing processes: started, fed with orders, listened to, and always ended."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
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
    read_frame,
    write_frame,
)
from nacre.model.batch import Batch

# Frames that wait in the loader, over all processes. With the one that each process holds while its pipe is full, this
# bounds memory: (waiting + 2 a process) batches.
WAITING_MAX = 2


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
        self._threads: list[threading.Thread] = []
        self._frames: queue.Queue[tuple[int, tuple[bytes, bytes] | None]] = queue.Queue(WAITING_MAX)
        self._ending = False
        for worker in range(jobs):
            self._start(worker)

    def _start(self, worker: int) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "nacre.ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is the loader's to answer: it commits, then ends the processes
        )
        assert process.stdin is not None and process.stdout is not None
        self._processes.append(process)
        self._orders.append(Pipe(process.stdin.fileno()))
        thread = threading.Thread(target=self._listen, args=(worker, process.stdout.fileno()), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _listen(self, worker: int, fd: int) -> None:
        pipe = Pipe(fd)
        while not self._ending:
            frame = read_frame(pipe)
            self._frames.put((worker, frame))
            if frame is None:
                return

    def order(self, worker: int, order: Order) -> None:
        """Send an order to a process."""
        try:
            write_frame(self._orders[worker], ANSWER, order)
        except BrokenPipeError:
            raise self._died(worker) from None

    def next(self) -> Message:
        """Wait for the next message of any process."""
        worker, frame = self._frames.get()
        if frame is None:
            raise self._died(worker)
        kind, body = frame
        return Message(worker, decode_batch(body) if kind == BATCH else decode_answer(body))

    def _died(self, worker: int) -> DataError:
        status = self._processes[worker].wait()
        what = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return DataError(
            f"a parsing process {what}", hint="run the same command again: it goes on where it stopped; -v shows more"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending = True
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
            if kind is not None:
                process.kill()
        while any(thread.is_alive() for thread in self._threads):
            try:  # a listener may wait for room in the queue
                self._frames.get(timeout=0.05)
            except queue.Empty:
                continue
        for process in self._processes:
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def default_jobs() -> int:
    """Return how many parsing processes suit this machine: all processors this process may use but one, four at most.

    The writer is one process, and four parsers are faster than any writer.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(4, usable - 1))
