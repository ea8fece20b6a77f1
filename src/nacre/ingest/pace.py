"""How fast a follower may go, and whether it may go at all: the parts of `pressure`, put together for one store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from nacre.ingest.sizing import BatchSize
from nacre.model.batch import Batch
from nacre.pressure import Backoff, Breaker, BreakerState, Bucket, Floor, Rate, RateKind

# While the disk is full its room is asked for this often.
DISK_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an operator allows."""

    rates: tuple[Rate, ...] = ()  # events or bytes a second
    min_free_bytes: int = 64 * 1024 * 1024  # below it nothing is written
    backoff: Backoff = field(default_factory=Backoff)
    failures_max: int = 6  # in a row, until the breaker opens

    def portioned(self, size: BatchSize) -> BatchSize:
        """Return a size of which no batch holds more than a second of a rate; else a minute's lines came at once."""
        for kind, per_second in self.rates:
            most = max(1, int(per_second))
            if kind is RateKind.EVENTS:
                size = replace(size, rows=min(size.rows, most))
            else:
                least = min(size.bytes_min, most)
                size = replace(size, bytes_min=least, target_bytes=max(least, min(size.target_bytes, most)))
                size = replace(size, bytes_max=max(size.target_bytes, min(size.bytes_max, most)))
        return size


class Pace:
    """Holds a follower back: by rate, by room on the store's disk, and while the store fails."""

    def __init__(self, limits: Limits, *, free_bytes: Callable[[], int], chance: Callable[[], float]) -> None:
        self._limits = limits
        self._free_bytes = free_bytes
        self._chance = chance
        self._buckets = [(rate.kind, Bucket(rate.per_second)) for rate in limits.rates]
        self._floor = Floor(limits.min_free_bytes)
        self._breaker = Breaker(limits.failures_max)
        self._again_at = 0.0
        self.free = 0  # bytes on the store's disk when last asked

    def hold_seconds(self, now: float) -> float:
        """Return how long to leave the store alone from now on; 0 lets one attempt through, to be answered."""
        if now < self._again_at:
            return self._again_at - now
        self.free = self._free_bytes()
        if self._floor.observe(self.free):
            return DISK_SECONDS
        return 0.0 if self._breaker.allows(now) else max(0.05, self._breaker.wait_seconds(now))

    def wait_seconds(self, now: float) -> float:
        """Return how long to wait until the rates allow another batch."""
        return max((bucket.wait_seconds(now) for _, bucket in self._buckets), default=0.0)

    def took(self, batch: Batch, now: float) -> None:
        """Take note of a batch that was stored."""
        for kind, bucket in self._buckets:
            amount = batch.lines if kind is RateKind.EVENTS else batch.end - batch.start
            bucket.take(amount, now)

    def failed(self, reason: str, now: float) -> float:
        """Take note that the store failed; return how long to wait before the next attempt."""
        self._breaker.failed(now, reason)
        wait = self._limits.backoff.delay(self._breaker.failures - 1, self._chance())
        if self._breaker.state(now) is BreakerState.OPEN:
            wait = self._breaker.wait_seconds(now)
        self._again_at = now + wait
        return wait

    def succeeded(self, now: float) -> None:
        """Take note that the store took what it was given."""
        self._breaker.succeeded(now)
        self._again_at = 0.0

    def is_paused(self) -> bool:
        """Tell whether the store's disk has too little room."""
        return self._floor.is_paused

    def is_open(self, now: float) -> bool:
        """Tell whether the breaker keeps everything from the store."""
        return self._breaker.state(now) is not BreakerState.CLOSED

    def is_failing(self) -> bool:
        """Tell whether the last attempt failed."""
        return self._breaker.failures > 0

    def document(self, now: float) -> dict[str, object]:
        """Return the state as the status shows it."""
        return {
            "breaker": self._breaker.state(now).value,
            "failures": self._breaker.failures,
            "reason": self._breaker.reason,
            "disk_paused": self._floor.is_paused,
            "free_bytes": self.free,
            "min_free_bytes": self._limits.min_free_bytes,
            "rate_wait_seconds": round(self.wait_seconds(now), 3),
        }
