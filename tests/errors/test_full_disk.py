"""A disk that is full: one clear line, what was committed stays, and with more room the same command completes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest
from tests.errors.command import LIMIT_SECONDS, balance, environment, fails, failure, load, nacre, stored, write_log

SESSIONS = 3000
SMALL_BATCHES = {"NACRE_BATCH_BYTES": "65536"}
DRIVER = Path(__file__).with_name("small_disk.py")
NAMESPACE = ["unshare", "--mount", "--"]
OWN_NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount", "--"]


@lru_cache(maxsize=1)
def namespace() -> list[str] | None:
    """Return the command under which this user may mount a disk that nobody else sees, or None."""
    trial = ["sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"]
    for prefix in ([NAMESPACE] if os.geteuid() == 0 else []) + [OWN_NAMESPACE]:
        try:
            if subprocess.run([*prefix, *trial], capture_output=True, check=False).returncode == 0:
                return prefix
        except FileNotFoundError:
            return None
    return None


@pytest.mark.parametrize(
    ("size", "options"),
    [
        ("16k", ()),  # not even the schema
        ("308k", ()),  # the schema, but no index for the log
        ("2m", ()),  # some batches
        ("2m", ("--writer", "orm")),
    ],
)
def test_small_disk(size: str, options: tuple[str, ...], tmp_path: Path) -> None:
    """On a full disk a load ends with 4 and says so, however often; with more room it stores what was missing."""
    prefix = namespace()
    if prefix is None:
        pytest.skip("this user may mount nothing; test_file_size_limit and test_output meet real limits instead")
    disk, log = tmp_path / "disk", tmp_path / "cowrie.json"
    disk.mkdir()
    lines = write_log(log, SESSIONS)
    done = subprocess.run(
        [*prefix, sys.executable, str(DRIVER), str(disk), str(log), size, *options],
        env=environment(SMALL_BATCHES),
        capture_output=True,
        check=True,
        timeout=LIMIT_SECONDS,
    )
    first, second, status, last, account = json.loads(done.stdout)

    for code, _, words in (first, second):
        told = failure(code, words)
        assert (4, True, True) == (code, "no space left" in told.error, "free some space" in told.next), told
    assert status[0] in (0, 4)  # 4 where the disk had no room for a store
    assert (0, "") == (last[0], last[2])
    before = sum(json.loads(out)["stored"] for _, out, _ in (first, second) if out)
    assert lines == before + json.loads(last[1])["stored"]
    assert before > 0 or size != "2m"
    assert (0, True, lines) == (
        account[0],
        json.loads(account[1])["balanced"],
        json.loads(account[1])["totals"]["lines"],
    )


@pytest.mark.parametrize("writer", ["fast", "orm"])
@pytest.mark.parametrize("limit_bytes", [100_000, 1_000_000])
def test_file_size_limit(writer: str, limit_bytes: int, tmp_path: Path) -> None:
    """Where a file may grow no further (ulimit -f) a load ends with 4; without the limit it completes."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))  # Python ignores SIGXFSZ: EFBIG comes

    lines = write_log(tmp_path / "cowrie.json", SESSIONS)
    line = ["load", "--json", "--jobs", "0", "--writer", writer, "cowrie.json"]
    done = nacre(tmp_path, *line, variables=SMALL_BATCHES, preexec_fn=limit)
    told = failure(done.returncode, done.stderr)
    before = json.loads(done.stdout)["stored"] if done.stdout else 0

    assert (4, True, True) == (told.code, "nacre.db" in told.error, "look at the disk" in told.next), told
    assert lines - before == load(tmp_path)["stored"]
    assert (lines, 0) == stored(tmp_path / "nacre.db")
    assert (0, True) == balance(tmp_path)


@pytest.mark.parametrize(
    "line",
    ["status", "report daily", "sessions --json", "show 000000000001", "account", "generate --events 5000", "--help"],
)
def test_output(line: str, place: Path) -> None:
    """Output that its disk does not take is told with 2, in place of half an answer that looks whole."""
    with Path("/dev/full").open("wb") as full:
        told = fails(place, *line.split(), stdout=full)

    assert (2, "cannot write to standard output", True) == (told.code, told.error, "make room" in told.next)


def test_output_of_a_load(place: Path) -> None:
    """A load whose receipt cannot be written has stored its lines all the same."""
    lines = write_log(place / "later.json", 5, first=100)
    with Path("/dev/full").open("wb") as full:
        told = fails(place, "load", "--jobs", "0", "later.json", stdout=full)
    again = load(place, "later.json")

    assert (2, "cannot write to standard output") == (told.code, told.error)
    assert (0, 0, lines) == (again["lines"], again["stored"], stored(place / "nacre.db")[0] - 48)


@pytest.mark.parametrize(
    ("line", "code"), [("load nowhere.json", 2), ("show zzzz", 3), ("--store none.db status", 4), ("load notes.txt", 3)]
)
def test_errors_that_nobody_can_hear(line: str, code: int, place: Path) -> None:
    """Where standard error takes nothing the status still tells."""
    with Path("/dev/full").open("wb") as full:
        done = nacre(place, *line.split(), stderr=full)

    assert code == done.returncode
