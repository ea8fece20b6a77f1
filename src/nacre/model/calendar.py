"""Days and periods in UTC: the only arithmetic on dates that reports and folds share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US
_EPOCH = date(1970, 1, 1)


class Span(StrEnum):
    """The length of a report's period."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open range of UTC days, named as people name it: 2026-11-24, 2026-W48, 2026-11."""

    span: Span
    name: str
    first_day: int  # days since 1970-01-01
    end_day: int  # first day after the period

    @property
    def start_us(self) -> int:
        """Return the first microsecond of the period."""
        return self.first_day * DAY_US

    @property
    def end_us(self) -> int:
        """Return the first microsecond after the period."""
        return self.end_day * DAY_US

    def previous(self) -> Period:
        """Return the period of the same span that ends where this one starts."""
        return period_of(self.span, self.first_day - 1)


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to `day`."""
    return (day - _EPOCH).days


def day_date(day: int) -> date:
    """Return the date of a day number."""
    return _EPOCH + timedelta(days=day)


def period_of(span: Span, day: int) -> Period:
    """Return the period of `span` that contains the day number; weeks are ISO 8601 weeks."""
    on = day_date(day)
    if span is Span.DAILY:
        return Period(span, on.isoformat(), day, day + 1)
    if span is Span.WEEKLY:
        year, week, weekday = on.isocalendar()
        first = day - (weekday - 1)
        return Period(span, f"{year:04d}-W{week:02d}", first, first + 7)
    first_date = on.replace(day=1)
    next_month = (first_date + timedelta(days=32)).replace(day=1)
    return Period(span, f"{on:%Y-%m}", day_number(first_date), day_number(next_month))


_FORMS = {
    Span.DAILY: (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), "2026-11-24"),
    Span.WEEKLY: (re.compile(r"(\d{4})-W(\d{2})"), "2026-W48"),
    Span.MONTHLY: (re.compile(r"(\d{4})-(\d{2})"), "2026-11"),
}


def parse_period(span: Span, name: str) -> Period:
    """Read a period's name; raise ValueError that shows the right form."""
    form, example = _FORMS[span]
    match = form.fullmatch(name.strip())
    try:
        if match is None:
            raise ValueError(name)
        numbers = [int(group) for group in match.groups()]
        if span is Span.WEEKLY:
            on = date.fromisocalendar(numbers[0], numbers[1], 1)
        else:
            on = date(numbers[0], numbers[1], numbers[2] if span is Span.DAILY else 1)
        return period_of(span, day_number(on))
    except ValueError:
        raise ValueError(f"{name!r} is not a {span.value} period; write it like {example}") from None


def iso_time(ts_us: int) -> str:
    """Return an event time as RFC 3339 text with microseconds and Z."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ts_us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
