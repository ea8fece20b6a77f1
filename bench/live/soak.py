"""Many minutes of mixed load, rotations and readers: whether memory grows, and whether every line is there once."""

from __future__ import annotations

import argparse
import math
import statistics
import subprocess
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import load
from live.companion import Companion
from live.following import Follower
from live.observing import ask, connect
from live.outcome import Outcome
from live.stage import LOG, Stage, set_up
from live.writing import COPYTRUNCATE, RENAME, write

RATES = (1000.0, 50.0, 2000.0, 0.0, 500.0, 5.0)  # lines a second, each for RATE_SECONDS: 593 on average
RATE_SECONDS = 10.0
KEPT = 10  # packed files; older ones are removed
SAMPLE_SECONDS = 10.0
SAMPLES_A_READ = 3
ROWS_MAX = 30
CATCH_UP_SECONDS = 120.0
GAPS = """
SELECT s.path, s.state, g.byte_offset, g.cause, g.missing_bytes, g.detail
FROM coverage_gaps AS g JOIN sources AS s ON s.id = g.source_id ORDER BY g.id LIMIT ?
"""
GAPS_MAX = 10
HEAD = ("minutes", "resident MiB", "proportional MiB", "events stored", "open files")


@dataclass(frozen=True, slots=True)
class Sample:
    """The follower at one moment."""

    seconds: float
    resident_mib: float
    proportional_mib: float
    events: int
    files: int


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rotation-lines", type=int, default=20_000, help="lines from one rotation to the next")


def run(wanted: argparse.Namespace, work: Path) -> Outcome:
    """Let it run, then count."""
    seconds = wanted.minutes * 60
    turns = math.ceil(seconds / (RATE_SECONDS * len(RATES))) + 1  # one more, so that the lines do not end early
    stage = set_up(work / "stage", round(sum(RATES) * RATE_SECONDS * turns))
    rotations = (RENAME, COPYTRUNCATE)
    order = stage.writing(RATES, rate_seconds=RATE_SECONDS, rotations=rotations, rotation_lines=wanted.rotation_lines)
    with stage.follower() as follower:
        stage.wait_until_there(follower)
        with Companion(write, order) as writer:
            samples = watch(stage, follower, seconds)
            written = len(writer.finish())
        stage.wait_for(written, follower, CATCH_UP_SECONDS)
        follower.end()
    return counted(stage, samples, written=written, rotation_lines=wanted.rotation_lines)


def watch(stage: Stage, follower: Follower, seconds: float) -> list[Sample]:
    """Sample the follower, while old logs are packed and removed and reports are read."""
    began, samples = time.monotonic(), []
    while (now := time.monotonic() - began) < seconds:
        follower.check()
        samples.append(Sample(now, *follower.memory_mib(), stage.stored(), follower.files()))
        pack(stage)
        if len(samples) % SAMPLES_A_READ == 0:
            nacre(stage, "report", "daily").check_returncode()
        time.sleep(max(0.0, len(samples) * SAMPLE_SECONDS - (time.monotonic() - began)))
    return samples


def pack(stage: Stage) -> None:
    """Pack all rotated files but the newest, as logrotate does with delaycompress, and remove the oldest."""

    def number(path: Path) -> int:
        return int(path.name.removeprefix(f"{LOG}.").removesuffix(".gz"))

    rotated = sorted(stage.logs.glob(f"{LOG}.*"), key=number)
    for path in rotated[:-1]:
        if path.suffix != ".gz":
            subprocess.run(["gzip", str(path)], check=True)
    for path in rotated[: -KEPT - 1]:
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}.gz").unlink(missing_ok=True)


def nacre(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command on the store to its end."""
    command = [str(load.NACRE), "--store", str(stage.store), *arguments]
    return subprocess.run(command, cwd=stage.folder, capture_output=True, check=False)


def counted(stage: Stage, samples: Sequence[Sample], *, written: int, rotation_lines: int) -> Outcome:
    """Say how memory went, and whether every line is there once."""
    half = samples[len(samples) // 2 :]
    hours = [sample.seconds / 3600 for sample in half]
    slopes = [slope(hours, [sample.resident_mib for sample in half])]
    slopes.append(slope(hours, [sample.proportional_mib for sample in half]))
    stored, distinct, code = stage.stored(), stage.distinct(), nacre(stage, "account").returncode
    gaps, rejects = (ask(stage.store, f"SELECT count(*) FROM {table}") for table in ("coverage_gaps", "rejects"))
    step = math.ceil(len(samples) / ROWS_MAX)
    return Outcome(
        what=f"lines a second in turn {', '.join(f'{rate:g}' for rate in RATES)}, each for {RATE_SECONDS:g} s; every "
        f"{rotation_lines:,} lines a rename or a copytruncate in turn, then gzip, {KEPT} files kept; "
        f"`nacre report daily` every {SAMPLES_A_READ * SAMPLE_SECONDS:g} s",
        head=HEAD,
        rows=[row(sample) for sample in samples[::step]],
        notes=[
            f"Slope over the second half, {len(half)} samples, least squares: resident {slopes[0]:+.1f}, proportional "
            f"{slopes[1]:+.1f} MiB per hour.",
            f"{written:,} lines written, {stored:,} rows, {distinct:,} different ones; {gaps} gaps, {rejects} rejects; "
            f"`nacre account` ended with {code}.",
            *told_gaps(stage),
        ],
        is_sound=written == stored == distinct and (gaps, rejects, code) == (0, 0, 0),
    )


def told_gaps(stage: Stage) -> list[str]:
    """Say what nacre thinks is missing, the first few."""
    with closing(connect(stage.store)) as connection:
        rows = connection.execute(GAPS, (GAPS_MAX,)).fetchall()
    return [
        f"Gap in {Path(path).name} ({state}) at byte {offset}: {cause}, {missing} bytes; {detail}."
        for path, state, offset, cause, missing, detail in rows
    ]


def slope(hours: Sequence[float], values: Sequence[float]) -> float:
    """Return how much a value grows an hour; nothing can be said of a single sample."""
    return statistics.linear_regression(hours, values).slope if len(hours) > 1 else math.nan


def row(sample: Sample) -> tuple[str, ...]:
    """Lay a sample out for the table."""
    memory = f"{sample.resident_mib:.1f}", f"{sample.proportional_mib:.1f}"
    return f"{sample.seconds / 60:.1f}", *memory, f"{sample.events:,}", f"{sample.files}"
