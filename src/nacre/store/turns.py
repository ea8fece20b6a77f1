"""Turns at writing to a SQLite file: a turnstile before the write lock, and a wait that lets signals through.

SQLite's write lock goes to whoever asks first after it was given back. Its busy handler sleeps up to 100 ms between two
questions (https://www.sqlite.org/c3ref/busy_timeout.html), so a load that commits and begins again within a millisecond
wins each time, and a follower beside it waits for minutes. Therefore a writer takes an exclusive flock(2) on the
store's directory first, the write lock then, and gives the flock back at once: who waits for the write lock holds the
turnstile, and who has just committed must queue behind it.

On the directory, because a file that SQLite has open must not be opened and closed by anybody else in the process: that
drops SQLite's own locks (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
Two stores in one directory share a turnstile; they wait for each other only while one of them waits for its own lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

# Between two questions. Asking costs 30 µs, so 3 % of a CPU while waiting; a batch takes 100 times as long.
POLL_SECONDS = 0.001
# A courtesy, never needed for being right: after this a writer goes on without. Longer than a large batch takes, so
# that it is reached only where somebody holds the directory for other reasons, as `flock DIR nacre load` does.
TURNSTILE_SECONDS = 1.0
# Once it was reached, until the turnstile is had again: 20 polls, still enough for whoever waits to get in first.
IMPATIENT_SECONDS = 0.02


class Turns:
    """The way to the write lock for one connection to the file at `path`; one thread's, like the connection."""

    def __init__(self, path: Path, *, busy_seconds: float) -> None:
        self._directory = os.path.dirname(os.path.realpath(path))  # noqa: PTH120 - a str, as os.open wants it
        self._busy_seconds = busy_seconds
        self._turnstile_seconds = TURNSTILE_SECONDS
        # SQLite's own wait knows no signals, so BEGIN must not wait; all other statements still do. The pragma acts
        # when it is compiled (https://www.sqlite.org/pragma.html), so the connection's cache of statements would make
        # the second one do nothing: a script is compiled anew each time, statement by statement.
        self._patient = f"PRAGMA busy_timeout={int(busy_seconds * 1000)}"
        self._attempt = f"PRAGMA busy_timeout=0; BEGIN IMMEDIATE; {self._patient}"

    def begin(self, connection: sqlite3.Connection) -> None:
        """Begin a transaction that holds the write lock.

        Wait for `busy_seconds` at most, in Python, so that handlers of signals run; then raise what SQLite says, which
        is SQLITE_BUSY. The connection's busy timeout is `busy_seconds` afterwards.
        """
        until = time.monotonic() + self._busy_seconds
        with self._turnstile(until):
            try:
                self._take_lock(connection, until)
            finally:
                if not connection.in_transaction:
                    connection.executescript(self._patient)

    def _take_lock(self, connection: sqlite3.Connection, until: float) -> None:
        while True:
            try:
                connection.executescript(self._attempt)
                return
            except sqlite3.OperationalError as exc:
                # The low byte is the primary code (https://www.sqlite.org/rescode.html).
                if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    raise
            time.sleep(POLL_SECONDS)

    @contextlib.contextmanager
    def _turnstile(self, until: float) -> Iterator[None]:
        """Hold the turnstile, where it can be had in time."""
        try:
            # Opened each time: a child that was forked would keep what its parent holds.
            directory = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:  # it may be entered, but not read
            yield
            return
        try:
            self._enter(directory, min(until, time.monotonic() + self._turnstile_seconds))
            yield
        finally:
            os.close(directory)  # and the flock with it

    def _enter(self, directory: int, until: float) -> None:
        while True:
            try:
                fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    self._turnstile_seconds = IMPATIENT_SECONDS
                    return
            except OSError:  # a file system without flock: waiting would not help
                return
            else:
                self._turnstile_seconds = TURNSTILE_SECONDS
                return
            time.sleep(POLL_SECONDS)
