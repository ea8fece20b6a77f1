"""The summaries of the store in memory: each a dict by natural key, grown by the model's merges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from nacre.model.batch import Growth
from nacre.model.coverage import COUNTS, DayGrowth, DriftGrowth
from nacre.model.session import SessionGrowth, merge
from nacre.store.snapshot import SUMMARY, Snapshot, ordered


class Summaries:
    """All that grows from new events."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[str, str], SessionGrowth] = {}
        self._entities: dict[tuple[int, str], tuple[int, int]] = {}
        self._entity_days: Counter[tuple[int, str, int, str]] = Counter()
        self._edges: Counter[tuple[str, str, int, str]] = Counter()
        self._days: dict[tuple[str, int], DayGrowth] = {}
        self._drift: dict[tuple[str, str, str], DriftGrowth] = {}

    def grow(self, sensors: Sequence[str], growth: Growth) -> int:
        """Add a batch's growth, which becomes the store's own; return how many sessions were new."""
        before = len(self._sessions)
        for session in growth.sessions:
            known = self._sessions.setdefault((sensors[session.sensor], session.session), session)
            if known is not session:
                merge(known, session)
        for entity in growth.entities:
            first, last = self._entities.get((entity.kind, entity.value), (entity.first_ts, entity.last_ts))
            self._entities[entity.kind, entity.value] = (
                min(first, entity.first_ts),
                max(last, entity.last_ts),
            )
        self._count(sensors, growth)
        for day in growth.days:
            self._add_day((sensors[day.sensor], day.day), day)
        for drift in growth.drift:
            self._add_drift(drift)
        return len(self._sessions) - before

    def _count(self, sensors: Sequence[str], growth: Growth) -> None:
        names = [(entity.kind, entity.value) for entity in growth.entities]
        flat = growth.entity_days
        for entity, sensor, day, n in zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True):
            self._entity_days[(day, sensors[sensor], *names[entity])] += n
        flat = growth.edges
        for index, entity, n in zip(flat[0::3], flat[1::3], flat[2::3], strict=True):
            session = growth.sessions[index]
            self._edges[(sensors[session.sensor], session.session, *names[entity])] += n

    def _add_day(self, key: tuple[str, int], day: DayGrowth) -> None:
        known = self._days.setdefault(key, day)
        if known is not day:
            known.hours |= day.hours
            for name in COUNTS:
                setattr(known, name, getattr(known, name) + getattr(day, name))

    def _add_drift(self, drift: DriftGrowth) -> None:
        known = self._drift.setdefault((drift.eventid, drift.field, drift.type), drift)
        if known is not drift:
            known.count += drift.count
            known.first_ts = min(known.first_ts, drift.first_ts)
            known.last_ts = max(known.last_ts, drift.last_ts)
            known.example = min(known.example, drift.example)

    def snapshot(self) -> Snapshot:
        """Return the summaries in the form of nacre.store.snapshot."""
        return {
            "sessions": ordered(
                (*key, *(getattr(row, name) for name in SUMMARY)) for key, row in self._sessions.items()
            ),
            "entities": ordered((*key, *seen) for key, seen in self._entities.items()),
            "entity_days": ordered(
                (day, kind, sensor, kind, value, n) for (day, sensor, kind, value), n in self._entity_days.items()
            ),
            "session_entities": ordered((*key, n) for key, n in self._edges.items()),
            "coverage": ordered(
                (*key, row.hours, *(getattr(row, name) for name in COUNTS)) for key, row in self._days.items()
            ),
            "drift": ordered(
                (*key, row.count, row.first_ts, row.last_ts, row.example) for key, row in self._drift.items()
            ),
        }
