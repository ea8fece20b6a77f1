"""A watcher of loads that does not want to know."""

from __future__ import annotations

from pathlib import Path

from nacre.ingest.wire import Answer
from nacre.model.batch import Receipt
from nacre.sources import Skipped


class Quiet:
    """Hears everything and keeps what was skipped."""

    def __init__(self) -> None:
        self.skipped_files: list[Skipped] = []

    def found(self, path: Path, size_bytes: int) -> None:
        """Ignore it."""

    def skipped(self, skipped: Skipped) -> None:
        """Keep it."""
        self.skipped_files.append(skipped)

    def stored(self, path: Path, batch_bytes: int, receipt: Receipt) -> None:
        """Ignore it."""

    def ended(self, path: Path, end: Answer) -> None:
        """Ignore it."""
