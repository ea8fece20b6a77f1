"""Commands that are ended from outside: by a signal, by the loss of a parsing process, by whoever read their output."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.errors.command import NACRE, balance, environment, failure, load, nacre, start, stop, stored, write_log

SESSIONS = 8000
STORE = "half.db"
TRIES = 5
SMALL_BATCHES = {"NACRE_BATCH_BYTES": "65536"}
ENDED = {
    # signal: status, what is said, how the run ended
    signal.SIGINT: (130, "interrupted", "interrupted"),
    signal.SIGTERM: (143, "ended by SIGTERM", "interrupted"),
}


def checkpoint(store: Path) -> int:
    """Return how far a load has come, in bytes."""
    try:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            (offset,) = connection.execute("SELECT max(checkpoint) FROM sources").fetchone()
    except sqlite3.OperationalError:  # no store yet, or no table in it
        return 0
    return offset or 0


def half_way(place: Path, jobs: str) -> subprocess.Popen[str]:
    """Start a load and return it, stopped, when some of the log is stored and some is not."""
    store, size = place / STORE, (place / "large.json").stat().st_size
    for _ in range(TRIES):
        for path in place.glob(f"{STORE}*"):
            path.unlink()
        line = ["--store", STORE, "load", "--json", "--jobs", jobs, "large.json"]
        running = start(place, *line, variables=SMALL_BATCHES)
        while running.poll() is None and checkpoint(store) == 0:
            time.sleep(0.002)
        if running.poll() is None:
            stop(running)
            if 0 < checkpoint(store) < size // 2:
                return running
        running.kill()
        running.communicate()
    raise AssertionError(f"in {TRIES} tries no load could be stopped half way")


def end(running: subprocess.Popen[str], number: int) -> str:
    """Send a signal to a stopped command, let it go on, and return what it said."""
    running.send_signal(number)
    running.send_signal(signal.SIGCONT)
    return running.communicate(timeout=30)[1]


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in listed.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def complete(place: Path, lines: int) -> None:
    """Run the load again, and hold that every line is there once."""
    before = stored(place / STORE)[0]

    assert 0 < before < lines
    assert lines - before == load(place, "large.json", store=STORE)["stored"]
    assert (lines, 0) == stored(place / STORE)
    assert (0, True) == balance(place, STORE)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a log that takes some tenths of a second to load."""
    path = tmp_path_factory.mktemp("large") / "large.json"
    write_log(path, SESSIONS)
    return path


@pytest.fixture
def large(place: Path, log: Path) -> int:
    """Put the large log into the user's folder; return its lines."""
    (place / "large.json").hardlink_to(log)
    return 4 * SESSIONS


@pytest.mark.parametrize("jobs", ["0", "2"])
@pytest.mark.parametrize("number", ENDED)
def test_signal(number: signal.Signals, jobs: str, place: Path, large: int) -> None:
    """Ctrl-C and SIGTERM end a load with a status of their own; its run says so, and the same command goes on."""
    running = half_way(place, jobs)
    workers = children(running.pid)
    said = end(running, number)
    code, error, outcome = ENDED[number]
    told = failure(running.returncode, said)
    with closing(sqlite3.connect(place / STORE)) as connection:
        ended = connection.execute("SELECT outcome, ended_at IS NULL FROM runs").fetchall()

    assert (code, error, True) == (told.code, told.error, "run the same command again" in told.next)
    assert [(outcome, 0)] == ended
    assert [] == [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    complete(place, large)


def test_sigterm_is_the_loaders(place: Path, large: int) -> None:
    """A service manager ends all processes at once: the parsing ones leave it to the loader and go on."""
    running = half_way(place, "2")
    for worker in children(running.pid):
        os.kill(worker, signal.SIGTERM)
    said = end(running, signal.SIGCONT)

    assert (0, "") == (running.returncode, said)
    assert (large, 0) == stored(place / STORE)


def test_interrupted_at_once(tmp_path: Path) -> None:
    """Ctrl-C while the command is still being imported ends it like any other.

    The import is made to raise it: the real moment is forty milliseconds long, and a signal would mostly miss it.
    """
    early = (
        "import builtins, runpy\n"
        "real = builtins.__import__\n"
        "def importing(name, *rest, **named):\n"
        "    if name == 'nacre.cli.main': raise KeyboardInterrupt\n"
        "    return real(name, *rest, **named)\n"
        "builtins.__import__ = importing\n"
        "runpy.run_module('nacre', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", early], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (130, "interrupted") == (done.returncode, failure(done.returncode, done.stderr).error)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_lost_parsing_process(number: signal.Signals, place: Path, large: int) -> None:
    """A parsing process that dies, as when memory runs out, ends the load with 3; the same command goes on."""
    running = half_way(place, "1")
    (worker,) = children(running.pid)
    os.kill(worker, number)
    said = end(running, signal.SIGCONT)
    told = failure(running.returncode, said)

    assert (3, f"a parsing process was killed by signal {number.value}") == (told.code, told.error)
    assert "run the same command again" in told.next
    complete(place, large)


def test_a_log_that_another_load_reads(place: Path, large: int) -> None:
    """A load of a log that another load is reading leaves it to that one, says so, and is fine."""
    running = half_way(place, "1")
    done = nacre(place, "--store", STORE, "load", "--json", "large.json")
    said = end(running, signal.SIGCONT)

    assert (0, 0, 1) == (done.returncode, *(json.loads(done.stdout)[name] for name in ("stored", "skipped")))
    assert f"skipped large.json: leased, left to load process {running.pid} on " in done.stderr
    assert (0, "") == (running.returncode, said)
    assert (large, 0) == stored(place / STORE)


def test_checkpoint_that_moved(place: Path, large: int) -> None:
    """Overtaken by another load that did not see its lease, a load gives up with 4, and no line is there twice."""
    running = half_way(place, "1")
    with closing(sqlite3.connect(place / STORE, isolation_level=None)) as connection:
        connection.execute("DELETE FROM leases")  # as if it had stood still for longer than it lasts
    load(place, "large.json", store=STORE)
    said = end(running, signal.SIGCONT)
    told = failure(running.returncode, said)

    assert (4, True) == (told.code, "another nacre reads the same log" in told.next), told
    assert (large, 0) == stored(place / STORE)
    assert (0, True) == balance(place, STORE)


@pytest.mark.parametrize(
    "line", ["status", "report daily", "sessions", "show 000000000001", "account --json", "generate --events 5000"]
)
def test_reader_that_leaves(line: str, place: Path) -> None:
    """When nobody reads the output any more, as after `| head -1`, nacre ends without a word and with 141."""
    receiving, sending = os.pipe()
    os.close(receiving)
    with os.fdopen(sending, "wb") as stream:
        done = nacre(place, *line.split(), stdout=stream)

    assert (141, "") == (done.returncode, done.stderr)


def test_head(place: Path) -> None:
    """The first line of a long output comes whole, and the rest goes without a trace."""
    with subprocess.Popen(
        [*NACRE, "generate", "--events", "50000"],
        cwd=place,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        first = running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read()

    assert (141, b"", b"}\n") == (running.returncode, said, first[-2:])


@pytest.mark.parametrize(
    ("closed", "line", "code"),
    [
        ((1,), "status", 0),
        ((1,), "generate --events 5000", 0),
        ((2,), "load nowhere.json", 2),
        ((1, 2), "show zzzz", 3),
        ((0, 1, 2), "load cowrie.json", 0),
    ],
)
def test_streams_that_are_closed(closed: tuple[int, ...], line: str, code: int, place: Path) -> None:
    """Started with closed streams, as by some service managers, a command does its work; the status tells."""

    def close() -> None:
        for number in closed:
            os.close(number)

    done = nacre(place, *line.split(), preexec_fn=close)

    assert (code, "") == (done.returncode, done.stderr)
    assert 48 == stored(place / "nacre.db")[0]
