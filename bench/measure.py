"""Run whole commands in turn and measure them from outside: wall and CPU seconds, and memory summed over processes."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command, all of its child processes included."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float  # proportional set size, summed over the processes alive at one moment
    output: str


def _children(pid: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _family(pid: int) -> list[int]:
    family = [pid]
    for member in family:
        family += _children(member)
    return family


def pss_kib(pid: int) -> int:
    """Return the proportional set size of one process; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def run(command: Sequence[str], *, cwd: Path, sample_memory: bool = False) -> Run:
    """Run a command to its end; raise when it fails. Memory sampling costs time: ask for it in a run of its own."""
    before = os.times()
    started = time.perf_counter()
    peak = 0
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while sample_memory and process.poll() is None:
            peak = max(peak, sum(map(pss_kib, _family(process.pid))))
            time.sleep(SAMPLE_SECONDS)
        output, errors = process.communicate()
    wall = time.perf_counter() - started
    after = os.times()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{errors[-2000:]}")
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Run(wall, cpu, peak / 1024, output)


def machine() -> str:
    """Describe where this runs, without naming it."""
    return f"{platform.machine()}, {os.cpu_count()} processors, CPython {platform.python_version()}"


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
