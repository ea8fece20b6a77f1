"""The real command line, and what it says held against the oracle, field by field."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import blake3
from tests.oracle.oracle import Oracle

ALL = 100_000  # entries in each list: more than any of these logs has
NOT_IN_LOGS = ("store", "batch", "gaps")  # of the store and of the files, not of what the logs say
ABSENT = "nothing"


@dataclass(frozen=True, slots=True)
class Log:
    """A file to load, and the name that the operator gives its sensor."""

    path: Path
    sensor: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A store, the oracle that read the same files, and the receipts of the loads."""

    store: Path
    oracle: Oracle
    receipts: Sequence[dict[str, Any]]

    def differences(self, span: str, period: str, *, sensors: Collection[str] = (), top: int = ALL) -> list[str]:
        """Return every field in which a report and the oracle are of two minds."""
        asked = [word for sensor in sensors for word in ("--sensor", sensor)]
        said = run(self.store, "report", span, period, *asked, "--top", str(top), "--format", "json")
        expected = self.oracle.report(span, period, sensors=sensors, top=top)
        actual = {name: value for name, value in json.loads(said).items() if name not in NOT_IN_LOGS}
        return list(differences(expected, actual, ""))


def run(store: Path, *arguments: str | Path, code: int = 0, **environment: str) -> str:
    """Run a command in its own process, without the operator's settings; return what it printed."""
    words = [sys.executable, "-m", "nacre", "--store", store.name, *map(str, arguments)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NACRE_")}
    done = subprocess.run(words, cwd=store.parent, env=clean | environment, capture_output=True, check=False)
    assert (code, done.stderr if done.returncode != code else b"") == (done.returncode, b"")
    return done.stdout.decode()


def load(store: Path, *logs: Log) -> Loaded:
    """Load each log with a command of its own, in this order, and have the oracle read it."""
    oracle = Oracle(lambda value: blake3.blake3(value).hexdigest(16))
    receipts = []
    for log in logs:
        options = ("--sensor", log.sensor) if log.sensor else ()
        receipts.append(json.loads(run(store, "load", "--json", *options, log.path)))
        oracle.read(log.path, sensor=log.sensor)
    return Loaded(store, oracle, receipts)


def load_folder(store: Path, folder: Path) -> Loaded:
    """Load a folder with one command, and have the oracle read its logs."""
    oracle = Oracle(lambda value: blake3.blake3(value).hexdigest(16))
    receipt = json.loads(run(store, "load", "--json", folder))
    for path in logs_in(folder):
        oracle.read(path)
    return Loaded(store, oracle, [receipt])


def logs_in(folder: Path) -> list[Path]:
    """Return the logs in a folder; Cowrie's recordings of terminals are none."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.parent.name != "tty")


def differences(expected: object, actual: object, path: str) -> Iterator[str]:
    """Yield each place below `path` where two JSON values differ, in value or in type."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in sorted(expected.keys() | actual.keys()):
            yield from differences(expected.get(key, ABSENT), actual.get(key, ABSENT), f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for at, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(one, other, f"{path}[{at}]")
    elif expected != actual or type(expected) is not type(actual):
        yield f"{path}: the oracle says {expected!r:.300}, the report {actual!r:.300}"
