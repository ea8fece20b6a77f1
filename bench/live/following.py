"""A real `nacre follow` as a process: started, watched through /proc, ended or killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import load
import measure

END_SECONDS = 30.0
TICKS = os.sysconf("SC_CLK_TCK")


class Follower:
    """A running follower; it does not outlive the block that it is used in."""

    def __init__(self, store: Path, paths: Sequence[Path], *, talk: Path) -> None:
        """Start it; what it says is appended to the file `talk`."""
        self._talk = talk
        command = [str(load.NACRE), "--store", str(store), "follow", "--json", *map(str, paths)]
        with talk.open("ab") as errors:
            self._process = subprocess.Popen(
                command, cwd=talk.parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
            )

    def __enter__(self) -> Follower:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _exc: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.kill()

    def check(self) -> None:
        """Raise when it has ended by itself, so that nobody waits for a follower that has failed."""
        if self._process.poll() is not None:
            raise RuntimeError(f"nacre follow has ended with {self._process.returncode}:\n{self._said()}")

    def cpu_seconds(self) -> float:
        """Return its CPU seconds so far: utime and stime of proc(5)."""
        text = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(text[11]) + int(text[12])) / TICKS

    def switches(self) -> int:
        """Return how often its threads have gone to sleep and woken up again so far."""
        return sum(_field(task / "status", "voluntary_ctxt_switches:") for task in self._folder("task"))

    def memory_mib(self) -> tuple[float, float]:
        """Return its resident and its proportional set size."""
        resident = _field(Path(f"/proc/{self._process.pid}/status"), "VmRSS:")
        return resident / 1024, measure.pss_kib(self._process.pid) / 1024

    def files(self) -> int:
        """Return how many files it has open."""
        return len(self._folder("fd"))

    def _folder(self, name: str) -> list[Path]:
        return list(Path(f"/proc/{self._process.pid}/{name}").iterdir())

    def end(self) -> dict[str, Any]:
        """Ask it to end; return its receipt. Raise when it ends in any other way than it should."""
        self._process.send_signal(signal.SIGTERM)
        try:
            said, _ = self._process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"nacre follow has not ended {END_SECONDS:.0f} s after SIGTERM") from None
        if self._process.returncode != 0:
            self.check()
        receipt: dict[str, Any] = json.loads(said)
        return receipt

    def kill(self) -> None:
        """End it as a power cut would; one that has ended already is left alone."""
        if self._process.poll() is None:
            self._process.kill()
        if self._process.stdout is not None and not self._process.stdout.closed:
            self._process.communicate()

    def _said(self) -> str:
        """Return the last of what it said."""
        return self._talk.read_text(errors="replace")[-2000:]


def _field(path: Path, name: str) -> int:
    try:
        return next(int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith(name))
    except (OSError, StopIteration):  # a thread that has ended meanwhile
        return 0
