"""A process beside the bench that does one thing until it is asked to stop, counts meanwhile, hands back figures."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

ANSWER_SECONDS = 60.0
_SPAWN = multiprocessing.get_context("spawn")  # a child that shares nothing with this process but what it is given


@dataclass(frozen=True, slots=True)
class Side:
    """What a companion shares with the bench."""

    stop: Any  # an event: set when it is to come to its end
    count: Any  # a number: how far it is


class Companion:
    """Runs `work(side, *arguments)` in a process of its own; what it returns is what `finish` returns.

    It does not outlive the block that it is used in.
    """

    def __init__(self, work: Callable[..., Any], *arguments: Any) -> None:
        self._side = Side(_SPAWN.Event(), _SPAWN.Value("q", 0, lock=False))
        self._answer, theirs = _SPAWN.Pipe(duplex=False)
        self._process = _SPAWN.Process(target=_run, args=(work, self._side, theirs, arguments), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Companion:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _exc: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def count(self) -> int:
        """Return how far it is."""
        return int(self._side.count.value)

    def wait_for(self, count: int, seconds: float) -> None:
        """Wait until it is that far; return after so many seconds in any case."""
        deadline = time.monotonic() + seconds
        while self.count < count and self._process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)

    def finish(self, seconds: float = 0.0) -> Any:
        """Return what it found, when it is done by itself within these seconds or else because it is asked to."""
        if not self._answer.poll(seconds):
            self._side.stop.set()
        if not self._answer.poll(ANSWER_SECONDS):
            self.kill()
            raise RuntimeError(f"{self._process.name} does not answer")
        try:
            found = self._answer.recv()
        except EOFError:
            raise RuntimeError(f"{self._process.name} failed: see above") from None
        self._process.join()
        return found

    def kill(self) -> None:
        """End it at once; one that has ended already is left alone."""
        if self._process.is_alive():
            self._process.kill()
        self._process.join()


def _run(work: Callable[..., Any], side: Side, answer: Connection, arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the bench answers Ctrl-C, and ends this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    answer.send(work(side, *arguments))
