"""Turns: who waits for the write lock is let in before who has just had it, and waiting lets signals through."""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.contract.batches import build, line, narrow
from tests.contract.writers import ON_DISK, START, Feeder, identity, open_store, rows

from nacre.errors import StoreLocked
from nacre.model.batch import Batch
from nacre.model.calendar import DAY_US
from nacre.store.turns import Turns

LINES = [line("command", 20_000 * DAY_US + n, "a1", input="id") for n in range(9)]
PAIRS = [(first, second) for first in ON_DISK for second in ON_DISK]
TURNS = 9
PATIENCE_SECONDS = 20  # of the tests; nothing comes near it

# Each batch holds a known line, so that `fold` is called, within the transaction: it lasts 10 ms, and the next one
# begins as soon as it has ended.
LOOP = """
import sys, time
from pathlib import Path
from tests.contract.batches import build, line, narrow
from tests.contract.writers import START, identity, open_store

def fold(batch, known):
    time.sleep(0.01)
    return narrow(batch, known)

store = open_store(sys.argv[1], Path(sys.argv[2]), fold=fold)
run, at = store.start_run(START), store.add_source(identity("loop"))
offset = 0
while True:
    batch = build([line("command", 1, "a1", input="id")], start=offset)
    store.append(run, at.source_id, batch)
    offset = batch.end
"""


@contextmanager
def turnstile(folder: Path) -> Iterator[int]:
    """Lend the directory, open as the turnstile is."""
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield directory
    finally:
        os.close(directory)


def is_held(directory: int) -> bool:
    """Tell whether somebody holds the turnstile."""
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(directory, fcntl.LOCK_UN)
    return False


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.002)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_who_waits_goes_first(first: str, second: str, tmp_path: Path) -> None:
    """A writer that commits and begins again at once comes after the one that waited meanwhile."""
    path = tmp_path / "store.db"
    begin = threading.Event()
    order: list[tuple[int, str]] = []

    def follow() -> None:
        with closing(open_store(second, path)) as store:
            feeder = Feeder(store)
            feeder.source("followed")
            ready.set()
            begin.wait(PATIENCE_SECONDS)
            order.append((feeder.feed("followed", LINES[:1]).batch_id, "follower"))

    def hold(batch: Batch, known: Sequence[int]) -> Batch:
        """Keep the transaction open until the follower waits."""
        with turnstile(tmp_path) as directory:
            begin.set()
            wait_for(lambda: is_held(directory))
        return narrow(batch, known)

    ready = threading.Event()
    with closing(open_store(first, path, fold=hold)) as store:
        feeder = Feeder(store)
        feeder.feed("log", LINES[:1])
        feeder.source("copy")
        thread = threading.Thread(target=follow)
        thread.start()
        ready.wait(PATIENCE_SECONDS)
        order.append((feeder.feed("copy", LINES[:2]).batch_id, "loader"))
        order.append((feeder.feed("log", LINES[2:4]).batch_id, "loader"))
        thread.join()

    assert ["loader", "follower", "loader"] == [who for _, who in sorted(order)]


@contextmanager
def looping(writer: str, path: Path) -> Iterator[None]:
    """Append in another process, batch after batch without a pause."""
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", LOOP, writer, str(path)], env=environment) as running:
        try:
            yield
        finally:
            running.kill()


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_loop_lets_others_in(first: str, second: str, tmp_path: Path) -> None:
    """While a writer waits for a turn, one that never pauses commits twice at most.

    Once before the turnstile is reached, once because it held the lock then. The system may stop this process before it
    gets there, for as long as it likes: so one turn of nine may be worse. Without the turnstile most are.
    """
    path = tmp_path / "store.db"
    passed = []
    with closing(open_store(second, path)) as store, looping(first, path):
        run_id, source = store.start_run(START), store.add_source(identity("followed"))
        offset = 0
        for _ in range(TURNS):
            seen = last_batch(path)
            wait_for(lambda seen=seen: last_batch(path) > seen + 1)  # type: ignore[misc]
            batch = build([b""], start=offset)
            before = last_batch(path)
            passed.append(store.append(run_id, source.source_id, batch).batch_id - before - 1)
            offset = batch.end

    assert sorted(passed)[-2] <= 2, passed


def last_batch(path: Path) -> int:
    """Return the id of the batch that was committed last."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT coalesce(max(id), 0) FROM batches").fetchone()[0])


def test_turnstile_held_for_good(disk_writer: str, tmp_path: Path) -> None:
    """Where somebody keeps the directory locked, as flock(1) does around a command, writing goes on without."""
    with closing(open_store(disk_writer, tmp_path / "store.db")) as store, turnstile(tmp_path) as directory:
        fcntl.flock(directory, fcntl.LOCK_EX)
        feeder = Feeder(store)

        assert 3 == feeder.feed("log", LINES[:3]).stored
        assert 2 == feeder.feed("log", LINES[3:5]).stored


def test_turnstile_is_given_back(disk_writer: str, tmp_path: Path) -> None:
    """Nobody holds the turnstile while a transaction is open, nor after it."""
    seen = []

    def look(batch: Batch, known: Sequence[int]) -> Batch:
        seen.append(is_held(directory))
        return narrow(batch, known)

    store = open_store(disk_writer, tmp_path / "store.db", fold=look)
    with closing(store), turnstile(tmp_path) as directory:
        feeder = Feeder(store)
        feeder.feed("log", LINES[:1])
        feeder.feed("copy", LINES[:2])
        seen.append(is_held(directory))

    assert [False, False] == seen


def test_signals_get_through(disk_writer: str, tmp_path: Path) -> None:
    """While a writer waits for the lock, handlers of signals run: here one gives the lock back."""
    path = tmp_path / "store.db"
    with closing(open_store(disk_writer, path, busy_seconds=5)) as store:
        feeder = Feeder(store)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            before = signal.signal(signal.SIGALRM, lambda *_: other.execute("ROLLBACK"))
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                receipt = feeder.feed("log", LINES[:3])
            finally:
                signal.signal(signal.SIGALRM, before)

    assert 3 == receipt.stored


def test_interrupted_while_it_waits(disk_writer: str, tmp_path: Path) -> None:
    """A handler that raises ends the wait; the store is usable, and the turnstile free."""
    path = tmp_path / "store.db"

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with closing(open_store(disk_writer, path, busy_seconds=5)) as store, turnstile(tmp_path) as directory:
        feeder = Feeder(store)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            before = signal.signal(signal.SIGALRM, interrupt)
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                with pytest.raises(KeyboardInterrupt):
                    feeder.source("log")
            finally:
                signal.signal(signal.SIGALRM, before)
            held = is_held(directory)

        assert (False, 3) == (held, feeder.feed("log", LINES[:3]).stored)


def test_patience_ends(disk_writer: str, tmp_path: Path) -> None:
    """After busy_seconds a writer gives up, changes nothing, and is usable when the lock is free."""
    path = tmp_path / "store.db"
    with closing(open_store(disk_writer, path, busy_seconds=0.05)) as store:
        feeder = Feeder(store)
        feeder.source("log")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreLocked):
                feeder.feed("log", LINES[:3])

        assert [(0,)] == rows(store, "SELECT count(*) FROM batches")
        assert 3 == feeder.feed("log", LINES[:3]).stored


def test_other_statements_wait_as_before(tmp_path: Path) -> None:
    """SQLite's own patience is what it was, after a transaction began and after none could begin."""
    path = tmp_path / "any.db"
    turns = Turns(path, busy_seconds=0.05)
    found = []
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as connection,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        for _ in range(2):
            turns.begin(connection)
            found.append(patience_ms(connection))
            connection.execute("ROLLBACK")
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError):
                turns.begin(connection)
            found.append(patience_ms(connection))
            other.execute("ROLLBACK")

    assert [50] * 4 == found


def patience_ms(connection: sqlite3.Connection) -> int:
    """Return the busy timeout of a connection."""
    return int(connection.execute("PRAGMA busy_timeout").fetchone()[0])
