"""The oracle's calendar: days, ISO weeks and months in UTC."""

from __future__ import annotations

from datetime import date, timedelta

from tests.oracle.lines import EPOCH

SPANS = ("daily", "weekly", "monthly")
DAY_US = 86_400_000_000


def range_of(span: str, period: str) -> tuple[date, date]:
    """Return the first day of a period, and the first after it."""
    if span == "daily":
        first = date.fromisoformat(period)
        return first, first + timedelta(days=1)
    if span == "weekly":
        first = date.fromisocalendar(int(period[:4]), int(period[6:]), 1)
        return first, first + timedelta(days=7)
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def name_of(span: str, day: date) -> str:
    """Return the name of the period that a day lies in."""
    if span == "weekly":
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return str(day) if span == "daily" else str(day)[:7]


def start_of(day: date) -> int:
    """Return when a day begins, in microseconds since 1970."""
    return (day - EPOCH.date()).days * DAY_US


def iso(ts: int) -> str:
    """Return a time as reports write it."""
    return (EPOCH + timedelta(microseconds=ts)).isoformat(timespec="microseconds").replace("+00:00", "Z")
