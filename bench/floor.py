"""The plain floor: orjson and executemany into one table without an index. Nothing is checked, nothing is derived."""

from __future__ import annotations

import gzip
import sqlite3
import sys
from collections.abc import Iterator

import orjson


def rows(paths: list[str]) -> Iterator[tuple[str, str | None, str | None, str]]:
    """Yield what the table holds of each line."""
    for path in paths:
        with gzip.open(path) as lines:
            for line in lines:
                try:
                    event = orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue
                yield event["timestamp"], event.get("session"), event.get("eventid"), line.decode()


def main(store: str, *paths: str) -> None:
    """Load the files into a new database."""
    connection = sqlite3.connect(store)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE events (ts TEXT, session TEXT, eventid TEXT, payload TEXT)")
    with connection:
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", rows(list(paths)))
    print(connection.execute("SELECT count(*) FROM events").fetchone()[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
