"""A session as a frozen record: the row of the store with its sensor's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nacre.model.calendar import iso_time

# Bits of Session.flags, by the names that people see; nacre.model.session.Flag says what sets them.
FLAGS = ((1, "late"), (2, "drift"), (4, "escaped"), (8, "key_login"))


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """What the store knows of a session. The fields stand in the order of the queries that read sessions."""

    row: int  # sessions.id, of this store only
    sensor: str
    session: str
    first_ts: int  # microseconds UTC
    last_ts: int
    events: int
    connects: int  # above 1 the id was used again
    connect_ts: int | None
    closed_ts: int | None
    duration_ms: int | None  # as Cowrie reported it
    src_ip: str | None
    src_port: int | None
    dst_ip: str | None
    dst_port: int | None
    protocol: str | None
    client: str | None
    hassh: str | None
    arch: str | None
    logins_failed: int
    logins_succeeded: int
    success_ts: int | None
    success_username: str | None
    success_password: str | None
    commands: int
    commands_failed: int
    downloads: int
    uploads: int
    forwards: int
    ttylogs: int
    shape: int
    flags: int

    @property
    def length_ms(self) -> int:
        """Return how long it lasted: as Cowrie reported it, else from the first to the last event."""
        return (self.last_ts - self.first_ts) // 1000 if self.duration_ms is None else self.duration_ms

    @property
    def flag_names(self) -> tuple[str, ...]:
        """Return what is unusual in it, by name."""
        return tuple(name for bit, name in FLAGS if self.flags & bit)


def session_of(row: tuple[Any, ...], sensors: Mapping[int, str]) -> SessionSummary:
    """Return the record of a row of one of the queries that read sessions."""
    key, sensor, *rest = row
    return SessionSummary(key, sensors[sensor], *rest)


def session_document(summary: SessionSummary) -> dict[str, Any]:
    """Return a session as JSON has it: times as text, `shape` as hex, without the store's own row id."""
    document = asdict(summary)
    del document["row"]
    for name in ("first_ts", "last_ts", "connect_ts", "closed_ts", "success_ts"):
        ts = document.pop(name)
        document[name.removesuffix("_ts")] = None if ts is None else iso_time(ts)
    document["shape"] = f"{summary.shape:016x}"  # 63 bits, more than a JSON number safely holds (RFC 8259, 6)
    document["flags"] = list(summary.flag_names)
    document["length_ms"] = summary.length_ms
    return document
