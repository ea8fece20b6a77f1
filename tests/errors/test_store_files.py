"""Stores that are missing, foreign, newer or damaged: told apart, left as they are, status 4."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.errors.command import LOG, STORE, contents, fails, load, nacre, stored

from nacre.store.revision import HEAD_REVISION

READING = ("status", "report daily", "sessions", "show 0", "account")
KEEPING = ("store check", "store optimize", "store upgrade", "store current", "store downgrade base --yes")
LOADING = (f"load --jobs 0 {LOG}", f"load --jobs 0 --writer orm {LOG}")


def run_sql(store: Path, statement: str) -> None:
    """Change a database, without a log left beside it."""
    with closing(sqlite3.connect(store)) as connection:
        connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def overwrite(store: Path, offset: int, content: bytes) -> None:
    """Write over some bytes of a file."""
    with store.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def instead(store: Path, make: Callable[[Path], object]) -> None:
    """Put something else where the store was."""
    store.unlink()
    make(store)


MADE: dict[str, Callable[[Path], object]] = {
    "text": lambda store: store.write_text("not a database, but long enough to look at\n" * 50, encoding="utf-8"),
    "other": lambda store: instead(store, lambda path: run_sql(path, "CREATE TABLE notes (text)")),
    "newer": lambda store: run_sql(store, "UPDATE alembic_version SET version_num = '9999'"),
    "no header": lambda store: overwrite(store, 0, bytes(100)),
    "header": lambda store: overwrite(store, 16, b"\xff" * 84),
    "pages": lambda store: overwrite(store, 8192, b"\xff" * (store.stat().st_size - 8192)),
    "cut": lambda store: os.truncate(store, store.stat().st_size // 3),
    "head only": lambda store: os.truncate(store, 50),
    "directory": lambda store: instead(store, Path.mkdir),
    "device": lambda store: instead(store, lambda path: path.symlink_to("/dev/null")),
    "fifo": lambda store: instead(store, os.mkfifo),
    "loop": lambda store: instead(store, lambda path: path.symlink_to(path)),
}
ANOTHER, RESTORE = "with --store", "restore a"
EVERY, SOME = (*READING, *KEEPING, *LOADING), (READING[0], KEEPING[0], LOADING[0])
FOUND = {
    "text": ("is not a SQLite database", ANOTHER, (*SOME, KEEPING[2], LOADING[1])),
    "other": ("is a database, but not a store of nacre", ANOTHER, EVERY),
    # `store current` is how to ask for the schema of such a store, and `optimize` leaves the tables as they are
    "newer": (
        "has schema 9999, which this nacre does not know",
        "use the nacre that wrote it",
        (*READING[:2], "store check", "store upgrade", "store downgrade base --yes", *LOADING),
    ),
    "no header": ("is not a SQLite database", RESTORE, SOME),
    "header": ("is not a SQLite database", RESTORE, SOME),
    "pages": ("is damaged", "look with: nacre store check", (*READING, LOADING[0])),
    "cut": ("is damaged", "look with: nacre store check", (READING[0], LOADING[0])),
    "head only": ("is damaged", "look with: nacre store check", (READING[0], LOADING[0])),
    "directory": ("is a directory, a device or the like", ANOTHER, (*SOME, LOADING[1])),
    "device": ("is a directory, a device or the like", ANOTHER, SOME),
    "fifo": ("is a directory, a device or the like", ANOTHER, SOME),
    "loop": ("cannot be reached", "check the path", SOME),
}
CASES = [(kind, line) for kind, (_, _, lines) in FOUND.items() for line in lines]


@pytest.mark.parametrize(("kind", "line"), CASES)
def test_file_that_is_no_store(kind: str, line: str, place: Path) -> None:
    """What is wrong with the file is told, with what to do next, and the file keeps every byte."""
    MADE[kind](place / STORE)
    error, hint, _ = FOUND[kind]
    before = contents(place)
    told = fails(place, *line.split())

    assert (4, True, True) == (told.code, error in told.error, hint in told.next), told
    assert before == contents(place)


@pytest.mark.parametrize("line", [*READING, *KEEPING])
def test_missing(line: str, place: Path) -> None:
    """Without a store the way to make one is told, and none is made."""
    told = fails(place, "--store", "none.db", *line.split())

    assert (4, "there is no store at none.db", True, False) == (
        told.code,
        told.error,
        told.next.startswith("make one with: nacre "),
        (place / "none.db").exists(),
    )


@pytest.mark.parametrize("line", [READING[0], *LOADING])
def test_no_folder(line: str, place: Path) -> None:
    """A store in a folder that does not exist is told; the folder is not made."""
    told = fails(place, "--store", "nowhere/a.db", *line.split())

    assert (4, True, False) == (told.code, "nowhere/a.db" in told.error, (place / "nowhere").exists())


@pytest.mark.parametrize("kind", ["pages", "cut"])
def test_check_of_a_damaged_store(kind: str, place: Path) -> None:
    """A check of what is beyond checking does not send the user to the check."""
    MADE[kind](place / STORE)
    told = fails(place, "store", "check")

    assert (4, True, "restore a backup, or load the logs into a new store") == (
        told.code,
        "is too damaged to be checked" in told.error,
        told.next,
    )


def test_store_without_events(place: Path) -> None:
    """A report on a store without events says how to load some."""
    assert nacre(place, "--store", "new.db", "store", "init").returncode == 0
    told = fails(place, "--store", "new.db", "report", "daily")

    assert (3, "the store holds no events yet", "load logs with: nacre load PATH") == (
        told.code,
        told.error,
        told.next,
    )


MISSES = {
    "no such session": ("show zzzz", "the store holds no session 'zzzz'", "nacre sessions"),
    "no session at all": ("show ''", "the store holds no session ''", "nacre sessions"),
    "several sessions": ("show 0000", "several sessions begin with '0000'", ""),
    "report: sensor": ("report daily --sensor roof", "the store knows no sensor roof", "it knows attic"),
    "sessions: sensor": ("sessions --sensor roof", "the store knows no sensor roof", "it knows attic"),
    "show: sensor": ("show 000000000001 --sensor roof", "the store knows no sensor roof", "it knows attic"),
}


@pytest.mark.parametrize("name", MISSES)
def test_what_the_store_does_not_hold(name: str, place: Path) -> None:
    """What the store does not hold is told, with a way to what it holds."""
    line, error, hint = MISSES[name]
    told = fails(place, *("" if word == "''" else word for word in line.split()))

    assert (3, True, True) == (told.code, error in told.error, hint in told.next), told


@pytest.mark.parametrize("name", ["a?b.db", "a%20b.db", "a#b.db", "a b.db", "file:a.db"])
def test_odd_name(name: str, place: Path) -> None:
    """A store whose name means something in a URL is the file of that name for every command, and no other is made."""
    before = set(contents(place))
    receipt = load(place, store=name)
    done = nacre(place, "--store", name, "store", "current")

    assert (0, f"{HEAD_REVISION}\n", receipt["stored"]) == (done.returncode, done.stdout, stored(place / name)[0])
    assert {name} == set(contents(place)) - before


def test_name_that_is_not_utf8(place: Path) -> None:
    """A store whose name is not UTF-8 can be loaded and read; what needs SQLAlchemy says why it cannot."""
    receipt = load(place, store="caf\udce9.db")
    told = fails(place, "--store", "caf\udce9.db", "store", "upgrade")

    assert (2, True, receipt["stored"]) == (
        told.code,
        "is not UTF-8" in told.error,
        stored(place / "caf\udce9.db")[0],
    )
