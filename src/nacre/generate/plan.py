"""What to generate."""

from __future__ import annotations

from dataclasses import dataclass

EVENTS_DEFAULT = 10_000
KIPP, COW, TWISTED, COMPACT, SENSOR_UUID, IDENTITY_FIRST = range(1, 7)  # the numbers of nacre.parse.registry.Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The same plan gives the same bytes, on every machine and every Python.

    `events` and `bytes` both end the log, whichever comes first; with neither it has EVENTS_DEFAULT events.

    Raises:
        ValueError: when a value is outside its range.
    """

    seed: int = 1
    dialect: int = IDENTITY_FIRST  # 1 to 6, as nacre.parse.registry.Dialect counts
    events: int | None = None
    bytes: int | None = None  # the log ends with the first line that reaches this size
    start_us: int = 1_767_225_600_000_000  # µs since 1970 UTC; 2026-01-01
    days: float = 1.0  # how long the log goes on, in event time
    sensors: int = 1
    hostile: float = 0.01  # share of the attackers' words that want to break a reader, 0 to 1

    def __post_init__(self) -> None:
        """Refuse what cannot be generated."""
        for name, is_right in (
            ("dialect", KIPP <= self.dialect <= IDENTITY_FIRST),
            ("events", self.events is None or self.events > 0),
            ("bytes", self.bytes is None or self.bytes > 0),
            ("days", self.days > 0),
            ("sensors", self.sensors > 0),
            ("hostile", 0 <= self.hostile <= 1),
        ):
            if not is_right:
                raise ValueError(f"{name} is out of range: {getattr(self, name)}")
