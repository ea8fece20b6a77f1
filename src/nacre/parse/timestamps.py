"""Cowrie's timestamps to microseconds since 1970 UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from msgspec import UNSET, UnsetType

SECOND_US = 1_000_000
QUARTER_US = 900 * SECOND_US
YEAR_10000_US = 253_402_300_800 * SECOND_US  # datetime and SQLite's calendar end before it

# RFC 3339 section 5.6, and what Cowrie's %z and other writers make of it: no colon in the zone, no minutes in
# it, a space for the T, no fraction (before 1.6.0 it was left out when zero). A zone is a must.
_FORM = re.compile(
    r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:[Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)\s*"
)

# The form of nearly all real lines, 2026-08-07T04:00:00.913923Z, in four look-ups: its minute (99 % of them are known
# when they are needed; of seconds 70 % would be), its second with the point, and three digits twice, the last with the
# Z. Whatever has not exactly this form misses in one of them.
_minutes: dict[str, int] = {}
_MINUTES_MAX = 4096  # nearly three days of minutes, and 0.5 MB
_SECONDS = {f"{second:02d}.": second * SECOND_US for second in range(60)}
_THOUSANDTHS = {f"{number:03d}": number * 1000 for number in range(1000)}
_MILLIONTHS = {f"{number:03d}Z": number for number in range(1000)}

# A zone that was forgotten lies between UTC-12 and UTC+14.
_FORGOTTEN_QUARTERS = range(-12 * 4, 14 * 4 + 1)
_NEAR_US = 2 * SECOND_US


def event_time(text: str | UnsetType, epoch: int | UnsetType = UNSET) -> int | None:
    """Return the time of an event in microseconds since 1970-01-01 UTC, or None when it cannot be known.

    `text` is the event's timestamp. Without a zone it is unusable: a naive time is an error, not UTC. A leap
    second counts as the second after it; the fraction is cut at microseconds. The year is 1970 to 9999.

    `epoch` is the event's own count of milliseconds, always right: it stands in for an unusable text,
    and it shows whether a local time was written with a Z (a defect of Cowrie with some settings of TZ): a
    difference of whole quarter hours, which is then taken off. Otherwise the text counts, for it is finer.
    """
    ts: int | None
    try:
        ts = _minutes[text[:17]] + _SECONDS[text[17:20]] + _THOUSANDTHS[text[20:23]] + _MILLIONTHS[text[23:]]  # type: ignore[index]
    except KeyError:
        ts = _learn(text)  # type: ignore[arg-type]
    except TypeError:  # UNSET
        ts = None
    return ts if epoch is UNSET else _with_epoch(ts, epoch)


def _learn(text: str) -> int | None:
    """Parse a text the slow way; when it has the usual form, remember its minute."""
    ts = _any(text)
    head, second, thousandths, millionths = text[:17], text[17:20], text[20:23], text[23:]
    if ts is not None and second in _SECONDS and thousandths in _THOUSANDTHS and millionths in _MILLIONTHS:
        if len(_minutes) >= _MINUTES_MAX:
            _minutes.clear()
        _minutes[head] = ts - (_SECONDS[second] + _THOUSANDTHS[thousandths] + _MILLIONTHS[millionths])
    return ts


def _any(text: str) -> int | None:
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    date, clock, second, fraction, sign, hours, minutes = match.groups()
    if second > "60":
        return None
    try:
        zone = UTC if sign is None else _zone(sign, int(hours), int(minutes or 0))
        moment = datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=zone)
        microseconds = (moment - _EPOCH) // _MICROSECOND
    except ValueError:  # no such day, minute or zone
        return None
    return _in_range(microseconds + int(second) * SECOND_US + int((fraction or "")[:6].ljust(6, "0")))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _zone(sign: str, hours: int, minutes: int) -> timezone:
    if minutes >= 60:
        raise ValueError("no such zone")
    east = timedelta(hours=hours, minutes=minutes)
    return timezone(east if sign == "+" else -east)


def _in_range(ts: int) -> int | None:
    return ts if 0 <= ts < YEAR_10000_US else None


def _with_epoch(ts: int | None, epoch: int) -> int | None:
    """Let the epoch stand in for, or correct, a time that was read from text."""
    told = _in_range(epoch * 1000)
    if ts is None or told is None:
        return told if ts is None else ts
    quarters = round((ts - told) / QUARTER_US)
    skew = quarters * QUARTER_US
    if quarters in _FORGOTTEN_QUARTERS and abs(ts - told - skew) < _NEAR_US:
        return ts - skew
    return ts
