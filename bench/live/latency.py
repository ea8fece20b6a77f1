"""How old a line is when a query first sees it, at an even rate; also in a store that holds millions of events."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import load
import measure
from live.companion import Companion
from live.lines import generate, time_us
from live.observing import BY_TIME, ask, ask_early, observe
from live.outcome import Outcome, spread
from live.stage import BATCHES, Stage, set_up
from live.writing import write

PATIENCE_SECONDS = 60.0
PORTION = 1_000_000  # events that are generated, loaded and deleted at once: 400 MB
FIRST_DAY = date(2020, 1, 1)  # of what the store is filled with: older than what is written live

HEAD = (
    "lines a second",
    "lines",
    "lines/s written",
    "p50 ms",
    "p99 ms",
    "max ms",
    "batches",
    "follower CPU s per 1,000 events",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--rate", type=float, nargs="+", default=[1000.0, 5.0], help="lines a second, one after the other"
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="for each rate")
    parser.add_argument("--events", type=int, default=0, help="generated events that the store is filled with before")
    parser.add_argument("--store", type=Path, help="keep the filled store here, or use the one that is here")


def run(wanted: argparse.Namespace, work: Path) -> Outcome:
    """Measure each rate with a follower of its own, on one store."""
    store = wanted.store.absolute() if wanted.store else work / "nacre.db"
    fill(store, wanted.events, work)
    before = ask_early(store, "SELECT max(id) FROM raw_events")
    rows, lost = [], 0
    for number, rate in enumerate(wanted.rate):
        row, missing = one_rate(set_up(work / str(number), round(rate * wanted.seconds), store), rate)
        rows.append((f"{rate:,g}", *row))
        lost += missing
    return Outcome(
        what="lines evenly spread, each at a random moment of its share of the time, from just before write(2) to the "
        f"first query that sees the row, asked every millisecond; {wanted.seconds:g} s a rate; a store with {before:,} "
        f"events before and {store.stat().st_size / 1e6:,.0f} MB after",
        head=HEAD,
        rows=rows,
        notes=[f"{lost} lines were never seen"] if lost else [],
        is_sound=lost == 0,
    )


def one_rate(stage: Stage, rate: float) -> tuple[tuple[str, ...], int]:
    """Write all lines of a stage at one rate; return the cells of a row, and how many lines were never seen."""
    seconds = stage.lines() / rate
    with stage.follower() as follower:
        stage.wait_until_there(follower)
        batches, cpu = ask(stage.store, BATCHES), follower.cpu_seconds()
        order = stage.writing((rate,), rate_seconds=seconds)
        with (
            Companion(observe, stage.store, BY_TIME, time_us(stage.first_us, -1)) as observer,
            Companion(write, order) as writer,
        ):
            moments = writer.finish(seconds + PATIENCE_SECONDS)
            observer.wait_for(len(moments), PATIENCE_SECONDS)
            cpu, batches = follower.cpu_seconds() - cpu, ask(stage.store, BATCHES) - batches
            seen = observer.finish()
        follower.end()
    waits = [wait for _, wait in seen_lines(stage, moments, seen)]
    written = (len(moments) - 1) / ((moments[-1] - moments[0]) / 1e9) if len(moments) > 1 else 0.0
    row = (
        f"{len(moments):,}",
        f"{written:,.1f}",
        *spread(waits).cells(),
        f"{batches:,}",
        f"{cpu / len(moments) * 1000:.3f}",
    )
    return row, len(moments) - len(waits)


def seen_lines(stage: Stage, moments: Sequence[int], seen: Mapping[int, int]) -> list[tuple[int, int]]:
    """Return, of each line that was seen, the moment of its write and how long it took from there to the query."""
    found = ((moment, seen.get(time_us(stage.first_us, number))) for number, moment in enumerate(moments))
    return [(begin, end - begin) for begin, end in found if end is not None]


def fill(store: Path, events: int, work: Path) -> None:
    """Load generated events until the store holds so many, in portions, each a day of its own."""
    while (stored := ask_early(store, "SELECT max(id) FROM raw_events")) < events:
        day = FIRST_DAY + timedelta(days=round(stored / PORTION))
        log = generate(work / "portion.json", min(PORTION, events - stored), seed=stored + 1, start=day.isoformat())
        measure.run((str(load.NACRE), "--store", str(store), "load", "--json", str(log)), cwd=work)
        log.unlink()
        if ask_early(store, "SELECT max(id) FROM raw_events") == stored:
            raise RuntimeError(f"{store} does not take generated events: is it a store of another run?")
