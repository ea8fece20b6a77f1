"""A real `nacre follow` as a process: started, waited for, asked to end."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.errors.command import NACRE, environment

PATIENCE_SECONDS = 30.0
QUICK = {"NACRE_BATCH_AGE_SECONDS": "0.05"}


def stored_lines(store: Path) -> list[bytes]:
    """Return the lines of the stored events; none while there is no store."""
    query = "SELECT coalesce(line, CAST(payload AS BLOB)) FROM raw_events"
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            return [row[0] for row in connection.execute(query)]
    except sqlite3.OperationalError:
        return []


def until(found: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so; fail, and say what was waited for, when it does not come."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


class Following:
    """A running follower."""

    def __init__(self, place: Path, process: subprocess.Popen[str]) -> None:
        self.place = place
        self.process = process
        self.store = place / "nacre.db"

    def wait_for(self, lines: set[bytes]) -> None:
        """Wait until the store holds exactly these lines."""
        found: list[bytes] = []

        def is_there() -> bool:
            found[:] = stored_lines(self.store)
            assert self.process.poll() is None, f"the follower has ended: {self.process.communicate()}"
            return set(found) >= lines

        until(is_there, "lines in the store")
        assert lines == set(found)
        assert len(found) == len(lines)

    def status(self) -> dict[str, Any]:
        """Return `nacre status --json` of its store."""
        done = subprocess.run(
            [*NACRE, "--store", str(self.store), "status", "--json"],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        document: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return document

    def state(self) -> str:
        """Return what it says that it is doing; "" while it says nothing."""
        followers = self.status().get("followers", [])
        return str(followers[0]["state"]) if followers else ""

    def end(self, number: int = signal.SIGTERM) -> tuple[int, dict[str, Any], str, float]:
        """Ask it to end; return its status, its receipt, what it said, and how long it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        out, said = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, json.loads(out) if out else {}, said, time.monotonic() - began


@contextmanager
def following(place: Path, *arguments: str, **options: Any) -> Iterator[Following]:
    """Start `nacre follow` in a folder; it is killed at the end if it still runs."""
    variables = options.pop("variables", QUICK)
    process = subprocess.Popen(
        [*NACRE, "follow", "--json", *(arguments or ("logs",))],
        cwd=place,
        env=environment(variables),
        text=True,
        stdin=subprocess.DEVNULL,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )
    try:
        yield Following(place, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
