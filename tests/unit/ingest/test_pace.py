"""A follower's pace: portions that fit a rate, pauses by room, waiting that grows, and one attempt at a time."""

from __future__ import annotations

import pytest

from nacre.ingest.pace import DISK_SECONDS, Limits, Pace
from nacre.ingest.sizing import BatchSize
from nacre.pressure import parse_rate


@pytest.mark.parametrize(
    ("rates", "rows", "target_bytes"),
    [
        ((), 20_000, 2 << 20),
        (("50",), 50, 2 << 20),
        (("1MB",), 20_000, 1_000_000),
        (("10KB", "7"), 7, 10_000),
        (("90000", "1GB"), 20_000, 2 << 20),
    ],
)
def test_portions(rates: tuple[str, ...], rows: int, target_bytes: int) -> None:
    """No batch holds more than a second of a rate, also after quick commits have made batches larger."""
    size = Limits(rates=tuple(map(parse_rate, rates))).portioned(BatchSize())
    grown = size
    for _ in range(10):
        grown = grown.after(0.001)

    assert (rows, target_bytes) == (size.rows, size.target_bytes)
    assert not rates or grown.target_bytes <= max(target_bytes, 6 << 20)
    assert "10KB" not in rates or grown.target_bytes == 10_000


def test_room() -> None:
    """Where the disk has too little room nothing is tried, and its room is asked for again a second later."""
    room = [99]
    pace = Pace(Limits(min_free_bytes=100), free_bytes=lambda: room[0], chance=lambda: 0.5)
    waits = [pace.hold_seconds(0.0)]
    room[0] = 109
    waits.append(pace.hold_seconds(1.0))
    room[0] = 110
    waits.append(pace.hold_seconds(2.0))

    assert [DISK_SECONDS, DISK_SECONDS, 0.0] == waits


def test_failures() -> None:
    """After a failure the next attempt waits; after six the breaker is open, then lets one through; success ends it."""
    pace = Pace(Limits(min_free_bytes=0), free_bytes=lambda: 0, chance=lambda: 0.999)
    now, waits = 0.0, []
    for _ in range(6):
        assert 0.0 == pace.hold_seconds(now)
        waits.append(pace.failed("locked", now))
        assert pace.hold_seconds(now) > 0
        now += waits[-1]
    was_open = pace.is_open(now)
    probe = pace.hold_seconds(now)
    second = pace.hold_seconds(now)
    pace.succeeded(now)

    assert sorted(waits) == waits
    assert (True, 0.0, True) == (was_open, probe, second > 0)
    assert (0.0, False, False) == (pace.hold_seconds(now), pace.is_open(now), pace.is_failing())
    assert "closed" == pace.document(now)["breaker"]
