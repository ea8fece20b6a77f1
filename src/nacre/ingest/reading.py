"""What is followed, and when: the records that everything about live files shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nacre.ingest.ending import shortened
from nacre.ingest.tail import Tail
from nacre.model.coverage import Gap
from nacre.model.sensor import SensorNames
from nacre.parse.lines import LINE_BYTES_MAX

File = tuple[int, int]  # device and inode: what names an existing file

# A lease is renewed in a third of its time, so that two renewals may fail before somebody else takes it. A follower
# that was killed keeps its successor waiting so long only where that one cannot see that it is dead.
LEASE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is followed, and how its lines are read."""

    paths: tuple[str, ...]
    store: Path | None = None  # the store's own file, which may lie among the logs and must never be opened as one
    sensors: SensorNames = field(default_factory=SensorNames)
    line_bytes_max: int = LINE_BYTES_MAX
    from_end: bool = False  # begin at the end of the files if nothing of them is known yet
    closed_after_seconds: float = 3600.0  # a file that nobody wrote to for so long is closed
    tails_max: int = 512  # files open at once


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happens, by both clocks."""

    now: float  # seconds of a monotonic clock
    clock_us: int  # microseconds since 1970 UTC; may jump


@dataclass(slots=True)
class Lost:
    """A stream whose file was truncated or overwritten in place: what is held of it, until a copy turns up or not."""

    tail: Tail
    file: File
    until: float | None = None  # how long a copy is waited for, known once all whole lines are stored
    looks: int = 0  # how often the folders had been looked at by then
    exact_end: int | None = None  # where its writer stood, known when it left a hole

    def gaps(self) -> list[Gap]:
        """Return what is missing if no copy turns up."""
        return shortened(self.tail.batcher.end, self.tail.seen_bytes, self.exact_end)
