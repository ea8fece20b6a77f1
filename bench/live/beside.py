"""A live log beside a bulk load into the same store: how late its lines come, and what the load loses."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import load
import measure
from live.companion import Companion
from live.latency import seen_lines
from live.lines import time_us
from live.observing import BY_TIME, observe
from live.outcome import Outcome, spread
from live.stage import Stage, set_up
from live.writing import write

RATE = 1000.0
LEAD_SECONDS = 1.0  # of writing before the load begins
LOAD_SECONDS_MAX = 300  # of lines for the writer; it is stopped when the load has ended
GENERATED_EVENTS = 500_000  # where no real logs are at hand
PATIENCE_SECONDS = 120.0

ALONE, WRITTEN, FOLLOWED = "the load alone", "beside the writer, not followed", "beside the writer and `nacre follow`"
HEAD = ("what", "load events/s", "against alone", "lines meanwhile", "p50 ms", "p99 ms", "max ms")


@dataclass(frozen=True, slots=True)
class Turn:
    """One load, and what went on beside it."""

    events_per_second: float
    waits_ns: Sequence[int] = ()  # of the lines that were written while the load was running
    lost: int = 0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=3, help="how often the real logs are repeated")


def run(wanted: argparse.Namespace, work: Path) -> Outcome:
    """Load in turn alone, beside the writer, and beside writer, follower and observer; each time into a new store."""
    folder = load.corpus()
    found = load.real_logs(folder, work, wanted.repeat) if folder else load.generated_logs(work, GENERATED_EVENTS)
    turns: dict[str, list[Turn]] = {ALONE: [], WRITTEN: [], FOLLOWED: []}
    stage = set_up(work / "stage", round(RATE * LOAD_SECONDS_MAX))
    for _ in range(wanted.runs):
        for name, done in turns.items():
            done.append(one(fresh(stage), found, name))
    rates = {name: measure.median([turn.events_per_second for turn in done]) for name, done in turns.items()}
    waits = [wait for turn in turns[FOLLOWED] for wait in turn.waits_ns]
    lost = sum(turn.lost for turn in turns[FOLLOWED])
    rows = [(name, f"{rate:,.0f}", f"{rate / rates[ALONE]:.2f}") for name, rate in rates.items()]
    late = (f"{len(waits):,}", *spread(waits).cells())
    what = f"the real logs {wanted.repeat} times" if folder else "generated logs"
    return Outcome(
        what=f"{what}, whole commands, {wanted.runs} runs in turn, medians; the live log gets {RATE:,.0f} lines a "
        "second, and the waiting times are those of all lines that were written while a load ran",
        head=HEAD,
        rows=[(*row, *(late if row[0] == FOLLOWED else ("",) * len(late))) for row in rows],
        notes=[f"{lost} lines were never seen"] if lost else [],
        is_sound=lost == 0,
    )


def fresh(stage: Stage) -> Stage:
    """Take away the store and what was written to the live log."""
    for stale in stage.store.parent.glob(f"{stage.store.name}*"):
        stale.unlink()
    with stage.log.open("r+b") as log:
        log.truncate(len(log.readline()))
    return stage


def one(stage: Stage, logs: Sequence[Path], name: str) -> Turn:
    """Load once, beside what the name says."""
    with ExitStack() as beside:
        if name == FOLLOWED:
            follower = beside.enter_context(stage.follower())
            stage.wait_until_there(follower)
            query = (stage.store, BY_TIME, time_us(stage.first_us, -1))
            observer = beside.enter_context(Companion(observe, *query))
        if name != ALONE:
            writer = beside.enter_context(Companion(write, stage.writing((RATE,))))
            writer.wait_for(round(RATE * LEAD_SECONDS), PATIENCE_SECONDS)
        began = time.monotonic_ns()
        command = (str(load.NACRE), "--store", str(stage.store), "load", "--json", *map(str, logs))
        done = measure.run(command, cwd=stage.folder)
        ended = time.monotonic_ns()
        rate = json.loads(done.output)["lines"] / done.wall_seconds
        if name == ALONE:
            return Turn(rate)
        moments = writer.finish()
        if name == WRITTEN:
            return Turn(rate)
        observer.wait_for(len(moments), PATIENCE_SECONDS)
        seen = observer.finish()
        follower.end()
    lines = seen_lines(stage, moments, seen)
    return Turn(rate, [wait for moment, wait in lines if began <= moment <= ended], len(moments) - len(lines))
