"""Coverage: when a sensor was seen, what it counted that day, and where bytes are known to be missing."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class DayGrowth(msgspec.Struct, array_like=True, gc=False):
    """What one batch adds to a sensor's day, by event time; every field but `hours` (or) merges by sum."""

    sensor: int  # key; index into the batch's sensors, or the store's sensor id
    day: int  # key; days since 1970-01-01 UTC
    hours: int = 0  # bit n is set when the hour n had an event
    events: int = 0
    connects: int = 0
    logins_failed: int = 0
    logins_succeeded: int = 0
    commands: int = 0
    downloads: int = 0
    uploads: int = 0
    forwards: int = 0


COUNTS = (
    "events",
    "connects",
    "logins_failed",
    "logins_succeeded",
    "commands",
    "downloads",
    "uploads",
    "forwards",
)


class GapCause(StrEnum):
    """Why bytes are known to be missing from a source."""

    NUL_HOLE = "nul_hole"  # copytruncate under a writer that keeps its offset
    TRUNCATED = "truncated"  # an archive that ends before its end
    CORRUPT = "corrupt"  # an archive that cannot be read past a point
    SHORTENED = "shortened"  # a live file was truncated or overwritten in place before all of it was read
    VANISHED = "vanished"  # a file that was being followed is gone, and nobody saw its end
    SKIPPED = "skipped"  # an operator asked to begin at the end


class Gap(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A place in a source where bytes are missing; `missing_bytes` is an estimate, 0 when nothing can be said."""

    offset: int
    missing_bytes: int
    cause: str  # a GapCause
    detail: str


class DriftGrowth(msgspec.Struct, array_like=True, gc=False):
    """A field, type or event id that the registry did not know, counted over one batch."""

    eventid: str
    field: str  # "" when the event id itself is unknown
    type: str  # JSON type as it was seen
    count: int
    first_ts: int
    last_ts: int
    example: str  # the offending value as JSON text, cut
