"""A follower in the hand: real files, a real store, and a clock that is moved from here."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.logs import event
from tests.quiet import Quiet

from nacre.ingest.follow import Follow, Follower, Surroundings
from nacre.ingest.pace import Limits
from nacre.ingest.reading import Reading
from nacre.model.coverage import Gap
from nacre.parse.fold import narrow
from nacre.store.contract import RunStart, Tenant
from nacre.store.snapshot import Snapshot, snapshot
from nacre.store.sqlite import SqliteStore

START = RunStart(mode="follow", version="0", actor="ann", host="desk")
LINE = b"\n"


def lines(count: int, *, first: int = 0, size: int = 0) -> list[bytes]:
    """Return so many events, each another one, as lines without their newlines."""
    return [
        event("command.input", f"{number:012x}", number, input=f"echo {number} {'x' * size}")
        for number in range(first, first + count)
    ]


def joined(some: list[bytes]) -> bytes:
    """Return lines as a file has them."""
    return b"".join(line + LINE for line in some)


class Hearing(Quiet):
    """Hears what a follower says, and keeps what a person would have to know."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[Gap] = []
        self.troubles: list[str] = []

    def renamed(self, path: Path, new: Path) -> None:
        """Ignore it."""

    def lacking(self, path: Path, gap: Gap) -> None:
        """Keep it."""
        self.gaps.append(gap)

    def troubled(self, message: str, wait_seconds: float) -> None:
        """Keep it."""
        self.troubles.append(message)


class Hand:
    """One follower after the other on one folder and one store; time passes when it is told to."""

    def __init__(self, folder: Path, *paths: str, from_end: bool = False, tenant: str = "follow one") -> None:
        self.logs = folder / "logs"
        self.logs.mkdir(exist_ok=True)
        self.log = self.logs / "cowrie.json"
        self.db = folder / "nacre.db"
        self.heard = Hearing()
        self.free_bytes = 10**12
        self.behind_seconds = 0.0  # of the clock on the wall
        self.said: list[dict[str, Any]] = []
        self._paths = paths or (str(self.logs),)
        self._from_end = from_end
        self._tenant = tenant
        self._ahead = 0.0
        self.start()

    def start(self, **limits: Any) -> None:
        """Start a follower, as after a restart of the machine."""
        self.store = SqliteStore(
            self.db, narrow=narrow, clock=self.clock, tenant=Tenant(self._tenant), busy_seconds=0.05
        )
        around = Surroundings(
            clock=self.clock,
            monotonic=self.now,
            free_bytes=lambda: self.free_bytes,
            chance=lambda: 0.5,
            publish=self.said.append,
        )
        reading = Reading(paths=self._paths, from_end=self._from_end)
        follow = Follow(reading=reading, limits=Limits(**limits))
        self.follower = Follower(self.store, follow, around=around, watcher=self.heard)
        self.follower.begin(START)

    def now(self) -> float:
        """Return the follower's monotonic time."""
        return time.monotonic() + self._ahead

    def clock(self) -> int:
        """Return the follower's time of day, microseconds."""
        return int((time.time() + self._ahead - self.behind_seconds) * 1e6)

    def passes(self, seconds: float) -> None:
        """Let time go by, and the follower do what it does then."""
        self._ahead += seconds
        self.steps()

    def steps(self) -> None:
        """Let the follower go on until it has nothing to do for now; a look at the folder is part of it."""
        for turn in range(1000):
            self._ahead += 0.3  # what is pending is stored by then
            self.follower.look_soon()
            self.follower.step()
            if self.follower.is_caught_up and turn:
                return
        raise AssertionError(f"the follower does not come to rest: {self.follower.error}")

    def rest(self) -> None:
        """Let so much time go by that nothing is waited for any more: copies, removed files, closed ones."""
        for seconds in (6.0, 61.0, 61.0, 3700.0, 6.0):
            self.passes(seconds)

    def kill(self) -> None:
        """End the follower as kill -9 does: nothing is said, nothing in memory is saved."""
        self.follower.roster.close()
        self.store.close()

    def stop(self) -> None:
        """End the follower as SIGTERM does."""
        self.follower.finish("done", 0.0)
        self.store.close()

    def restart(self) -> None:
        """Kill it and start another one."""
        self.kill()
        self.start()
        self.steps()

    def append(self, content: bytes, path: Path | None = None) -> None:
        """Write at the end of a log, as a process that holds it open does."""
        with (path or self.log).open("ab") as file:
            file.write(content)
        self.stamp(path or self.log)

    def stamp(self, path: Path) -> None:
        """Give a file that was just written the time of this world."""
        os.utime(path, ns=(self.clock() * 1000, self.clock() * 1000))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the store's file."""
        with closing(sqlite3.connect(self.db)) as connection:
            return connection.execute(query).fetchall()

    def stored(self) -> set[bytes]:
        """Return the lines of the stored events; each is there once, whatever was read how often."""
        rows = self.rows("SELECT coalesce(line, CAST(payload AS BLOB)) FROM raw_events")
        assert len(rows) == len(set(rows))
        return {row[0] for row in rows}

    def rejects(self) -> set[bytes]:
        """Return the refused lines."""
        return {row[0] for row in self.rows("SELECT line FROM rejects")}

    def gaps(self) -> list[tuple[str, int, int]]:
        """Return cause, offset and missing bytes of the recorded gaps."""
        return self.rows("SELECT cause, byte_offset, missing_bytes FROM coverage_gaps ORDER BY id")

    def counted(self, name: str) -> int:
        """Return a sum over all batches."""
        return int(self.rows(f"SELECT coalesce(sum({name}), 0) FROM batches")[0][0])

    def sources(self) -> list[tuple[str, str, int]]:
        """Return name, state and checkpoint of the sources that were read."""
        found = self.rows("SELECT path, state, checkpoint FROM sources WHERE checkpoint > 0 ORDER BY id")
        return [(Path(path).name, state, checkpoint) for path, state, checkpoint in found]

    def account(self) -> dict[str, Any]:
        """Draw up the account and recount it; return it as JSON."""
        from nacre.store.reader import SqliteReader
        from nacre.upkeep.account import account, as_json
        from nacre.upkeep.recount import recount

        with closing(SqliteReader(self.db)) as reader:
            drawn = recount(reader, account(reader), line_bytes_max=32 << 20, told=lambda one: None)
        document: dict[str, Any] = json.loads(json.dumps(as_json(drawn)))
        return document

    def tables(self) -> Snapshot:
        """Return what the store holds, by natural keys."""
        with closing(sqlite3.connect(self.db)) as connection:
            return snapshot(connection)
