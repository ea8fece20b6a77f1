"""How the store is: what it holds, who wrote to it last, and what waits for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from nacre.model.calendar import HOUR_US, iso_time
from nacre.model.present import counted, grouped, padded, size, terminal

if TYPE_CHECKING:
    from nacre.store.contract import Reader

RUNS_MAX = 5
UNFINISHED_MAX = 20
GAPS_MAX = 5


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A command that wrote."""

    id: int
    mode: str
    version: str
    actor: str
    host: str
    started_at: int  # microseconds UTC
    ended_at: int | None
    outcome: str | None  # None while it runs, or when it was killed
    counters: Mapping[str, Any]  # its receipt


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source that has not been read to a good end."""

    path: str
    state: str
    detail: str
    checkpoint: int  # decompressed bytes in the store
    read_at: int  # microseconds UTC


@dataclass(frozen=True, slots=True)
class GapStatus:
    """A place where a log is known to lack bytes."""

    path: str
    cause: str
    offset: int  # decompressed bytes before it
    missing_bytes: int  # estimate; 0 when nothing can be said
    detail: str
    noticed_at: int  # microseconds UTC


@dataclass(frozen=True, slots=True)
class SensorStatus:
    """A sensor."""

    name: str
    days: int  # on which it was seen
    events: int
    first_day: int
    last_hour_us: int  # start of the last hour with an event


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All that `nacre status` says."""

    facts: Mapping[str, Any]
    events: int
    sessions: int
    batches: int
    sources: Mapping[str, int]  # by state
    drift: int
    gaps: int
    first_ts: int | None
    last_ts: int | None
    rejects: Mapping[str, int]  # open ones, by reason
    runs: tuple[RunStatus, ...]
    unfinished: tuple[SourceStatus, ...]
    recent_gaps: tuple[GapStatus, ...]
    followers: tuple[Mapping[str, Any], ...]  # what those that run now say of themselves
    sensors: tuple[SensorStatus, ...]


def store_status(reader: Reader, followers: Sequence[Mapping[str, Any]] = ()) -> Status:
    """Ask the store how it is; `followers` are those that run now, as they say themselves."""
    totals = reader.row("status_totals") or (0,) * 8
    events, sessions, batches, _, drift, gaps, first_ts, last_ts = totals
    return Status(
        facts=dict(reader.facts()),
        events=events,
        sessions=sessions,
        batches=batches,
        sources={str(state): int(count) for state, count in reader.rows("status_sources")},
        drift=drift,
        gaps=gaps,
        first_ts=first_ts,
        last_ts=last_ts,
        rejects={str(reason): int(count) for reason, count in reader.rows("status_rejects")},
        runs=tuple(_run(row) for row in reader.rows("status_runs", most=RUNS_MAX)),
        unfinished=tuple(SourceStatus(*row) for row in reader.rows("status_unfinished", most=UNFINISHED_MAX)),
        recent_gaps=tuple(GapStatus(*row) for row in reader.rows("status_gaps", most=GAPS_MAX)),
        followers=tuple(followers),
        sensors=tuple(_sensor(row) for row in reader.rows("status_sensors")),
    )


def _run(row: tuple[Any, ...]) -> RunStatus:
    *who, counters = row
    read = json.loads(counters)
    return RunStatus(*(*who, read if isinstance(read, dict) else {}))


def _sensor(row: tuple[Any, ...]) -> SensorStatus:
    name, days, events, first_day, last_day, hours = row
    last_hour = max(int(hours).bit_length() - 1, 0)
    return SensorStatus(name, days, events, first_day, (last_day * 24 + last_hour) * HOUR_US)


def status_document(status: Status) -> dict[str, Any]:
    """Return the status as JSON has it."""
    document = asdict(status)
    document.update(document.pop("facts"))
    document["first"] = _time(document.pop("first_ts"))
    document["last"] = _time(document.pop("last_ts"))
    for run in document["runs"]:
        run["started"], run["ended"] = _time(run.pop("started_at")), _time(run.pop("ended_at"))
    for source in document["unfinished"]:
        source["read"] = _time(source.pop("read_at"))
    for gap in document["recent_gaps"]:
        gap["noticed"] = _time(gap.pop("noticed_at"))
    document["followers"] = [_follower(one) for one in status.followers]
    for sensor in document["sensors"]:
        sensor["first_day"] = _day(sensor["first_day"])
        sensor["last_hour"] = _time(sensor.pop("last_hour_us"))
    return document


def _follower(said: Mapping[str, Any]) -> dict[str, Any]:
    times = {"since": said.get("since"), "committed": said.get("committed_at") or None, "at": said.get("at")}
    rest = {name: value for name, value in said.items() if name not in ("since", "committed_at", "at")}
    return {**rest, **{name: _time(value) for name, value in times.items()}}


def _time(ts: int | None) -> str | None:
    return None if ts is None else iso_time(ts)


def _day(day: int) -> str:
    return iso_time(day * 24 * HOUR_US)[:10]


def status_lines(status: Status) -> Iterator[str]:
    """Yield the status as text."""
    facts = status.facts
    wal = f" and {size(facts['wal_bytes'])} of write-ahead log" if facts["wal_bytes"] else ""
    sealed = ", read without locks" if facts["immutable"] else ""
    yield f"store     {terminal(str(facts['store']))}"
    yield f"          {size(facts['size_bytes'])}{wal}; schema {facts['schema_revision']}"
    yield f"          {facts['engine']}, journal {facts['journal_mode']}{sealed}"
    batches = f"{grouped(status.batches)} {'batch' if status.batches == 1 else 'batches'}"
    yield f"holds     {counted(status.events, 'event')} in {counted(status.sessions, 'session')}, {batches}"
    if status.first_ts is not None and status.last_ts is not None:
        yield f"          from {iso_time(status.first_ts)} to {iso_time(status.last_ts)}"
    sources = ", ".join(f"{grouped(count)} {terminal(state)}" for state, count in status.sources.items())
    yield f"sources   {sources or 'none'}"
    rejects = ", ".join(f"{grouped(count)} {terminal(reason)}" for reason, count in status.rejects.items())
    yield f"rejects   {rejects or 'none'}"
    yield f"drift     {counted(status.drift, 'departure')} from the registry: fields, types or event ids"
    if status.gaps:
        yield f"gaps      {counted(status.gaps, 'place')} where logs are known to lack bytes"
    yield from _follower_lines(status)
    yield from _sensor_lines(status)
    yield from _run_lines(status)
    yield from _source_lines(status)
    yield from _gap_lines(status)


def _follower_lines(status: Status) -> Iterator[str]:
    for one in status.followers:
        state = terminal(str(one.get("state", "")), 16).replace("_", " ")
        files, lag = counted(int(one.get("files", 0)), "file"), size(int(one.get("lag_bytes", 0)))
        yield f"follow    run {one.get('run')}, process {one.get('pid')}: {state}; {files}, {lag} behind"
        if one.get("failures"):
            breaker = terminal(str(one.get("breaker", "")), 16).replace("_", "-")
            failures = counted(int(one["failures"]), "failure")
            yield f"          the store takes nothing: {terminal(str(one.get('reason', '')))}"
            yield f"          {failures} in a row; breaker {breaker}"
        if one.get("disk_paused"):
            free, least = size(int(one.get("free_bytes", 0))), size(int(one.get("min_free_bytes", 0)))
            yield f"          paused: {free} free on the store's disk, {least} wanted"


def _gap_lines(status: Status) -> Iterator[str]:
    if status.recent_gaps:
        yield ""
        yield f"{'gap':<11}{'missing bytes':>14}  source, and why"
    for one in status.recent_gaps:
        missing = grouped(one.missing_bytes) if one.missing_bytes else "unknown"
        yield f"{terminal(one.cause, 10):<11}{missing:>14}  {terminal(one.path)}, at byte {grouped(one.offset)}"
        yield f"{'':<27}{terminal(one.detail)}"
    if status.gaps > len(status.recent_gaps):
        yield f"{'':<27}and {grouped(status.gaps - len(status.recent_gaps))} earlier ones"


def _sensor_lines(status: Status) -> Iterator[str]:
    if status.sensors:
        yield ""
        yield f"{'sensor':<24}{'events':>14}{'days':>7}  first day   last seen (UTC)"
    for one in status.sensors:
        seen = f"{_day(one.first_day)}  {iso_time(one.last_hour_us)[:13]} h"
        numbers = f"{grouped(one.events):>14}{one.days:>7}"
        yield f"{padded(terminal(one.name, 23), 24)}{numbers}  {seen.replace('T', ' ')}"


def _run_lines(status: Status) -> Iterator[str]:
    if status.runs:
        yield ""
        head = f"{'run':>5}  {'started (UTC)':<20} {'mode':<8} {'outcome':<12}"
        yield f"{head} {'lines':>12} {'stored':>12} {'events/s':>9}"
    for run in status.runs:
        counters = [run.counters.get(name) for name in ("lines", "stored", "events_per_second")]
        lines, stored, rate = (grouped(count) if isinstance(count, int) else "" for count in counters)
        outcome = terminal(run.outcome or "not ended", 12)
        head = f"{run.id:>5}  {iso_time(run.started_at)[:19]}Z {terminal(run.mode, 8):<8} {outcome:<12}"
        yield f"{head} {lines:>12} {stored:>12} {rate:>9}".rstrip()


def _source_lines(status: Status) -> Iterator[str]:
    if status.unfinished:
        yield ""
        yield f"{'state':<9}{'stored bytes':>16}  source"
    for one in status.unfinished:
        detail = f": {terminal(one.detail)}" if one.detail else ""
        yield f"{terminal(one.state, 8):<9}{grouped(one.checkpoint):>16}  {terminal(one.path)}{detail}"
    left = sum(count for state, count in status.sources.items() if state != "complete") - len(status.unfinished)
    if left > 0:
        yield f"{'':<25}  and {grouped(left)} more"
