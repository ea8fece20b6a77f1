"""The process that writes a live log as Cowrie does, one write(2) a line, and rotates it as logrotate does."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from live.companion import Side
from live.lines import stream

RENAME, COPYTRUNCATE = "rename", "copytruncate"
SEED = 1
NAP_SECONDS = 0.2  # at most so long until it sees that it is to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What is written, and when."""

    source: Path  # generated lines; when they end, so does the writing
    log: Path
    first_us: int  # the time of the first line's event
    rates: tuple[float, ...]  # lines a second, each kept up for `rate_seconds`, over and over; at least one line in all
    rate_seconds: float
    rotations: tuple[str, ...] = ()  # RENAME or COPYTRUNCATE, in turn
    rotation_lines: int = 0  # after so many lines


def write(side: Side, order: Writing) -> array[int]:
    """Write until the lines end or it is to stop; return for each line the moment just before its system call.

    The moments are nanoseconds of CLOCK_MONOTONIC, which is the same for all processes.
    """
    moments = array("q")
    pen = _Pen(order)
    due = _moments_due(order, time.monotonic())
    for line in stream(order.source, order.first_us):
        if not _sleep_until(next(due), side):
            break
        moments.append(time.monotonic_ns())
        pen.write(line)
        side.count.value += 1
    pen.close()
    return moments


def _moments_due(order: Writing, now: float) -> Iterator[float]:
    """Yield when each line is due: at a random moment of its share of the time, so that no beat meets the follower's.

    A late writer catches up, as the attackers do not wait for it either.
    """
    chance = random.Random(SEED)
    for rate in itertools.cycle(order.rates):
        for number in range(round(rate * order.rate_seconds)):
            yield now + (number + chance.random()) / rate
        now += order.rate_seconds


def _sleep_until(moment: float, side: Side) -> bool:
    """Tell whether to write; False when it is to stop."""
    while (wait := moment - time.monotonic()) > 0:
        if side.stop.is_set():
            return False
        time.sleep(min(wait, NAP_SECONDS))
    return not side.stop.is_set()


class _Pen:
    """Writes lines to a log that is rotated now and then."""

    def __init__(self, order: Writing) -> None:
        self._order = order
        self._turns = itertools.cycle(order.rotations)
        self._lines = self._rotated = 0
        self._descriptor = self._open()

    def write(self, line: bytes) -> None:
        if self._order.rotations and self._lines == self._order.rotation_lines:
            self._rotate(next(self._turns))
            self._lines = 0
        os.write(self._descriptor, line)
        self._lines += 1

    def close(self) -> None:
        os.close(self._descriptor)

    def _open(self) -> int:
        return os.open(self._order.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def _rotate(self, how: str) -> None:
        self._rotated += 1
        rotated = self._order.log.with_name(f"{self._order.log.name}.{self._rotated}")
        if how == RENAME:
            self._order.log.rename(rotated)
            self.close()
            self._descriptor = self._open()
        else:
            shutil.copyfile(self._order.log, rotated)
            os.ftruncate(self._descriptor, 0)
