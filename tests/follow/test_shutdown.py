"""The end of a follower: asked once, asked twice, killed; by cron; and what it refuses to begin with."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.errors.command import balance, fails, failure, nacre
from tests.follow.hand import joined, lines
from tests.follow.process import Following, following, stored_lines, until

OLD, NEW = lines(300), lines(40, first=1000)
STOP_SECONDS = 5.0  # what is promised


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a log."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "cowrie.json").write_bytes(joined(OLD))
    return tmp_path


def outcomes(place: Path) -> list[tuple[str, str | None]]:
    """Return how the runs of a store ended."""
    with closing(sqlite3.connect(place / "nacre.db")) as connection:
        return connection.execute("SELECT mode, outcome FROM runs ORDER BY id").fetchall()


@contextmanager
def in_trouble(one: Following) -> Iterator[None]:
    """Lock the store of a follower that has read all so far, give it lines, and wait until it says that it waits."""
    with closing(sqlite3.connect(one.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with (one.place / "logs" / "cowrie.json").open("ab") as file:
            file.write(joined(NEW))
        until(lambda: one.state() == "retrying", "trouble")
        yield


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_once(number: int, place: Path) -> None:
    """Asked to end, a follower stores what is whole, holds a half line for the next one, and says how it ended."""
    log = place / "logs" / "cowrie.json"
    with following(place) as one:
        one.wait_for(set(OLD))
        with log.open("ab") as file:
            file.write(joined(NEW) + b'{"session":"half')
        code, receipt, said, seconds = one.end(number)
    left = list(place.glob("nacre.db-*"))

    assert (0, "", len(OLD) + len(NEW)) == (code, said, receipt["stored"])
    assert seconds < STOP_SECONDS
    assert {*OLD, *NEW} == set(stored_lines(one.store))
    assert [("follow", "done")] == outcomes(place)
    assert [] == left
    assert (0, True) == balance(place)


def test_asked_while_the_store_is_locked(place: Path) -> None:
    """Asked to end while the store takes nothing, a follower ends in time all the same, and the next one goes on."""
    with following(place) as one:
        one.wait_for(set(OLD))
        with in_trouble(one):
            code, _, said, seconds = one.end()
    again = nacre(place, "follow", "--once", "logs")

    assert 0 == code
    assert "is locked by another process" in said
    assert seconds < STOP_SECONDS
    assert 0 == again.returncode
    assert {*OLD, *NEW} == set(stored_lines(one.store))


def test_asked_twice(place: Path) -> None:
    """Asked twice, a follower ends at once, as the system ends it; nothing is lost."""
    with following(place) as one:
        one.wait_for(set(OLD))
        with in_trouble(one):
            one.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            code, _, _, seconds = one.end()
    again = nacre(place, "follow", "--once", "logs")

    assert -signal.SIGTERM == code
    assert seconds < 1.0
    assert 0 == again.returncode
    assert {*OLD, *NEW} == set(stored_lines(one.store))
    assert (0, True) == balance(place)


def test_killed_and_started_at_once(place: Path) -> None:
    """After kill -9 the next follower does not wait for the lease of the dead one: it can see that it is dead."""
    with following(place) as one:
        one.wait_for(set(OLD))
        one.process.kill()
        one.process.wait()
    with (place / "logs" / "cowrie.json").open("ab") as file:
        file.write(joined(NEW))
    began = time.monotonic()
    with following(place) as two:
        two.wait_for({*OLD, *NEW})
        waited = time.monotonic() - began
        two.end()

    assert waited < 10.0
    assert [("follow", None), ("follow", "done")] == outcomes(place)


def test_two_at_once(place: Path) -> None:
    """A second follower of the same log ends with one clear error, and the first one goes on."""
    with following(place) as one:
        one.wait_for(set(OLD))
        told = fails(place, "follow", "logs")
        still = one.process.poll()
        one.end()

    assert (4, None) == (told.code, still)
    assert f"is followed already, by follow process {one.process.pid} on {os.uname().nodename}" in told.error
    assert "nacre status" in told.next


def test_cron(place: Path) -> None:
    """With --once what is there is stored, a half line held; the next time goes on from there."""
    log = place / "logs" / "cowrie.json"
    with log.open("ab") as file:
        file.write(NEW[0][:30])
    first = nacre(place, "follow", "--once", "--json", "logs")
    with log.open("ab") as file:
        file.write(NEW[0][30:] + b"\n")
    second = nacre(place, "follow", "--once", "logs")

    assert (0, "", 0, "") == (first.returncode, first.stderr, second.returncode, second.stderr)
    assert {*OLD, NEW[0]} == set(stored_lines(place / "nacre.db"))
    assert [("follow", "done")] * 2 == outcomes(place)


def test_cron_with_a_locked_store(place: Path) -> None:
    """With --once a store that takes nothing is an error after some tries, not something to wait for."""
    nacre(place, "follow", "--once", "logs")
    with (place / "logs" / "cowrie.json").open("ab") as file:
        file.write(joined(NEW))
    with closing(sqlite3.connect(place / "nacre.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = nacre(place, "follow", "--once", "logs", variables={"NACRE_BUSY_SECONDS": "0.05"})
    told = failure(done.returncode, done.stderr)

    assert (4, True) == (told.code, "is locked by another process" in told.error)
    assert 0 == nacre(place, "follow", "--once", "logs").returncode
    assert {*OLD, *NEW} == set(stored_lines(place / "nacre.db"))


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("follow nowhere/cowrie.json", "nowhere/cowrie.json does not exist"),
        ("follow --once logs/absent.json", "logs/absent.json does not exist"),
        ("follow logs --max-rate fast", "'fast' is not a rate"),
        ("follow logs --min-free much", "'much' is not a size"),
        ("follow logs --poll 0", "0.0 is not in the range"),
    ],
)
def test_what_cannot_be_meant(line: str, error: str, place: Path) -> None:
    """A path or an option that cannot be meant is told before a store is made."""
    told = fails(place, *line.split())

    assert (2, True) == (told.code, error in told.error)
    assert not (place / "nacre.db").exists()


def test_a_log_that_is_yet_to_come(place: Path) -> None:
    """A log whose folder is there is waited for."""
    with following(place, "logs/later.json") as one:
        until(lambda: one.state() == "following", "a follower")
        (place / "logs" / "later.json").write_bytes(joined(NEW))
        one.wait_for(set(NEW))
        code, _, said, _ = one.end()

    assert 0 == code
    assert "later.json is not there yet: waiting for it" in said


def test_without_events(place: Path) -> None:
    """Where the system tells nothing of files, looking at them now and then has to do."""
    with following(place, "logs", "--poll", "0.05") as one:
        one.wait_for(set(OLD))
        (place / "logs" / "cowrie.json").rename(place / "logs" / "cowrie.json.1")
        (place / "logs" / "cowrie.json").write_bytes(joined(NEW))
        one.wait_for({*OLD, *NEW})
        code, *_ = one.end()

    assert 0 == code
