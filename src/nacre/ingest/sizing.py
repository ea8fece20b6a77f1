"""How large a batch should be: grown while commits are quick, shrunk when they are slow."""

from __future__ import annotations

from dataclasses import dataclass, replace

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSize:
    """When a batch closes: at `target_bytes` of lines or `rows`, whichever comes first.

    A batch lives in memory about five times (lines, columns, wire, columns again, parameters of statements), in two
    processes: at the largest size that is 100 MB of the 256 MB that a load may take.
    """

    target_bytes: int = 2 * MIB
    rows: int = 20_000
    bytes_min: int = 256 * KIB
    bytes_max: int = 6 * MIB
    # Follow and other loads wait for the write lock: half a second is the most that one batch may hold it.
    seconds_max: float = 0.5

    def after(self, commit_seconds: float) -> BatchSize:
        """Return the size for the next batches, given how long the last commit took."""
        if commit_seconds > self.seconds_max:
            return replace(self, target_bytes=max(self.bytes_min, self.target_bytes // 2))
        if commit_seconds < self.seconds_max / 3 and self.target_bytes < self.bytes_max:
            return replace(self, target_bytes=min(self.bytes_max, self.target_bytes * 2))
        return self

    def is_reached(self, size_bytes: int, rows: int) -> bool:
        """Tell whether a batch of this many bytes and rows should close."""
        return size_bytes >= self.target_bytes or rows >= self.rows
