"""How a load shows itself on standard error: a bar on a terminal, one status line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from nacre.cli import streams
from nacre.ingest.wire import Answer, End
from nacre.model.batch import Receipt
from nacre.model.present import terminal
from nacre.sources import Skipped, SkipReason
from nacre.telemetry import signals
from nacre.telemetry.tally import Tally

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

# Compressed logs unpack to about this much more; only the time left depends on it, and it is corrected as files end.
UNPACK_RATIO = 12.0
LINE_EVERY_SECONDS = 10.0
PACKED = frozenset({".gz", ".bz2", ".xz", ".zst"})

# Why a file is left out matters to a person when it looks like a log; empty files and other logs are only counted.
_QUIET = frozenset({SkipReason.EMPTY, SkipReason.FOREIGN, SkipReason.BINARY, SkipReason.OUTSIDE})


class QuietWatcher:
    """Counts nothing and says only what a person has to know; also the base of the watchers that show progress."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._verbose = verbose
        self._tally = Tally()
        self._held_bytes = 0

    def found(self, path: Path, size_bytes: int) -> None:
        """Hear of a file that will be read."""

    def skipped(self, skipped: Skipped) -> None:
        """Say which file is left out, when that is worth a line."""
        self._tally.add(signals.SKIPPED, 1, skipped.reason.value)
        if self._verbose or skipped.reason not in _QUIET:
            self.say(f"skipped {terminal(str(skipped.path))}: {skipped.reason.value}, {skipped.detail}")

    def stored(self, path: Path, batch_bytes: int, receipt: Receipt) -> None:
        """Count a batch."""
        for result in ("stored", "duplicate", "rejected", "blank"):
            self._tally.add(signals.LINES, getattr(receipt, result), result)
        self._tally.add(signals.BYTES, batch_bytes)
        self._tally.add(signals.BATCH_DURATION, receipt.commit_seconds)

    def ended(self, path: Path, end: Answer) -> None:
        """Say what is wrong with a file that has been read."""
        if isinstance(end, End):
            self._held_bytes += end.held_bytes
            self._tally.add(signals.SOURCES, 1, "damaged" if end.lost else "open" if end.held_bytes else "complete")
            self._tally.add(signals.HELD, self._held_bytes)
        if isinstance(end, End) and end.damage:
            self.say(f"{terminal(str(path))}: {end.detail}; everything before that is stored")
        if isinstance(end, End) and end.held_bytes:
            self.say(
                f"{terminal(str(path))}: an unfinished last line, {end.held_bytes} bytes, is left for the next load"
            )

    def say(self, text: str) -> None:
        """Write one line; a load does not end because nobody can hear of it."""
        streams.say(text)

    def close(self) -> None:
        """Leave the terminal as it was; with -v, say what was counted."""
        if self._verbose:
            for line in self._tally.lines():
                self.say(line)


class LineWatcher(QuietWatcher):
    """Writes one status line every ten seconds: for logs, cron and pipes."""

    def __init__(self, *, verbose: bool = False) -> None:
        super().__init__(verbose=verbose)
        self._began = self._last = time.monotonic()
        self._files = self._ended_files = self._events = 0

    def found(self, path: Path, size_bytes: int) -> None:
        """Count a file."""
        self._files += 1

    def stored(self, path: Path, batch_bytes: int, receipt: Receipt) -> None:
        """Say how far it has come, if it is time."""
        super().stored(path, batch_bytes, receipt)
        self._events += receipt.stored + receipt.duplicate
        now = time.monotonic()
        if now - self._last >= LINE_EVERY_SECONDS:
            self._last = now
            rate = self._events / (now - self._began)
            self.say(f"file {self._ended_files + 1} of {self._files}: {self._events:,} events, {rate:,.0f} a second")

    def ended(self, path: Path, end: Answer) -> None:
        """Count the end of a file."""
        super().ended(path, end)
        self._ended_files += 1


class BarWatcher(QuietWatcher):
    """Draws a bar with rate and time left."""

    def __init__(self, *, verbose: bool = False) -> None:
        super().__init__(verbose=verbose)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._total = 0.0
        self._done = 0.0
        self._events = 0
        self._began = time.monotonic()
        self._sizes: dict[Path, float] = {}
        self._read: dict[Path, float] = {}

    def found(self, path: Path, size_bytes: int) -> None:
        """Add a file to the whole."""
        self._sizes[path] = size_bytes * (UNPACK_RATIO if path.suffix in PACKED else 1.0)
        self._total += self._sizes[path]

    def stored(self, path: Path, batch_bytes: int, receipt: Receipt) -> None:
        """Move the bar."""
        super().stored(path, batch_bytes, receipt)
        self._events += receipt.stored + receipt.duplicate
        self._read[path] = self._read.get(path, 0.0) + batch_bytes
        self._done += batch_bytes
        self._draw()

    def ended(self, path: Path, end: Answer) -> None:
        """Correct the whole by what the file turned out to be."""
        super().ended(path, end)
        self._total += self._read.get(path, 0.0) - self._sizes.get(path, 0.0)
        self._draw()

    def skipped(self, skipped: Skipped) -> None:
        """Take a file out of the whole."""
        super().skipped(skipped)
        self._total -= self._sizes.pop(skipped.path, 0.0)

    def say(self, text: str) -> None:
        """Write one line above the bar."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            super().say(text)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        super().close()

    def _draw(self) -> None:
        if self._bar is None:
            self._bar, self._task = _bar()
        assert self._task is not None
        rate = self._events / max(time.monotonic() - self._began, 0.001)
        text = f"{self._events:,} events, {rate:,.0f}/s"
        self._bar.update(self._task, total=max(self._total, self._done), completed=self._done, events=text)


def _bar() -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TextColumn("{task.fields[events]}"))
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    bar.start()
    return bar, bar.add_task("load", total=None, events="")


def watcher_for(*, verbose: bool) -> QuietWatcher:
    """Return the watcher that suits standard error."""
    return BarWatcher(verbose=verbose) if sys.stderr.isatty() else LineWatcher(verbose=verbose)
