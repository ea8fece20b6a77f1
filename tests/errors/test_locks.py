"""Several commands on one store: who must wait gives up in the end with one line, and nothing is stored twice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.errors.command import LOG, STORE, balance, fails, failure, load, nacre, start, stored, write_log

IMPATIENT = {"NACRE_BUSY_SECONDS": "0.2"}
SESSIONS = 3000


@pytest.fixture
def writing(place: Path) -> Iterator[sqlite3.Connection]:
    """Hold the write lock of the store, as a long transaction of somebody else does."""
    with closing(sqlite3.connect(place / STORE, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


@pytest.mark.parametrize("line", [f"load --jobs 0 {LOG}", f"load --jobs 1 {LOG}", "store optimize"])
def test_locked(line: str, place: Path, writing: sqlite3.Connection) -> None:
    """Who finds the store locked says so after NACRE_BUSY_SECONDS; unlocked, the same command does its work."""
    told = fails(place, *line.split(), variables=IMPATIENT)
    writing.execute("ROLLBACK")

    assert (4, f"the store {STORE} is locked by another process") == (told.code, told.error)
    assert "wait for it to end" in told.next
    assert 0 == nacre(place, *line.split(), variables=IMPATIENT).returncode


@pytest.mark.parametrize("line", [f"load --writer orm {LOG}", "store upgrade"])
def test_locked_for_sqlalchemy(line: str, place: Path, writing: sqlite3.Connection) -> None:
    """The portable writer and the migrations wait as long as NACRE_BUSY_SECONDS says, not as SQLAlchemy would."""
    began = time.monotonic()
    told = fails(place, *line.split(), variables=IMPATIENT)

    assert (4, True) == (told.code, told.error.endswith("is locked by another process"))
    assert time.monotonic() - began < 5  # the driver's own patience
    writing.execute("ROLLBACK")


@pytest.mark.parametrize("line", ["status", "report daily", "sessions", "account", "store check", "store current"])
def test_reading_while_others_write(line: str, place: Path, writing: sqlite3.Connection) -> None:
    """Reading does not wait for whoever writes."""
    done = nacre(place, *line.split(), variables=IMPATIENT)

    assert writing.in_transaction
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("line", ["status", f"load --jobs 0 {LOG}"])
def test_taken_wholly(line: str, place: Path) -> None:
    """A store that somebody has for himself alone is locked for readers as well."""
    with closing(sqlite3.connect(place / STORE, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN IMMEDIATE")
        told = fails(place, *line.split(), variables=IMPATIENT)

    assert (4, True) == (told.code, "is locked by another process" in told.error)


def test_waiting_pays(place: Path) -> None:
    """A load that has to wait no longer than NACRE_BUSY_SECONDS goes on when the lock is gone."""
    write_log(place / "later.json", 1, first=100)
    with closing(sqlite3.connect(place / STORE, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with start(place, "load", "--jobs", "0", "later.json", variables={"NACRE_BUSY_SECONDS": "30"}) as running:
            time.sleep(0.5)
            still = running.poll()
            connection.execute("ROLLBACK")
            _, said = running.communicate()

    assert (None, 0, "") == (still, running.returncode, said)


@pytest.mark.parametrize("turn", range(2))
def test_two_loads_at_once(turn: int, place: Path) -> None:
    """Two loads of one log at the same time: each ends well or with one line; run again, every line is there once."""
    lines = write_log(place / "large.json", SESSIONS)
    line = ["--store", "two.db", "load", "--jobs", str(turn), "large.json"]
    small = {"NACRE_BATCH_BYTES": "65536"}
    with start(place, *line, variables=small) as one, start(place, *line, variables=small) as other:
        said = [running.communicate()[1] for running in (one, other)]
    codes = [one.returncode, other.returncode]

    for code, words in zip(codes, said, strict=True):
        assert code in (0, 4)
        if code == 4:
            assert "run again" in failure(code, words).next
    assert 4 * SESSIONS == lines
    load(place, "large.json", store="two.db")
    assert (lines, 0) == stored(place / "two.db")
    assert (0, True) == balance(place, "two.db")
