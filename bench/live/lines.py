"""Lines for a live log: generated ones, each given a time of its own, by which it is found in the store again."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import load
import measure

STEP_US = 100  # between two events: at 1,000 a second their times pass at a tenth of the true speed
_TIME = re.compile(rb'"timestamp":"[^"]+"')
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def generate(path: Path, events: int, *, seed: int = 1, start: str = "2026-01-01", days: float = 1.0) -> Path:
    """Write generated events of the newest dialect."""
    span = ("--start", start, "--days", str(days))
    command = (str(load.NACRE), "generate", "--events", str(events), "--seed", str(seed), *span, "--out", str(path))
    measure.run(command, cwd=path.parent)
    return path


def first_us() -> int:
    """Return a time for the first line: the true one, so that no earlier run on the same store had it."""
    return time.time_ns() // 1_000_000 * 1000


def time_us(first: int, number: int) -> int:
    """Return the time of the line with this number; -1 is the one that tells that the follower is there."""
    return first + number * STEP_US


def stamped(line: bytes, first: int, number: int) -> bytes:
    """Return a generated line with the time of its number."""
    moment = (_EPOCH + timedelta(microseconds=time_us(first, number))).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return _TIME.sub(b'"timestamp":"' + moment.encode() + b'"', line, count=1)


def stream(source: Path, first: int) -> Iterator[bytes]:
    """Yield all lines of a generated log with the times of their numbers, from 0."""
    with source.open("rb") as generated:
        for number, line in enumerate(generated):
            yield stamped(line, first, number)


def write_first_line(log: Path, source: Path, first: int) -> None:
    """Write the line with the number -1 into a new log."""
    with source.open("rb") as generated:
        log.write_bytes(stamped(generated.readline(), first, -1))
