"""The named queries: found, told in a sentence, and in no need of a scan where it would hurt."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nacre.store.queries import FOLDER, all_queries, parse_queries
from nacre.store.reader import SqliteReader

LARGE = frozenset({"raw_events", "sessions", "entities", "entity_days", "session_entities"})
DAYS: dict[str, Any] = {"first_day": 20_780, "end_day": 20_781, "sensors": (1, 2)}
TIMES: dict[str, Any] = {"start_us": 20_780 * 86_400_000_000, "end_us": 20_781 * 86_400_000_000}
PAGE: dict[str, Any] = {
    **dict.fromkeys(("since_us", "commands_min", "downloads_min", "succeeded_min", "only_failed"), 0),
    "before_ts": 2**62,
    "before_id": 0,
    "sensors": (1, 2),
    "protocol": None,
    "entities": (),
    "most": 50,
}
REPORT: dict[str, dict[str, Any]] = {
    "sensors": {},
    "days_with_data": DAYS,
    "last_batch": {},
    "day_counts": DAYS,
    "day_hours": DAYS,
    "sessions_begun": TIMES,
    "sessions_begun_on": {**TIMES, **DAYS},
    "notable_sessions": {**TIMES, **DAYS, "most": 5},
    "gaps_between": TIMES | {"sensors": (1,)},
    "distinct_entities": {**DAYS, "kind": 1},
    "top_entities": {**DAYS, **TIMES, "kind": 1, "top": 10},
}
LOOKUPS: dict[str, dict[str, Any]] = {
    "entity_id": {"kind": 1, "value": "192.0.2.7"},
    "entity_edges": {"entity": 1, "most": 10},
    "sessions_of_entity": {**PAGE, "entity": 1},
    "sessions_named": {"first": "a", "last": "b", "sensors": (1,), "most": 1},
    "session_events": {"session": 1},
}


def scanned(reader: SqliteReader, name: str, parameters: dict[str, Any]) -> set[str]:
    """Return the large tables that a query reads from end to end."""
    tables = {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", all_queries()[name].sql)}
    found = re.findall(r"\bSCAN (\w+)", "\n".join(reader.plan(name, **parameters)))
    return {tables.get(alias, alias) for alias in found} & LARGE


def test_names_are_unique() -> None:
    """No two queries have one name, in whichever files they stand."""
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.glob("*.sql")]
    names = [query.name for text in texts for query in parse_queries(text)]

    assert sorted(names) == sorted(all_queries())


def test_every_query_has_a_sentence() -> None:
    """Each query says in a sentence what it answers."""

    assert [query.name for query in all_queries().values() if not query.sentence.endswith((".", ":"))] == []


@pytest.mark.parametrize("name", REPORT)
def test_report_reads_only_its_period(reader: SqliteReader, name: str) -> None:
    """No query of a report reads a large table from end to end."""

    assert scanned(reader, name, REPORT[name]) == set()


@pytest.mark.parametrize("name", LOOKUPS)
def test_look_up_reads_only_what_it_looks_up(reader: SqliteReader, name: str) -> None:
    """No look-up reads a large table from end to end."""

    assert scanned(reader, name, LOOKUPS[name]) == set()


def test_scan_would_be_noticed(reader: SqliteReader) -> None:
    """A query that reads a large table as a whole is seen as such."""

    assert scanned(reader, "stored_events", {}) == {"raw_events"}


def test_newest_sessions_come_from_the_index_without_a_sort(reader: SqliteReader) -> None:
    """A page of sessions is read along the index of time, and ends when it is full."""
    steps = reader.plan("sessions_newest", **PAGE)

    assert [step for step in steps if "ix_sessions_first_ts" in step or "ORDER BY" in step] == [
        "SEARCH s USING INDEX ix_sessions_first_ts (first_ts>? AND first_ts<?)"
    ]


def test_day_of_entities_is_one_range(reader: SqliteReader) -> None:
    """A list of entities is found by day, kind and sensor in the primary key."""
    steps = reader.plan("top_entities", **REPORT["top_entities"])

    assert [step for step in steps if "USING PRIMARY KEY" in step] == [
        "SEARCH d USING PRIMARY KEY (day=? AND kind=? AND sensor_id=?)"
    ]
