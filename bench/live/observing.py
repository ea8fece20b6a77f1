"""Asking a store from outside, and the process that notes when a query first sees each row."""

from __future__ import annotations

import sqlite3
import time
from array import array
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from live.companion import Side

LOOK_SECONDS = 0.001
PATIENCE_SECONDS = 60.0

# By the time of the event: what a load brings in meanwhile is older, and the index passes it by.
BY_TIME = "SELECT ts, ts FROM raw_events WHERE ts > ? ORDER BY ts"
# By the place in the log: for lines whose times are somebody else's.
BY_PLACE = "SELECT byte_offset, id FROM raw_events WHERE id > ? ORDER BY id"


def observe(side: Side, store: Path, query: str, after: int) -> dict[int, int]:
    """Ask again and again; return for each row's key the moment when a query had seen it (CLOCK_MONOTONIC, ns).

    The query gives key and cursor of the rows behind a cursor, and `after` is the first one. A row counts as seen when
    the whole answer is here, and once: a key that comes again would be an event that is stored twice.
    """
    keys, moments, cursor = array("q"), array("q"), after
    with closing(connect(store)) as connection:
        while True:
            is_last = side.stop.is_set()
            rows = connection.execute(query, (cursor,)).fetchall()
            now = time.monotonic_ns()
            if rows:
                keys.extend(key for key, _ in rows)
                moments.extend([now] * len(rows))
                cursor = rows[-1][1]
                side.count.value = len(keys)
            elif is_last:
                break
            time.sleep(LOOK_SECONDS)
    found = dict(zip(keys, moments, strict=True))
    if len(found) != len(keys):
        raise RuntimeError(f"{len(keys) - len(found)} rows were seen twice")
    return found


def connect(store: Path) -> sqlite3.Connection:
    """Open a store for reading."""
    return sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True, timeout=30, isolation_level=None)


def ask(store: Path, query: str, parameters: Mapping[str, Any] | tuple[Any, ...] = ()) -> int:
    """Return the one number that a query gives; 0 for NULL."""
    with closing(connect(store)) as connection:
        return int(connection.execute(query, parameters).fetchone()[0] or 0)


def ask_early(store: Path, query: str, parameters: Mapping[str, Any] | tuple[Any, ...] = ()) -> int:
    """Return what `ask` does, and 0 while there is no store yet or it is being made."""
    try:
        return ask(store, query, parameters)
    except sqlite3.OperationalError:
        return 0


def until(found: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so; raise when it does not come."""
    deadline = time.monotonic() + seconds
    while not found():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.02)
