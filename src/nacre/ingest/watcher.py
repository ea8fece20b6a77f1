"""Who wants to know how ingest goes on: the loader and the follower say it, the command line and the tests hear it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from nacre.ingest.wire import Answer
from nacre.model.batch import Receipt
from nacre.model.coverage import Gap
from nacre.sources import Skipped


class Watcher(Protocol):
    """Hears of a load or of following. Called on the thread that appends; must return soon."""

    def found(self, path: Path, size_bytes: int) -> None:
        """A file will be read."""

    def skipped(self, skipped: Skipped) -> None:
        """A file will not be read, and why."""

    def stored(self, path: Path, batch_bytes: int, receipt: Receipt) -> None:
        """A batch is durable."""

    def ended(self, path: Path, end: Answer) -> None:
        """A file has been read to its end."""


class FollowWatcher(Watcher, Protocol):
    """Hears also of what only happens to live files."""

    def renamed(self, path: Path, new: Path) -> None:
        """A file that is followed has another name now."""

    def lacking(self, path: Path, gap: Gap) -> None:
        """Bytes of a file are known to be missing; it has been recorded."""

    def troubled(self, message: str, wait_seconds: float) -> None:
        """The store or the disk does not take anything now; it is tried again after so long, 0 says: by the next run.

        An empty message says that the store takes lines again.
        """
