"""A report as text for a terminal or a mail: attackers' text escaped, links and addresses defanged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nacre.model.calendar import Span, day_date, iso_time
from nacre.model.entity import Kind
from nacre.model.present import CUT, columns, counted, defang, duration, grouped, padded, quoted, size, terminal
from nacre.report.records import KnownGap, Notable, Report, SensorDays, Top, Totals

WIDTH = 100  # columns of the longest line
SENSOR_COLUMNS = 20
SILENT_MAX = 20  # sensors without an event, by name
DAYS_LISTED_MAX = 10  # days that a sensor was not seen in full, listed one by one

TITLES = {
    Kind.USERNAME: "user names",
    Kind.PASSWORD: "passwords",
    Kind.CREDENTIAL: "user name : password",
    Kind.COMMAND: "commands",
    Kind.IP: "source addresses",
    Kind.CLIENT: "clients",
    Kind.HASSH: "HASSH",
    Kind.URL: "URLs",
    Kind.FILE: "files (SHA-256)",
    Kind.KEY: "public keys",
    Kind.FORWARD: "forwards",
}
_COUNTED = {Kind.IP: "connection"}  # everything else: events

_ROWS = (
    ("sessions", "sessions"),
    ("connections", "connections"),
    ("source addresses", "sources"),
    ("events", "events"),
    ("logins tried", "logins_tried"),
    ("  succeeded", "logins_succeeded"),
    ("  failed", "logins_failed"),
    ("commands", "commands"),
    ("downloads", "downloads"),
    ("uploads", "uploads"),
    ("forwards", "forwards"),
)


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is written."""

    is_raw: bool = False  # leave links and addresses as they are; escaping stays

    def show(self, value: str, width: int | None = None) -> str:
        """Return a value from a log as it may be shown."""
        return quoted(value if self.is_raw else defang(value), width)


def render_text(report: Report, style: Style | None = None) -> str:
    """Return the report as lines of at most WIDTH columns, without a newline at the end."""
    style = style or Style()
    sections: list[Iterable[str]] = [
        _head(report),
        _totals(report.totals, report.before, report),
        *(_top(top, style) for top in report.tops if top.entries),
        _notable(report.notable, style),
        _coverage(report),
        _gaps(report.gaps),
    ]
    blocks = ["\n".join(section) for section in sections]
    return "\n\n".join(block for block in blocks if block)


def _head(report: Report) -> Iterator[str]:
    period = report.period
    last = day_date(period.end_day - 1).isoformat()
    first = day_date(period.first_day).isoformat()
    days = first if first == last else f"{first} to {last}"
    yield f"{period.span.value} report {period.name}   ({days}, UTC, by event time)"
    seen = sum(1 for one in report.coverage if one.seen)
    if report.is_filtered:
        yield from _wrapped("sensors  ", [terminal(name, SENSOR_COLUMNS) for name in report.sensors])
    else:
        yield f"sensors  {seen} seen of all {len(report.sensors)}"
    batch = f"as of batch {report.batch}" if report.batch else "without a batch"
    yield f"store    {terminal(report.store, WIDTH - 30)} {batch}"
    if not report.totals.events:
        known = " to ".join(day_date(day).isoformat() for day in report.days)
        yield ""
        yield f"No events in this period. The store has events from {known}."


def _wrapped(label: str, names: Sequence[str]) -> Iterator[str]:
    line = label
    for position, name in enumerate(names):
        item = name + ("," if position < len(names) - 1 else "")
        if columns(line) + columns(item) + 1 > WIDTH:
            yield line.rstrip()
            line = " " * len(label)
        line += item + " "
    yield line.rstrip()


def _totals(now: Totals, before: Totals, report: Report) -> Iterator[str]:
    names = (report.period.name, report.period.previous().name)
    yield f"{'TOTALS':<18}{names[0]:>14}{names[1]:>14}{'change':>14}"
    for label, name in _ROWS:
        ours, theirs = getattr(now, name), getattr(before, name)
        yield f"{label:<18}{grouped(ours):>14}{grouped(theirs):>14}{_change(ours, theirs):>24}".rstrip()


def _change(now: int, before: int) -> str:
    if now == before:
        return "=" + " " * 10
    percent = f"{100 * (now - before) / before:+.1f} %" if before else ""
    return f"{now - before:+,}{percent:>10}"


def _top(top: Top, style: Style) -> Iterator[str]:
    count = counted(top.count, _COUNTED.get(top.kind, "event"))
    summary = f"{grouped(top.entities)} different, {grouped(top.fresh)} new, {count}"
    yield f"{TITLES[top.kind].upper() if top.kind is not Kind.HASSH else 'HASSH'}   {summary}"
    for entry in top.entries:
        mark = "new" if entry.is_new else ""
        head = f"{grouped(entry.count):>12} {100 * entry.share:>5.1f} %  {mark:<3}  "
        yield head + _value(top.kind, entry.value, style, WIDTH - len(head))


def _value(kind: Kind, value: str, style: Style, width: int) -> str:
    if kind is not Kind.CREDENTIAL:
        return style.show(value, width)
    try:
        username, password = json.loads(value)
        return f"{style.show(username, width // 2 - 2)} : {style.show(password, width // 2 - 2)}"
    except (ValueError, TypeError, AttributeError):  # cut, as it was too long for the dictionary
        return style.show(value, width)


def _notable(sessions: Sequence[Notable], style: Style) -> Iterator[str]:
    for reason, title in (("commands", "SESSIONS WITH THE MOST COMMANDS"), ("length", "LONGEST SESSIONS")):
        chosen = [session for session in sessions if session.reason == reason]
        if not chosen:
            continue
        if reason == "length":
            yield ""
        yield f"{title:<34}{'commands':>9}{'downloads':>10}{'uploads':>8}{'length':>13}  from"
        for one in chosen:
            name = f"  {terminal(one.session, 14)} on {terminal(one.sensor, 14)}"
            numbers = f"{grouped(one.commands):>9}{grouped(one.downloads):>10}{grouped(one.uploads):>8}"
            source = style.show(one.src_ip or "?", 24)
            yield f"{padded(name, 34)}{numbers}{duration(one.length_ms):>13}  {source}"


def _coverage(report: Report) -> Iterator[str]:
    is_day = report.period.span is Span.DAILY
    yield f"COVERAGE   hours with events; each mark is {'an hour from 00 to 23' if is_day else 'a day'}"
    for one in report.coverage:
        if not one.seen:
            continue
        band = hour_band(one.hours[0]) if is_day else day_band(one.hours)
        seen = f"{one.seen}/{24 * len(one.hours)}"
        yield f"  {padded(terminal(one.sensor, SENSOR_COLUMNS), SENSOR_COLUMNS)} {seen:>8}  {band}"
        if not is_day:
            yield from _incomplete_days(one, report.period.first_day)
    # Sensors that are gone for good, such as every container that ever was, would drown the others.
    silent = [terminal(one.sensor, SENSOR_COLUMNS) for one in report.coverage if not one.seen]
    if silent:
        left = len(silent) - SILENT_MAX
        yield from _wrapped("  not seen: ", silent[:SILENT_MAX] + ([f"and {left} more"] if left > 0 else []))


def hour_band(hours: int) -> str:
    """Return 24 marks: # for an hour with events, a point for one without."""
    return "".join("#" if hours >> hour & 1 else "." for hour in range(24))


def day_band(days: Sequence[int]) -> str:
    """Return a mark a day: # when every hour had events, + when some had, a point when none had."""
    return "".join("." if not day else "#" if day.bit_count() == 24 else "+" for day in days)


def _incomplete_days(one: SensorDays, first_day: int) -> Iterator[str]:
    incomplete = [(day, hours) for day, hours in enumerate(one.hours, first_day) if 0 < hours.bit_count() < 24]
    for day, hours in incomplete[:DAYS_LISTED_MAX]:
        yield f"    {day_date(day).isoformat():<18} {hours.bit_count():>5}/24  {hour_band(hours)}"
    if len(incomplete) > DAYS_LISTED_MAX:
        yield f"    and {len(incomplete) - DAYS_LISTED_MAX} more days in part{CUT}"


def _gaps(gaps: Sequence[KnownGap]) -> Iterator[str]:
    if gaps:
        yield "GAPS   bytes that are known to be missing from the logs"
    for gap in gaps:
        missing = size(gap.missing_bytes) if gap.missing_bytes else "unknown size"
        times = f"{iso_time(gap.after_ts)[:19]}Z to {iso_time(gap.before_ts)[:19]}Z"
        yield f"  {times}  {gap.cause}, {missing}, at byte {grouped(gap.offset)}"
        yield f"    {terminal(gap.path, WIDTH - 4)}"
