"""A folder with a live log and a store, in which a part of the bench plays."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live.following import Follower
from live.lines import first_us, generate, time_us, write_first_line
from live.observing import ask, ask_early, until
from live.writing import Writing

LOG = "cowrie.json"

EVENTS = "SELECT count(*) FROM raw_events WHERE ts >= :first"
DISTINCT = "SELECT count(DISTINCT ts) FROM raw_events WHERE ts >= :first"
BATCHES = "SELECT count(*) FROM batches AS b JOIN runs AS r ON r.id = b.run_id WHERE r.mode = 'follow'"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything lies."""

    folder: Path
    store: Path
    first_us: int  # the time of line 0

    @property
    def logs(self) -> Path:
        """Return the folder that is followed."""
        return self.folder / "logs"

    @property
    def log(self) -> Path:
        """Return the live log."""
        return self.logs / LOG

    @property
    def source(self) -> Path:
        """Return the generated lines that the writer takes."""
        return self.folder / "generated.json"

    @property
    def talk(self) -> Path:
        """Return what followers said."""
        return self.folder / "follow.err"

    def lines(self) -> int:
        """Return how many lines the writer has."""
        with self.source.open("rb") as generated:
            return sum(1 for _ in generated)

    def writing(self, rates: tuple[float, ...], *, rate_seconds: float = 10.0, **rotation: Any) -> Writing:
        """Return an order for the writer."""
        where: dict[str, Any] = {"source": self.source, "log": self.log, "first_us": self.first_us}
        return Writing(**where, rates=rates, rate_seconds=rate_seconds, **rotation)

    def follower(self) -> Follower:
        """Start a follower of the logs."""
        return Follower(self.store, [self.logs], talk=self.talk)

    def wait_for(self, lines: int, follower: Follower, seconds: float) -> None:
        """Wait until so many of the writer's lines are stored, at most so long: who compares sees what is missing."""
        deadline = time.monotonic() + seconds
        while self.stored() < lines and time.monotonic() < deadline:
            follower.check()
            time.sleep(0.1)

    def wait_until_there(self, follower: Follower) -> None:
        """Wait until the first line is stored: the follower has begun."""
        query, first = "SELECT count(*) FROM raw_events WHERE ts = :first", {"first": time_us(self.first_us, -1)}

        def is_there() -> bool:
            follower.check()
            return ask_early(self.store, query, first) == 1

        until(is_there, "the first line")

    def stored(self) -> int:
        """Return how many of the writer's lines are stored."""
        return ask_early(self.store, EVENTS, {"first": self.first_us})

    def distinct(self) -> int:
        """Return how many different ones of the writer's lines are stored."""
        return ask(self.store, DISTINCT, {"first": self.first_us})


def set_up(folder: Path, events: int, store: Path | None = None) -> Stage:
    """Make a stage whose writer has so many lines to write; its log has the first line already."""
    stage = Stage(folder, store or folder / "nacre.db", first_us())
    stage.logs.mkdir(parents=True)
    generate(stage.source, max(events, 1))
    write_first_line(stage.log, stage.source, stage.first_us)
    return stage
