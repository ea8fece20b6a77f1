"""What a run has done so far, as numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nacre.model.batch import Receipt


@dataclass(slots=True)
class Totals:
    """The sum of a run's receipts, and the files they came from."""

    run: int = 0
    files: int = 0  # sources that were read, also when nothing in them was new
    lines: int = 0
    stored: int = 0
    duplicate: int = 0
    rejected: int = 0
    blank: int = 0
    sessions: int = 0  # that were new
    held_bytes: int = 0  # of last lines that are not whole
    batches: int = 0
    skipped: Counter[str] = field(default_factory=Counter)  # files that are not sources, by reason
    unreadable: list[Path] = field(default_factory=list)

    def add(self, receipt: Receipt) -> None:
        """Count a batch."""
        self.batches += 1
        self.lines += receipt.lines
        self.stored += receipt.stored
        self.duplicate += receipt.duplicate
        self.rejected += receipt.rejected
        self.blank += receipt.blank
        self.sessions += receipt.new_sessions

    def receipt(self, seconds: float) -> dict[str, Any]:
        """Return the run's receipt as it is printed and kept."""
        events = self.stored + self.duplicate
        return {
            "run": self.run,
            "files": self.files,
            "skipped": self.skipped.total(),
            "lines": self.lines,
            "stored": self.stored,
            "duplicate": self.duplicate,
            "rejected": self.rejected,
            "blank": self.blank,
            "sessions": self.sessions,
            "seconds": round(seconds, 3),
            "events_per_second": round(events / seconds) if seconds > 0 else 0,
        }
