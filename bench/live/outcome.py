"""What a part of the bench found, and the few numbers that stand for many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A table, what was measured, and what a reader must know beside it."""

    what: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    is_sound: bool = True  # whether everything that must hold did


@dataclass(frozen=True, slots=True)
class Spread:
    """Where waiting times lie, in milliseconds."""

    p50: float
    p99: float
    slowest: float
    count: int

    def cells(self) -> tuple[str, str, str]:
        """Lay it out for a table."""
        return f"{self.p50:,.0f}", f"{self.p99:,.0f}", f"{self.slowest:,.0f}"


def spread(waits_ns: Sequence[int]) -> Spread:
    """Return the spread by nearest rank; raise ValueError when there is nothing to measure."""
    if not waits_ns:
        raise ValueError("nothing was measured")
    ordered = sorted(waits_ns)
    p50, p99 = (ordered[math.ceil(len(ordered) * part) - 1] / 1e6 for part in (0.5, 0.99))
    return Spread(p50, p99, ordered[-1] / 1e6, len(ordered))
