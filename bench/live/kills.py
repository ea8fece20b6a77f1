"""kill -9 of a follower at random moments, over and over, and the store held against the logs afterwards."""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import load
from live.companion import Companion
from live.observing import ask, connect
from live.outcome import Outcome
from live.stage import LOG, Stage, set_up
from live.writing import RENAME, write

RATE = 1000.0
ROTATION_LINES = 5_000
LIFE_SECONDS_MAX = 3.0  # starting takes up to a third of it: some die before their first batch, most at work
CYCLE_SECONDS_MAX = LIFE_SECONDS_MAX + 0.5
CATCH_UP_SECONDS = 300.0
HEAD = ("what", "number")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)


def run(wanted: argparse.Namespace, work: Path) -> Outcome:
    """Kill, then compare."""
    stage = set_up(work / "stage", round(RATE * CYCLE_SECONDS_MAX * wanted.kills))
    order = stage.writing((RATE,), rotations=(RENAME,), rotation_lines=ROTATION_LINES)
    began = time.monotonic()
    with Companion(write, order) as writer:
        kill_often(stage, wanted.kills, random.Random(wanted.seed))
        written = len(writer.finish())
        seconds = time.monotonic() - began
    with stage.follower() as follower:
        stage.wait_for(written, follower, CATCH_UP_SECONDS)
        follower.end()
    return compared(stage, wanted, seconds)


def kill_often(stage: Stage, kills: int, chance: random.Random) -> None:
    """Start a follower and kill it, so many times; raise when one ends by itself."""
    for _ in range(kills):
        with stage.follower() as follower:
            time.sleep(chance.uniform(0.0, LIFE_SECONDS_MAX))
            follower.check()
            follower.kill()


def compared(stage: Stage, wanted: argparse.Namespace, seconds: float) -> Outcome:
    """Hold the store against the logs."""
    written, stored = written_lines(stage.logs), stored_lines(stage.store)
    lost, extra = written - stored, stored - written
    code, account = recount(stage)
    # The last follower was not killed.
    fruitful = "SELECT count(DISTINCT run_id) FROM batches WHERE run_id < (SELECT max(id) FROM runs)"
    gaps, rejects = (ask(stage.store, f"SELECT count(*) FROM {table}") for table in ("coverage_gaps", "rejects"))
    rows = {
        "kills": wanted.kills,
        "of them after the first batch of that follower": ask(stage.store, fruitful),
        "lines written": written.total(),
        "files": len(list(stage.logs.iterdir())),
        "batches": ask(stage.store, "SELECT count(*) FROM batches"),
        "lines lost": lost.total(),
        "lines stored twice, or never written": extra.total(),
        "rejects": rejects,
        "gaps": gaps,
        "exit status of `nacre account --recount`": code,
    }
    is_sound = not lost and not extra and account and (gaps, rejects, code) == (0, 0, 0)
    return Outcome(
        what=f"{RATE:,.0f} lines a second for {seconds:.0f} s, renamed every {ROTATION_LINES:,}; the follower killed 0 "
        f"to {LIFE_SECONDS_MAX:g} s after its start and started again at once, seed {wanted.seed}; then every row "
        "against every line of all files, by plain Python",
        head=HEAD,
        rows=[(name, f"{number:,}") for name, number in rows.items()],
        notes=["the account balances" if account else "the account does NOT balance"],
        is_sound=is_sound,
    )


def written_lines(logs: Path) -> Counter[bytes]:
    """Return every line of all files."""
    contents = b"".join(path.read_bytes() for path in logs.glob(f"{LOG}*"))
    return Counter(line for line in contents.split(b"\n") if line)


def stored_lines(store: Path) -> Counter[bytes]:
    """Return the line of every row."""
    with closing(connect(store)) as connection:
        query = "SELECT coalesce(line, CAST(payload AS BLOB)) FROM raw_events"
        return Counter(bytes(row[0]) for row in connection.execute(query))


def recount(stage: Stage) -> tuple[int, bool]:
    """Return the exit status of nacre's own recount, and whether it balances."""
    command = [str(load.NACRE), "--store", str(stage.store), "account", "--recount", "--json"]
    done = subprocess.run(command, cwd=stage.folder, capture_output=True, text=True, check=False)
    return done.returncode, bool(done.stdout) and bool(json.loads(done.stdout)["balanced"])
