"""Logs and stores that this user may not read or write: told by name, nothing lost, complete once it is allowed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.errors.command import (
    LOG,
    STORE,
    Failure,
    balance,
    contents,
    fails,
    failure,
    load,
    nacre,
    ordinary,
    stored,
    write_log,
)

EARLIER, LATER = 12, 8  # sessions in the store, and in the log that is loaded then
LINES = 4


def refused(place: Path, *arguments: str) -> Failure:
    """Run a load that comes to its end and then fails, as a user who must obey permissions."""
    done = nacre(place, *arguments, preexec_fn=ordinary())
    assert "not all was read" in done.stdout, done.stdout
    return failure(done.returncode, done.stderr)


@pytest.fixture
def logs(place: Path) -> Path:
    """Return a directory with a log in it and another in a directory below."""
    (place / "logs" / "below").mkdir(parents=True)
    write_log(place / "logs" / "cowrie.json", LATER, first=EARLIER)
    write_log(place / "logs" / "below" / "cowrie.json", LATER, first=EARLIER + LATER)
    return place / "logs"


@pytest.mark.parametrize(
    ("closed", "named", "jobs"),
    [
        ("cowrie.json", "logs/cowrie.json", "1"),
        ("cowrie.json", "logs/*.json", "0"),
        ("below", "logs/below/cowrie.json", "0"),
        ("below", "logs/below", "1"),
    ],
)
def test_log(closed: str, named: str, jobs: str, place: Path, logs: Path) -> None:
    """A log that was asked for and cannot be read is named, the status is 3; allowed, the same command completes."""
    path = logs / closed
    mode = path.stat().st_mode
    path.chmod(0)
    told = refused(place, "load", "--jobs", jobs, named)
    path.chmod(mode)
    again = load(place, named)

    assert (3, True) == (told.code, "1 files or directories could not be read" in told.error)
    assert "run the same command again" in told.next
    assert 1 == len(told.talk)
    assert told.talk[0].endswith(": unreadable, Permission denied")
    assert LATER * LINES == again["stored"]
    assert (0, True) == balance(place)


@pytest.mark.parametrize("jobs", ["0", "1"])
@pytest.mark.parametrize("closed", ["cowrie.json", "below"])
def test_log_among_others(closed: str, jobs: str, place: Path, logs: Path) -> None:
    """A log of a directory that cannot be read is named and counted, and all others are stored: nothing is fatal."""
    path = logs / closed
    mode = path.stat().st_mode
    path.chmod(0)
    done = nacre(place, "load", "--jobs", jobs, "--json", "logs", preexec_fn=ordinary())
    path.chmod(mode)
    told, again = json.loads(done.stdout), load(place, "logs")

    assert 0 == done.returncode
    assert [f"skipped logs/{closed}: unreadable, Permission denied"] == done.stderr.splitlines()
    assert (1, LATER * LINES) == (told["skipped"], told["stored"])
    assert (LATER * LINES, 0) == (again["stored"], again["duplicate"])
    assert (0, True) == balance(place)


@pytest.mark.parametrize("named", ["empty", "notes.txt", "empty notes.txt", "hanging.json", "/dev/null"])
def test_no_log(named: str, place: Path) -> None:
    """A load that finds no log at all says so, and the store holds what it held."""
    (place / "hanging.json").symlink_to("nowhere.json")
    done = nacre(place, "load", *named.split())
    told = failure(done.returncode, done.stderr)

    assert (3, f"no log of Cowrie in {named}") == (told.code, told.error)
    assert told.next.startswith("name a log, a directory of logs or a quoted glob")
    assert 0 == load(place)["stored"]
    assert (EARLIER * LINES, 0) == stored(place / STORE)


def test_log_through_a_pipe(place: Path) -> None:
    """A pipe is no log: it is named, and not waited for."""
    with subprocess.Popen(["cat", LOG], cwd=place, stdout=subprocess.PIPE) as writing:
        done = nacre(place, "load", "/dev/stdin", stdin=writing.stdout)
    told = failure(done.returncode, done.stderr)

    assert (3, "no log of Cowrie in /dev/stdin") == (told.code, told.error)
    assert ("skipped /dev/stdin: special, a FIFO",) == told.talk


def test_empty_log_is_a_log(place: Path) -> None:
    """A log without a line, as after each rotation, is no mistake."""
    (place / "cowrie.json.2026-11-24").touch()
    done = nacre(place, "load", "cowrie.json.2026-11-24")

    assert (0, "") == (done.returncode, done.stderr)


STORES = {
    # mode of the file, mode of its directory; what writing and what reading say ("" where reading works)
    "read-only file": (0o444, 0o755, "cannot be written", ""),
    "read-only directory": (0o644, 0o555, "cannot be", ""),
    "both": (0o444, 0o555, "cannot be", ""),
    "closed file": (0o000, 0o755, "cannot be opened", "cannot be opened"),
    "closed directory": (0o644, 0o000, "cannot be reached", "cannot be reached"),
}


@pytest.mark.parametrize("name", STORES)
def test_store(name: str, place: Path) -> None:
    """A store that may not be written or read keeps every byte; allowed, the same command completes."""
    file_mode, folder_mode, writing, reading = STORES[name]
    (place / "shelf").mkdir()
    store = (place / STORE).rename(place / "shelf" / STORE)
    write_log(place / "later.json", LATER, first=EARLIER)
    before = contents(place)
    store.chmod(file_mode)
    store.parent.chmod(folder_mode)
    where = f"shelf/{STORE}"
    told = fails(place, "--store", where, "load", "--jobs", "0", "later.json", preexec_fn=ordinary())
    read = nacre(place, "--store", where, "status", preexec_fn=ordinary())
    store.parent.chmod(0o755)
    store.chmod(0o644)

    assert (4, True) == (told.code, writing in told.error), told
    if reading:
        assert (4, True) == (read.returncode, reading in failure(read.returncode, read.stderr).error)
    else:
        assert (0, "") == (read.returncode, read.stderr)
    assert before == contents(place)
    assert LATER * LINES == load(place, "later.json", store=where)["stored"]
    assert (0, True) == balance(place, where)


@pytest.mark.parametrize("writer", ["fast", "orm"])
def test_new_store_in_a_closed_directory(writer: str, place: Path) -> None:
    """Where no file may be made no store is made, and the directory is named."""
    (place / "shelf").mkdir(mode=0o555)
    line = ["--store", "shelf/new.db", "load", "--jobs", "0", "--writer", writer, LOG]
    told = fails(place, *line, preexec_fn=ordinary())

    assert (4, True, True) == (told.code, "shelf/new.db" in told.error, "directory" in told.next)
    assert [] == list((place / "shelf").iterdir())


def test_settings(place: Path) -> None:
    """A settings file that may not be read is an error, not a reason to go on without."""
    config = place / "nacre.toml"
    config.write_text("top = 5\n", encoding="utf-8")
    config.chmod(0)
    told = fails(place, "status", preexec_fn=ordinary())

    assert (2, "cannot read the settings file nacre.toml") == (told.code, told.error)


def test_report_into_a_closed_directory(place: Path) -> None:
    """A report that cannot be written leaves no half of it behind."""
    (place / "shelf").mkdir(mode=0o555)
    told = fails(place, "report", "daily", "--out", "shelf/report.txt", preexec_fn=ordinary())

    assert (2, "cannot write shelf/report.txt") == (told.code, told.error)
    assert [] == list((place / "shelf").iterdir())
