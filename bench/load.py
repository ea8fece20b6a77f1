"""Bulk loading beside two floors, whole commands in turn on the same bytes.

Run: python bench/load.py [--repeat N] [--runs N] [--generate EVENTS].

Input: the real logs (NACRE_CORPUS or ../shared/cowrie beside the checkout), repeated with all times shifted by whole
days where more is wanted, or generated logs with --generate EVENTS. Prints medians, and ratios pair by pair.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import measure

HERE = Path(__file__).resolve().parent
NACRE = Path(sys.executable).parent / "nacre"
GENERATED_EVENTS = 200_000  # where no real logs are at hand
_DAY = re.compile(rb'("timestamp": ?")(\d{4}-\d{2}-\d{2})')


@dataclass(frozen=True, slots=True)
class Contender:
    """A command that loads the input into a store of its own."""

    name: str
    command: tuple[str, ...]
    store: str


def corpus() -> Path | None:
    """Return the folder of real logs, if it is here."""
    named = os.environ.get("NACRE_CORPUS")
    folder = Path(named) if named else HERE.parent.parent / "shared" / "cowrie"
    return folder if (folder / "logs").is_dir() else None


def real_logs(folder: Path, into: Path, repeat: int) -> list[Path]:
    """Write the real logs `repeat` times, each time a year of whole days later, so that every line is another event."""
    written = []
    for turn in range(repeat):
        for path in sorted((folder / "logs").glob("sweetie*.gz")):
            target = into / f"{turn:02d}-{path.name}"
            if turn == 0:
                shutil.copy(path, target)
            else:
                days = timedelta(days=365 * turn)

                def later(match: re.Match[bytes], days: timedelta = days) -> bytes:
                    return match.group(1) + (date.fromisoformat(match.group(2).decode()) + days).isoformat().encode()

                target.write_bytes(gzip.compress(_DAY.sub(later, gzip.decompress(path.read_bytes())), 6))
            written.append(target)
    return written


def given_logs(arguments: Sequence[str], into: Path) -> list[Path]:
    """Return the logs that are named, else the real ones, else generated ones."""
    if arguments:
        return [Path(name) for name in arguments]
    folder = corpus()
    return sorted((folder / "logs").glob("sweetie*.gz")) if folder else generated_logs(into, GENERATED_EVENTS)


def generated_logs(into: Path, events: int) -> list[Path]:
    """Write generated logs of the newest dialect."""
    target = into / "cowrie.json"
    measure.run((str(NACRE), "generate", "--events", str(events), "--seed", "7", "--out", str(target)), cwd=into)
    packed = into / "cowrie.json.gz"
    packed.write_bytes(gzip.compress(target.read_bytes(), 6))
    target.unlink()
    return [packed]


def contenders(paths: Sequence[Path], work: Path) -> list[Contender]:
    """Return the commands, nacre first."""
    files = tuple(map(str, paths))
    python = sys.executable
    return [
        Contender(
            "nacre load",
            (str(NACRE), "--store", str(work / "nacre.db"), "load", "--json", *files),
            "nacre.db",
        ),
        Contender(
            "DuckDB CTAS, raw line kept",
            (python, str(HERE / "duck.py"), str(work / "duck.db"), *files),
            "duck.db",
        ),
        Contender(
            "orjson + executemany, no index",
            (python, str(HERE / "floor.py"), str(work / "floor.db"), *files),
            "floor.db",
        ),
    ]


def one_round(entries: Sequence[Contender], work: Path, *, sample_memory: bool) -> dict[str, tuple[measure.Run, int]]:
    """Run each contender once on a fresh store; return its run and the size of its store."""
    results = {}
    for entry in entries:
        for stale in work.glob(f"{entry.store}*"):
            stale.unlink()
        run = measure.run(entry.command, cwd=work, sample_memory=sample_memory)
        results[entry.name] = (run, (work / entry.store).stat().st_size)
    return results


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="how often the real logs are repeated")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--generate", type=int, metavar="EVENTS", help="use generated logs instead")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nacre-bench-") as name:
        work = Path(name)
        folder = corpus()
        if wanted.generate or folder is None:
            paths = generated_logs(work, wanted.generate or 500_000)
            what = "generated logs"
        else:
            paths = real_logs(folder, work, wanted.repeat)
            what = f"the real logs {wanted.repeat} times"
        report(what, paths, contenders(paths, work), work, wanted.runs)


def report(what: str, paths: Sequence[Path], entries: Sequence[Contender], work: Path, runs: int) -> None:
    """Run everything in turn and print the table."""
    size = sum(len(gzip.decompress(path.read_bytes())) for path in paths)
    memory = one_round(entries, work, sample_memory=True)
    rounds = [one_round(entries, work, sample_memory=False) for _ in range(runs)]
    events = json.loads(rounds[0][entries[0].name][0].output)["lines"]
    print(f"{what}: {events:,} lines, {size / 1e6:.0f} MB unpacked; {runs} runs in turn; medians")
    print(measure.machine() + "\n")
    rows = []
    for entry in entries:
        walls = [each[entry.name][0].wall_seconds for each in rounds]
        cpus = [each[entry.name][0].cpu_seconds for each in rounds]
        ratios = [each[entries[0].name][0].wall_seconds / each[entry.name][0].wall_seconds for each in rounds]
        rows.append(
            (
                entry.name,
                f"{events / measure.median(walls):,.0f}",
                f"{measure.median(walls):.2f}",
                f"{measure.median(cpus):.2f}",
                f"{memory[entry.name][0].peak_mib:.0f}",
                f"{rounds[0][entry.name][1] / events:.0f}",
                f"{rounds[0][entry.name][1] / size:.2f}",
                f"{measure.median(ratios) ** -1:.2f}" if entry is entries[0] else f"{1 / measure.median(ratios):.2f}",
            )
        )
    head = (
        "command",
        "events/s",
        "wall s",
        "CPU s",
        "peak MiB",
        "store bytes per event",
        "per input byte",
        "nacre's speed / its speed",
    )
    print(measure.table(head, rows))


if __name__ == "__main__":
    main()
