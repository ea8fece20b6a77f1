"""Pressure: how fast, how often and how long to try, decided from numbers that the caller passes in.

Nothing here reads a clock, a disk or chance. `now` is in seconds of a monotonic clock, always of the same one;
`chance` is a number from 0 up to, not including, 1. Nothing here is shared between threads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

# What may come at once after a quiet time, in seconds of the rate. One second: a rate is said per second, and a
# second of it is what an operator who looks at a graph cannot tell from even flow.
BURST_SECONDS = 1.0

# A lock is held for half a second at most (ingest/sizing.py), most are held for far less: 50 ms is a tenth of that.
# After 7 doublings, 50 ms x 2^7 = 6.4 s, the most is reached; longer pauses only make a reader wait who could go on.
RETRY_SECONDS_FIRST = 0.05
RETRY_SECONDS_MOST = 5.0
RETRY_FACTOR = 2.0

# With the ceilings above, the five pauses between six failures are 0.05 + 0.1 + 0.2 + 0.4 + 0.8 = 1.55 s: as long as
# three of the longest commits, so what fails six times in a row is no passing lock.
FAILURES_MAX = 6
# The first pause is the longest retry's, so that an open breaker is never more eager than a closed one. A minute at
# the most: the delay after a repair that an operator still takes for "it goes on by itself".
OPEN_SECONDS_FIRST = 5.0
OPEN_SECONDS_MOST = 60.0
OPEN_FACTOR = 2.0

# A tenth: a store that grows by megabytes a second does not reach the floor again in the second after it went on.
RESUME_PERCENT = 110

# 15 digits are exact in a float (2^53 is a number of 16); with GiB that is more than any disk holds.
_QUANTITY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)([A-Za-z]*)")
UNITS_BYTES = {
    "B": 1,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}


class Bucket:
    """A token bucket with debt: take what you have done, then wait off what was too much.

    `rate` tokens come in a second, `burst` is the most that lie ready (BURST_SECONDS of the rate unless given); the
    bucket begins full. Who waits `wait_seconds` before each take has taken, in any window, no more than burst + rate
    x window + one batch. The debt has no limit of its own: it is one batch, and batches have theirs.

    It keeps the moment at which the level is or was 0, not a level: the virtual scheduling form of the generic cell
    rate algorithm (ITU-T I.371, annex A). So a clock that steps back neither gives nor takes tokens; none come
    until it is again where it has been.
    """

    def __init__(self, rate: float, burst: float | None = None) -> None:
        burst = rate * BURST_SECONDS if burst is None else burst
        if not (0 < rate < float("inf") and 0 <= burst < float("inf")):
            raise ValueError(f"a bucket needs a rate above 0 and a burst from 0: {rate!r}, {burst!r}")
        self.rate = rate
        self.burst = burst
        self._latest = float("-inf")  # the latest moment seen
        self._even_at = float("-inf")  # when the level is 0

    def take(self, amount: float, now: float) -> None:
        """Take `amount`, as large as it is: what is not there becomes debt."""
        if not 0 <= amount < float("inf"):
            raise ValueError(f"cannot take {amount!r} from a bucket")
        self._see(now)
        self._even_at += amount / self.rate

    def level(self, now: float) -> float:
        """Return what lies ready, up to `burst`; below 0 it is debt."""
        self._see(now)
        return (self._latest - self._even_at) * self.rate

    def wait_seconds(self, now: float) -> float:
        """Return how long it takes from `now` until there is no debt; 0 when there is none."""
        self._see(now)
        return self._even_at - now if self._even_at > self._latest else 0.0

    def _see(self, now: float) -> None:
        self._latest = max(self._latest, now)
        self._even_at = max(self._even_at, self._latest - self.burst / self.rate)


class Jitter(StrEnum):
    """How much of a pause is left to chance."""

    FULL = "full"  # all of it: the least work where many contend for one lock
    EQUAL = "equal"  # half of it: never a retry at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Pauses between retries: they grow by `factor` up to `most_seconds`, and chance spreads them.

    The rules are those of "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015): full jitter is
    random(0, min(most, first x 2^attempt)), equal jitter is half of that minimum and a random part of the other half.
    """

    first_seconds: float = RETRY_SECONDS_FIRST  # the ceiling of the first pause
    factor: float = RETRY_FACTOR
    most_seconds: float = RETRY_SECONDS_MOST  # the ceiling of all pauses
    jitter: Jitter = Jitter.FULL

    def __post_init__(self) -> None:
        if not (0 < self.first_seconds <= self.most_seconds < float("inf") and 1 <= self.factor < float("inf")):
            raise ValueError(f"pauses must begin above 0 and must not shrink: {self!r}")

    def ceiling_seconds(self, attempt: int) -> float:
        """Return the longest pause after the failed `attempt`, counted from 0."""
        if attempt < 0:
            raise ValueError(f"attempts are counted from 0, not {attempt}")
        try:
            return min(self.most_seconds, self.first_seconds * float(self.factor) ** attempt)
        except OverflowError:  # 2.0 ** 1024; a follower may retry for days
            return self.most_seconds

    def delay(self, attempt: int, chance: float) -> float:
        """Return how many seconds to pause after the failed `attempt`, counted from 0."""
        if not 0 <= chance < 1:
            raise ValueError(f"chance is from 0 up to 1, not {chance!r}")
        ceiling = self.ceiling_seconds(attempt)
        return ceiling * chance if self.jitter is Jitter.FULL else ceiling * (1 + chance) / 2


class BreakerState(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"  # all do
    OPEN = "open"  # none does
    HALF_OPEN = "half_open"  # one does, to find out


class Breaker:
    """A circuit breaker: after `failures_max` failures in a row nothing is tried for a while, then once.

    Each call that `allows` lets through is answered by `failed` or `succeeded`; until the probe of a half-open
    breaker is answered, no other call goes through. A failed probe opens it again, for OPEN_FACTOR times as long
    up to `open_seconds_most`. A success closes it, also one that comes late, of a call let through earlier.
    """

    def __init__(
        self,
        failures_max: int = FAILURES_MAX,
        *,
        open_seconds: float = OPEN_SECONDS_FIRST,
        open_seconds_most: float = OPEN_SECONDS_MOST,
    ) -> None:
        if not (failures_max >= 1 and 0 < open_seconds <= open_seconds_most < float("inf")):
            raise ValueError("a breaker needs a failure and a time above 0 to open, no longer than its most")
        self.failures_max = failures_max
        self.open_seconds = open_seconds
        self.open_seconds_most = open_seconds_most
        self.failures = 0  # in a row
        self.reason = ""  # of the last failure; "" after a success
        self.since: float | None = None  # when it opened, whatever probes failed after that; None while closed
        self._period_seconds = open_seconds  # how long it stays open now
        self._probe_at = 0.0  # from when on a probe may go; of no meaning while closed
        self._is_probing = False

    def state(self, now: float) -> BreakerState:
        """Return the state; an open breaker is half-open once its time is over."""
        if self.since is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._probe_at else BreakerState.HALF_OPEN

    def allows(self, now: float) -> bool:
        """Tell whether a call may go through, and take note that it does: a half-open breaker says yes once."""
        state = self.state(now)
        if state is not BreakerState.HALF_OPEN:
            return state is BreakerState.CLOSED
        is_first, self._is_probing = not self._is_probing, True
        return is_first

    def wait_seconds(self, now: float) -> float:
        """Return how long it makes no sense to ask `allows`; while a probe is unanswered, that is a guess."""
        if self.since is None:
            return 0.0
        if now < self._probe_at:
            return self._probe_at - now
        return self.open_seconds if self._is_probing else 0.0

    def failed(self, now: float, reason: str) -> None:
        """Take note of a failure: when half-open it counts as the probe's; when open it is late and no matter."""
        state = self.state(now)
        self.failures += 1
        self.reason = reason
        if state is BreakerState.HALF_OPEN:
            self._period_seconds = min(self.open_seconds_most, self._period_seconds * OPEN_FACTOR)
        elif state is BreakerState.OPEN or self.failures < self.failures_max:
            return
        else:
            self.since = now
        self._probe_at = now + self._period_seconds
        self._is_probing = False

    def succeeded(self, now: float) -> None:
        """Take note of a success: the breaker is closed, and has forgotten what was before."""
        del now  # the same shape as `failed`: no state here depends on when it closed
        self.failures = 0
        self.reason = ""
        self.since = None
        self._period_seconds = self.open_seconds
        self._is_probing = False


class Floor:
    """A gate for a disk that runs full: closed below `min_free_bytes`, open again only at RESUME_PERCENT of it.

    Between the two it stays as it was; without that distance each batch would close it and each checkpoint open it.
    A floor of 0 never closes.
    """

    def __init__(self, min_free_bytes: int) -> None:
        if min_free_bytes < 0:
            raise ValueError(f"a floor is 0 bytes or more, not {min_free_bytes}")
        self.min_free_bytes = min_free_bytes
        self.resume_bytes = -(-min_free_bytes * RESUME_PERCENT // 100)  # rounded up
        self.is_paused = False

    def observe(self, free_bytes: int) -> bool:
        """Take what is free now; tell whether writing should pause."""
        self.is_paused = free_bytes < (self.resume_bytes if self.is_paused else self.min_free_bytes)
        return self.is_paused


class RateKind(StrEnum):
    """What a rate counts."""

    EVENTS = "events"
    BYTES = "bytes"


class Rate(NamedTuple):
    """So many events or bytes a second."""

    kind: RateKind
    per_second: float


def parse_rate(text: str) -> Rate:
    """Return a rate above 0: a plain number is events, one with a unit is bytes. ValueError shows the right forms."""
    match = _QUANTITY.fullmatch(text)
    if match is not None and Fraction(match[1]) > 0:
        if not match[2]:
            return Rate(RateKind.EVENTS, float(match[1]))
        if match[2] in UNITS_BYTES:
            return Rate(RateKind.BYTES, float(Fraction(match[1]) * UNITS_BYTES[match[2]]))
    raise ValueError(
        f"{text!r} is not a rate: write events a second as 5000, bytes a second as 10MB or 512KiB (B, {_shown_units()})"
    )


def parse_size(text: str) -> int:
    """Return a size in whole bytes, rounded down; a plain number is bytes. ValueError shows the right forms."""
    match = _QUANTITY.fullmatch(text)
    if match is not None and (match[2] or "B") in UNITS_BYTES:
        return int(Fraction(match[1]) * UNITS_BYTES[match[2] or "B"])
    raise ValueError(f"{text!r} is not a size: write bytes as 500000000, or as 500MB or 1.5GiB (B, {_shown_units()})")


def _shown_units() -> str:
    return ", ".join(unit for unit in UNITS_BYTES if unit != "B")
