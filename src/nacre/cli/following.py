"""How following shows itself on standard error: what a person has to know, and a line that is renewed on a terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

from nacre.cli.progress import QuietWatcher
from nacre.model.batch import Receipt
from nacre.model.coverage import Gap
from nacre.model.present import size, terminal
from nacre.sources import Skipped, SkipReason
from nacre.telemetry import signals

# A journal keeps what is said here: often enough to see that it lives, seldom enough for months.
LINE_EVERY_SECONDS = 300.0
DRAW_EVERY_SECONDS = 0.25

# A store that is away for a night is told in some lines, not in thousands.
TROUBLE_EVERY_SECONDS = 60.0


class FollowTalk(QuietWatcher):
    """Says what happens to the files and to the store; now and then, how much was stored."""

    def __init__(self, *, verbose: bool = False, is_terminal: bool = False) -> None:
        super().__init__(verbose=verbose)
        self._is_terminal = is_terminal
        self._told_at = time.monotonic()
        self._trouble, self._trouble_at = "", float("-inf")
        self._events = self._told_events = 0
        self._is_drawn = False

    def found(self, path: Path, size_bytes: int) -> None:
        """Say which file is followed, with -v."""
        if self._verbose:
            self.say(f"following {terminal(str(path))}")

    def skipped(self, skipped: Skipped) -> None:
        """Say which file is left alone, when that is worth a line, and which is not there yet."""
        if skipped.reason is SkipReason.NO_SUCH:
            self.say(f"{terminal(str(skipped.path))} is not there yet: waiting for it")
        else:
            super().skipped(skipped)

    def renamed(self, path: Path, new: Path) -> None:
        """Say it, with -v."""
        if self._verbose:
            self.say(f"{terminal(str(path))} is {terminal(str(new))} now")

    def lacking(self, path: Path, gap: Gap) -> None:
        """Say what is missing."""
        self._tally.add(signals.GAPS, 1, gap.cause)
        missing = size(gap.missing_bytes) if gap.missing_bytes else "an unknown number of bytes"
        self.say(f"gap in {terminal(str(path))} at byte {gap.offset}: {gap.cause}, {missing}; {terminal(gap.detail)}")

    def troubled(self, message: str, wait_seconds: float) -> None:
        """Say that the store takes nothing, once a minute, and that it does again."""
        now = time.monotonic()
        if not message:
            if self._trouble:
                self.say("the store takes lines again")
            self._trouble = ""
        elif not wait_seconds:
            self.say(f"left for the next time: {terminal(message)}")
        elif message != self._trouble or now - self._trouble_at >= TROUBLE_EVERY_SECONDS:
            self._trouble, self._trouble_at = message, now
            self.say(f"waiting: {terminal(message)}; the next attempt is in {wait_seconds:.1f} s")
        if message:
            self._tally.add(signals.RETRIES, 1)

    def stored(self, path: Path, batch_bytes: int, receipt: Receipt) -> None:
        """Count a batch; say how much was stored, if it is time."""
        super().stored(path, batch_bytes, receipt)
        self._events += receipt.stored + receipt.duplicate
        now = time.monotonic()
        if now - self._told_at < (DRAW_EVERY_SECONDS if self._is_terminal else LINE_EVERY_SECONDS):
            return
        rate = (self._events - self._told_events) / (now - self._told_at)
        text = f"{self._events:,} events, {rate:,.0f} a second"
        self._told_at, self._told_events = now, self._events
        if self._is_terminal:
            self._draw(text)
            self._is_drawn = True
        else:
            self.say(text)

    def say(self, text: str) -> None:
        """Write one line, above the one that is renewed."""
        if self._is_drawn:
            self._draw("")
            self._is_drawn = False
        super().say(text)

    def close(self) -> None:
        """Leave the terminal as it was; with -v, say what was counted."""
        if self._is_drawn:
            self._draw("")
        super().close()

    @staticmethod
    def _draw(text: str) -> None:
        with contextlib.suppress(OSError):  # the terminal is gone; the follower need not be
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()


def watcher_for(*, verbose: bool) -> FollowTalk:
    """Return the watcher that suits standard error."""
    return FollowTalk(verbose=verbose, is_terminal=sys.stderr.isatty())
