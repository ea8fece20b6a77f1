"""What a follower costs while nothing happens: CPU and wake-ups, beside one live log and beside many old ones."""

from __future__ import annotations

import argparse
import time
from datetime import date, timedelta
from pathlib import Path

from live.lines import stream
from live.observing import ask_early, until
from live.outcome import Outcome
from live.stage import Stage, set_up

OLD_LINES = 20  # in each rotated log
SETTLE_SECONDS = 15.0  # nacre looks less often from 10 s without a line on
CATCH_UP_SECONDS = 300.0
NEWEST = date(2026, 1, 1)  # of the rotated logs' names
HEAD = ("logs", "CPU s per hour", "wake-ups a second", "open files", "resident MiB")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rotated", type=int, default=1000, help="logs beside the live one, in the second row")


def run(wanted: argparse.Namespace, work: Path) -> Outcome:
    """Measure a follower of one log, then one of many."""
    return Outcome(
        what=f"{wanted.seconds:g} s without a line, begun {SETTLE_SECONDS:g} s after the last; rotated logs of "
        f"{OLD_LINES} lines; CPU is utime and stime of /proc/PID/stat, wake-ups are voluntary context switches "
        "of all threads",
        head=HEAD,
        rows=[one(work / str(rotated), rotated, wanted.seconds) for rotated in (0, wanted.rotated)],
    )


def one(folder: Path, rotated: int, seconds: float) -> tuple[str, ...]:
    """Measure one follower; return the cells of a row."""
    stage = set_up(folder, rotated * OLD_LINES)
    write_rotated(stage, rotated)
    wanted = sum(path.stat().st_size for path in stage.logs.iterdir())
    with stage.follower() as follower:
        stage.wait_until_there(follower)
        read = "SELECT sum(checkpoint) FROM sources"
        until(lambda: ask_early(stage.store, read) == wanted, f"{wanted} bytes read", CATCH_UP_SECONDS)
        time.sleep(SETTLE_SECONDS)
        began, cpu, switches = time.monotonic(), follower.cpu_seconds(), follower.switches()
        time.sleep(seconds)
        took = time.monotonic() - began
        cpu, switches = follower.cpu_seconds() - cpu, follower.switches() - switches
        memory, _ = follower.memory_mib()
        files = follower.files()
        follower.end()
    name = "1 live" if rotated == 0 else f"1 live, {rotated:,} rotated"
    return name, f"{cpu / took * 3600:.1f}", f"{switches / took:.1f}", f"{files:,}", f"{memory:.0f}"


def write_rotated(stage: Stage, rotated: int) -> None:
    """Write small logs beside the live one, named by days as Cowrie does."""
    lines = stream(stage.source, stage.first_us)
    for number in range(rotated):
        day = NEWEST - timedelta(days=number)
        content = b"".join(next(lines) for _ in range(OLD_LINES))
        (stage.logs / f"{stage.log.name}.{day.isoformat()}").write_bytes(content)
