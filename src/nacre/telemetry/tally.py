"""Values of signals, kept in memory for as long as a command runs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from nacre.telemetry.signals import SIGNALS, Shape, Signal


@dataclass(slots=True)
class Distribution:
    """What is kept of a histogram: enough for a person, bounded whatever comes."""

    count: int = 0
    total: float = 0.0
    greatest: float = 0.0

    def add(self, value: float) -> None:
        """Take a value."""
        self.count += 1
        self.total += value
        self.greatest = max(self.greatest, value)


class Tally:
    """Counts what it is told, by registered signals only. Belongs to one thread."""

    def __init__(self) -> None:
        self._numbers: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._distributions: defaultdict[str, Distribution] = defaultdict(Distribution)

    def add(self, signal: Signal, value: float, label: str = "") -> None:
        """Add to a counter, set a gauge, or take a value into a histogram; `label` is the value of its only label."""
        assert signal in SIGNALS, f"{signal.name} is not registered"
        assert bool(label) == bool(signal.labels), f"{signal.name} takes {len(signal.labels)} labels"
        if signal.kind is Shape.HISTOGRAM:
            self._distributions[signal.name].add(value)
        elif signal.kind is Shape.GAUGE:
            self._numbers[signal.name, label] = value
        else:
            self._numbers[signal.name, label] += value

    def lines(self) -> list[str]:
        """Return the values as text, a signal a line, in the order of the registry."""
        found = []
        for signal in SIGNALS:
            for (name, label), value in self._numbers.items():
                if name == signal.name:
                    shown = f"{name}{{{signal.labels[0]}={label}}}" if label else name
                    found.append(f"{shown} {value:.10g} {signal.unit}")
            if signal.name in self._distributions:
                one = self._distributions[signal.name]
                mean = one.total / one.count
                found.append(
                    f"{signal.name} count {one.count}, mean {mean:.4f}, greatest {one.greatest:.4f} {signal.unit}"
                )
        return found
