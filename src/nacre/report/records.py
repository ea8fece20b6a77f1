"""A report as frozen records: what is built from the store, and what renderers write down."""

from __future__ import annotations

from dataclasses import dataclass

from nacre.model.calendar import Period
from nacre.model.entity import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a report is about."""

    period: Period
    sensors: tuple[str, ...] = ()  # names; none means all
    top: int = 10  # entries in each list


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What was counted in a period."""

    sessions: int  # whose first event lies in the period
    connections: int
    events: int
    logins_failed: int
    logins_succeeded: int
    commands: int  # command lines
    downloads: int
    uploads: int
    forwards: int  # connections asked for through the honeypot
    sources: int  # different attackers' addresses

    @property
    def logins_tried(self) -> int:
        """Return the logins, whatever came of them."""
        return self.logins_failed + self.logins_succeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entity in a list of the most frequent ones."""

    value: str  # as stored
    count: int  # events that named it; for an address the connections that it opened
    share: float  # of all of its kind, 0 to 1
    is_new: bool  # whether no sensor had ever seen it before the period
    first_ts: int  # first seen on any sensor, event time


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The most frequent entities of a kind."""

    kind: Kind
    entities: int  # different ones in the period
    fresh: int  # of these, how many had never been seen before
    count: int  # events that named any of them
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorDays:
    """When a sensor was seen."""

    sensor: str
    hours: tuple[int, ...]  # a day each; bit n is set when hour n had an event

    @property
    def seen(self) -> int:
        """Return the number of hours with an event."""
        return sum(day.bit_count() for day in self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGap:
    """A place where a source is known to lack bytes, near events of the period."""

    path: str
    offset: int  # in the decompressed source
    missing_bytes: int  # 0 when nothing can be said
    cause: str
    detail: str
    after_ts: int  # the events around it: not before
    before_ts: int  # and not after


@dataclass(frozen=True, slots=True, kw_only=True)
class Notable:
    """A session worth a look."""

    reason: str  # commands or length: what it is at the top of
    sensor: str
    session: str
    first_ts: int
    src_ip: str | None
    protocol: str | None
    logins_succeeded: int
    commands: int
    downloads: int
    uploads: int
    length_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a report says."""

    period: Period
    sensors: tuple[str, ...]
    is_filtered: bool  # whether these were asked for, or are all there are
    store: str
    batch: int | None  # the last batch that it includes
    days: tuple[int, int]  # first and last day on which these sensors saw anything
    totals: Totals
    before: Totals  # of the period before
    tops: tuple[Top, ...]
    coverage: tuple[SensorDays, ...]
    gaps: tuple[KnownGap, ...]
    notable: tuple[Notable, ...]
