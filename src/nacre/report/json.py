"""A report as JSON, with names that stay: numbers as numbers, text exactly as stored."""

from __future__ import annotations

import json
from typing import Any

from nacre.model.calendar import day_date, iso_time
from nacre.report.records import Entry, KnownGap, Notable, Report, SensorDays, Top, Totals

SCHEMA = "nacre.report/1"  # a field may be added; one that goes or changes its meaning makes this /2

TOTALS = (
    "sessions",
    "connections",
    "events",
    "logins_tried",
    "logins_succeeded",
    "logins_failed",
    "commands",
    "downloads",
    "uploads",
    "forwards",
    "sources",
)


def render_json(report: Report) -> str:
    """Return the report as one JSON object. It is ASCII: no character of it can steer a terminal."""
    return json.dumps(as_document(report), indent=2)


def as_document(report: Report) -> dict[str, Any]:
    """Return the report as the object that `render_json` writes."""
    period, previous = report.period, report.period.previous()
    return {
        "schema": SCHEMA,
        "span": period.span.value,
        "period": {"name": period.name, "start": iso_time(period.start_us), "end": iso_time(period.end_us)},
        "previous": {
            "name": previous.name,
            "start": iso_time(previous.start_us),
            "end": iso_time(previous.end_us),
        },
        "sensors": list(report.sensors),
        "filtered": report.is_filtered,
        "store": report.store,
        "batch": report.batch,
        "data": {
            "first_day": day_date(report.days[0]).isoformat(),
            "last_day": day_date(report.days[1]).isoformat(),
        },
        "totals": _totals(report.totals, report.before),
        "top": {top.kind.label: _top(top) for top in report.tops},
        "coverage": [_coverage(one, period.first_day) for one in report.coverage],
        "gaps": [_gap(gap) for gap in report.gaps],
        "notable": [_notable(session) for session in report.notable],
    }


def _totals(now: Totals, before: Totals) -> dict[str, Any]:
    return {name: _change(getattr(now, name), getattr(before, name)) for name in TOTALS}


def _change(now: int, before: int) -> dict[str, Any]:
    percent = round(100 * (now - before) / before, 2) if before else None
    return {"count": now, "before": before, "change": now - before, "change_percent": percent}


def _top(top: Top) -> dict[str, Any]:
    entries = [_entry(entry) for entry in top.entries]
    return {"different": top.entities, "new": top.fresh, "count": top.count, "entries": entries}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "value": entry.value,
        "count": entry.count,
        "share": round(entry.share, 6),
        "new": entry.is_new,
        "first_seen": iso_time(entry.first_ts),
    }


def _coverage(one: SensorDays, first_day: int) -> dict[str, Any]:
    days = [
        {"day": day_date(day).isoformat(), "hours": [hour for hour in range(24) if hours >> hour & 1]}
        for day, hours in enumerate(one.hours, first_day)
    ]
    return {"sensor": one.sensor, "hours_seen": one.seen, "hours": 24 * len(one.hours), "days": days}


def _gap(gap: KnownGap) -> dict[str, Any]:
    return {
        "source": gap.path,
        "offset": gap.offset,
        "missing_bytes": gap.missing_bytes,
        "cause": gap.cause,
        "detail": gap.detail,
        "after": iso_time(gap.after_ts),
        "before": iso_time(gap.before_ts),
    }


def _notable(session: Notable) -> dict[str, Any]:
    return {
        "reason": session.reason,
        "sensor": session.sensor,
        "session": session.session,
        "first": iso_time(session.first_ts),
        "src_ip": session.src_ip,
        "protocol": session.protocol,
        "logins_succeeded": session.logins_succeeded,
        "commands": session.commands,
        "downloads": session.downloads,
        "uploads": session.uploads,
        "length_ms": session.length_ms,
    }
