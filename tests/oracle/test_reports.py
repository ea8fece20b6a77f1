"""What `nacre report` says, held against an oracle that counted the same logs by itself, field by field."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.logs import event
from tests.oracle.comparing import Loaded, Log, load, run
from tests.oracle.oracle import KINDS, TOTALS
from tests.oracle.periods import SPANS, name_of, range_of

DAYS = (
    *("2015-06-01", "2015-06-02", "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"),
    *("2026-12-31", "2027-01-01"),
)
PERIODS = sorted({(span, name_of(span, date.fromisoformat(day))) for span in SPANS for day in DAYS})
SENSORS = (("attic",), ("cellar",), ("unnamed",), ("old",), ("58e4b0c706a8",), ("old", "attic"))


# -- logs that the tests write ----------------------------------------------------------------------------------------


def test_small_logs_have_everything(small: Loaded) -> None:
    """The small logs have something of each total and of each kind, and more names than a report of ten shows."""
    reports = [small.oracle.report("monthly", month) for month in ("2026-11", "2027-01")]
    empty = [name for name in TOTALS if not any(report["totals"][name]["count"] for report in reports)]
    empty += [kind for kind in KINDS if not any(report["top"][kind]["count"] for report in reports)]

    assert [] == empty
    assert reports[0]["top"]["username"]["different"] > 10


@pytest.mark.parametrize(("span", "period"), PERIODS)
def test_small_logs(small: Loaded, span: str, period: str) -> None:
    """A report on all sensors says what the oracle says."""
    assert [] == small.differences(span, period)


@pytest.mark.parametrize("sensors", SENSORS, ids="+".join)
@pytest.mark.parametrize(("span", "period"), [("daily", "2026-11-21"), ("weekly", "2026-W47"), ("monthly", "2026-11")])
def test_small_logs_by_sensor(small: Loaded, sensors: tuple[str, ...], span: str, period: str) -> None:
    """A report on chosen sensors counts them alone, but calls new what no sensor had ever seen."""
    assert [] == small.differences(span, period, sensors=sensors)


@pytest.mark.parametrize("top", [1, 3, 10])
def test_small_logs_cut(small: Loaded, top: int) -> None:
    """Short lists show the first entries of the long ones, and their sums are of all."""
    assert [] == small.differences("monthly", "2026-11", top=top)


def test_small_logs_receipts(small: Loaded) -> None:
    """The receipts count what the oracle counts: stored, duplicate, rejected and blank."""
    told: Counter[str] = Counter()
    for receipt in small.receipts:
        told.update({name: receipt[name] for name in ("stored", "duplicate", "rejected", "blank")})

    assert small.oracle.tally == told
    assert min(told.values()) > 0


def test_latest_period(small: Loaded) -> None:
    """Without a period the report is on the last one with events, of the sensors that were asked for."""
    names = [
        json.loads(run(small.store, "report", span, *words, "--json"))["period"]["name"]
        for span in SPANS
        for words in ((), ("--sensor", "unnamed"))
    ]

    assert ["2027-01-01", "2026-11-20", "2026-W53", "2026-W47", "2027-01", "2026-11"] == names


def test_store_and_batch(small: Loaded) -> None:
    """A report names the store that it was drawn from, and the last batch that it includes."""
    said = json.loads(run(small.store, "report", "daily", "2026-11-20", "--json"))
    with closing(sqlite3.connect(small.store)) as connection:
        (batch,) = connection.execute("SELECT max(id) FROM batches").fetchone()

    assert (small.store.name, batch, []) == (Path(said["store"]).name, said["batch"], said["gaps"])


def test_gap(tmp_path: Path) -> None:
    """A hole of NULs is told in the periods of the events around it, with its size and place, and in no other."""
    log = tmp_path / "cowrie.json"
    one, two = event("session.connect", "aaaa00000001", 5), event("session.closed", "aaaa00000001", 9)
    log.write_bytes(one + b"\n" + bytes(4000) + two + b"\n")
    store = load(tmp_path / "nacre.db", Log(log)).store
    gaps = [json.loads(run(store, "report", "daily", day, "--json"))["gaps"] for day in ("2026-11-20", "2026-11-21")]

    assert [[(len(one) + 1, 4000, "nul_hole", "2026-11-20T00:00:05.000000Z", "2026-11-20T00:00:09.000000Z")], []] == [
        [tuple(gap[name] for name in ("offset", "missing_bytes", "cause", "after", "before")) for gap in found]
        for found in gaps
    ]


# -- real logs --------------------------------------------------------------------------------------------------------


def days_of(loaded: Loaded) -> list[date]:
    """Return the days with events, in order."""
    return sorted({day for _, day in loaded.oracle.days})


def busiest(loaded: Loaded) -> tuple[str, date]:
    """Return the sensor and day with the most events."""
    return max(loaded.oracle.days, key=lambda key: (loaded.oracle.days[key].counts["events"], key))


@pytest.mark.parametrize("span", SPANS)
def test_real_periods(real: Loaded, span: str) -> None:
    """Every day, week and month of the real logs says what the oracle says, all entries included."""
    periods = sorted({name_of(span, day) for day in days_of(real)})

    assert [] == [difference for period in periods for difference in real.differences(span, period)]


@pytest.mark.parametrize("span", SPANS)
def test_real_sensors(real: Loaded, span: str) -> None:
    """Each sensor of the real logs by itself says what the oracle says, in the period where it was busiest."""
    days = dict(sorted(real.oracle.days, key=lambda key: real.oracle.days[key].counts["events"]))  # the last one stays

    assert len(days) > 1
    assert [] == [
        difference
        for sensor, day in days.items()
        for difference in real.differences(span, name_of(span, day), sensors=[sensor])
    ]


@pytest.mark.parametrize("span", SPANS)
def test_real_neighbours(real: Loaded, span: str) -> None:
    """The periods before and after the busiest one are right too, where little or nothing happened."""
    first, end = range_of(span, name_of(span, busiest(real)[1]))
    names = [name_of(span, first - timedelta(days=1)), name_of(span, end)]

    assert [] == [difference for name in names for difference in real.differences(span, name, top=10)]


@pytest.mark.parametrize("span", SPANS)
def test_live_periods(live: Loaded, span: str) -> None:
    """Logs of sensors that were attacked on purpose, with what a fuzzer types, say what the oracle says."""
    periods = sorted({name_of(span, day) for day in days_of(live)})
    sensors = sorted({sensor for sensor, _ in live.oracle.days})
    choices: list[list[str]] = [[], *([sensor] for sensor in sensors)]

    assert [] == [
        difference
        for period in periods
        for chosen in choices
        for difference in live.differences(span, period, sensors=chosen)
    ]
