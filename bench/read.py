"""What a reader waits for: python bench/read.py [--events N] [--runs N].

Whole commands on a store of generated logs, in turn, beside an interpreter that does nothing. Prints medians.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import load
import measure

DAYS = 30


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=15)
    wanted = parser.parse_args()
    nacre = str(load.NACRE)
    with tempfile.TemporaryDirectory(prefix="nacre-bench-") as name:
        work = Path(name)
        log = str(work / "cowrie.json")
        generate = (nacre, "generate", "--events", str(wanted.events), "--days", str(DAYS), "--sensors", "3")
        measure.run((*generate, "--out", log), cwd=work)
        measure.run((nacre, "load", "--json", log), cwd=work)
        commands = {
            "python -c pass": (sys.executable, "-c", "pass"),
            "nacre --version": (nacre, "--version"),
            "nacre report daily": (nacre, "report", "daily"),
            "nacre report weekly": (nacre, "report", "weekly"),
            "nacre report monthly": (nacre, "report", "monthly"),
            "nacre sessions": (nacre, "sessions"),
            "nacre status": (nacre, "status"),
        }
        runs: dict[str, list[measure.Run]] = {each: [] for each in commands}
        for _ in range(wanted.runs):
            for each, command in commands.items():
                runs[each].append(measure.run(command, cwd=work))
    print(f"{wanted.events:,} generated events, {DAYS} days, 3 sensors; {wanted.runs} runs in turn; medians")
    print(measure.machine() + "\n")
    rows = [
        (
            each,
            f"{1000 * measure.median([run.wall_seconds for run in found]):.0f}",
            f"{1000 * max(run.wall_seconds for run in found):.0f}",
            f"{1000 * measure.median([run.cpu_seconds for run in found]):.0f}",
        )
        for each, found in runs.items()
    ]
    print(measure.table(("command", "wall ms", "slowest ms", "CPU ms"), rows))


if __name__ == "__main__":
    main()
