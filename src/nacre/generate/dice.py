"""Chance that falls the same way on every Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

LEAN = 2.5  # how strongly a ranked draw prefers the front


class Dice:
    """Draws from one seed.

    Everything is made of `Random.random`, the one method whose sequence Python promises to keep for a seed
    (documentation of the module `random`, "Notes on Reproducibility").
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def chance(self, share: float) -> bool:
        """Return True in this share of the calls."""
        return self._random() < share

    def between(self, least: float, most: float) -> float:
        """Draw a number, each as likely as the other."""
        return least + (most - least) * self._random()

    def below(self, end: int) -> int:
        """Draw a whole number from 0 to end - 1."""
        return int(end * self._random())

    def pick(self, items: Sequence[T]) -> T:
        """Draw an item, each as likely as the other."""
        return items[self.below(len(items))]

    def ranked(self, items: Sequence[T]) -> T:
        """Draw an item, the front ones far more often: a long head and a thin tail, as real attacks have."""
        return items[int(len(items) * self._random() ** LEAN)]
