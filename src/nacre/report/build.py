"""A question and a store make a report: a few named queries, each reading only the period's own rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nacre.errors import DataError
from nacre.model.calendar import Period, Span, period_of
from nacre.model.entity import Kind
from nacre.report.records import Entry, KnownGap, Notable, Question, Report, SensorDays, Top, Totals
from nacre.store.choice import choose_sensors

if TYPE_CHECKING:
    from nacre.store.contract import Reader

# In the order in which a report shows them.
KINDS = (
    Kind.USERNAME,
    Kind.PASSWORD,
    Kind.CREDENTIAL,
    Kind.COMMAND,
    Kind.IP,
    Kind.CLIENT,
    Kind.HASSH,
    Kind.URL,
    Kind.FILE,
    Kind.KEY,
    Kind.FORWARD,
)
NOTABLE_MAX = 5  # sessions of note, for each reason

Sensors = Mapping[int, str]  # id to name


def latest_period(reader: Reader, span: Span, sensors: Sequence[str] = ()) -> Period:
    """Return the last period in which these sensors, or any, saw something; else raise DataError."""
    return period_of(span, _days(reader, _sensors(reader, sensors))[1])


def build_report(reader: Reader, question: Question) -> Report:
    """Answer a question. The reader should be a snapshot, so that all numbers are of one moment.

    A period without events gives a report of zeros. Raise DataError for a store without any event,
    NotFound for a sensor that it does not know.
    """
    sensors = _sensors(reader, question.sensors)
    days = _days(reader, sensors)
    period = question.period
    (batch,) = reader.row("last_batch") or (None,)
    everywhere = not question.sensors
    return Report(
        period=period,
        sensors=tuple(sensors.values()),
        is_filtered=bool(question.sensors),
        store=str(reader.facts()["store"]),
        batch=batch,
        days=days,
        totals=_totals(reader, period, sensors, everywhere=everywhere),
        before=_totals(reader, period.previous(), sensors, everywhere=everywhere),
        tops=tuple(_top(reader, kind, question, sensors) for kind in KINDS),
        coverage=tuple(_coverage(reader, period, sensors)),
        gaps=tuple(_gaps(reader, period, sensors)),
        notable=tuple(_notable(reader, period, sensors)),
    )


def _sensors(reader: Reader, names: Sequence[str]) -> Sensors:
    return choose_sensors(((key, name) for key, name in reader.rows("sensors")), names)


def _days(reader: Reader, sensors: Sensors) -> tuple[int, int]:
    first, last = reader.row("days_with_data", sensors=tuple(sensors)) or (None, None)
    if first is None or last is None:
        raise DataError("the store holds no events yet", hint="load logs with: nacre load PATH")
    return int(first), int(last)


def _totals(reader: Reader, period: Period, sensors: Sensors, *, everywhere: bool) -> Totals:
    ids = tuple(sensors)
    days = {"first_day": period.first_day, "end_day": period.end_day}
    times = {"start_us": period.start_us, "end_us": period.end_us}
    counts = [number or 0 for number in reader.row("day_counts", sensors=ids, **days) or (0,) * 8]
    events, connections, failed, succeeded, commands, downloads, uploads, forwards = counts
    (sources,) = reader.row("distinct_entities", kind=Kind.IP.value, sensors=ids, **days) or (0,)
    if everywhere:
        (sessions,) = reader.row("sessions_begun", **times) or (0,)
    else:
        (sessions,) = reader.row("sessions_begun_on", sensors=ids, **times) or (0,)
    return Totals(
        sessions=sessions,
        connections=connections,
        events=events,
        logins_failed=failed,
        logins_succeeded=succeeded,
        commands=commands,
        downloads=downloads,
        uploads=uploads,
        forwards=forwards,
        sources=sources,
    )


def _top(reader: Reader, kind: Kind, question: Question, sensors: Sensors) -> Top:
    period = question.period
    rows = reader.rows(
        "top_entities",
        kind=kind.value,
        sensors=tuple(sensors),
        first_day=period.first_day,
        end_day=period.end_day,
        start_us=period.start_us,
        top=question.top,
    )
    entries = []
    entities = count = fresh = 0
    for value, n, first_ts, entities, count, fresh in rows:  # noqa: B007 - the sums stand in every row
        share = n / count if count else 0.0
        is_new = first_ts >= period.start_us
        entries.append(Entry(value=value, count=n, share=share, is_new=is_new, first_ts=first_ts))
    return Top(kind=kind, entities=entities, fresh=fresh, count=count, entries=tuple(entries))


def _coverage(reader: Reader, period: Period, sensors: Sensors) -> list[SensorDays]:
    length = period.end_day - period.first_day
    seen = {sensor: [0] * length for sensor in sensors}
    days = {"first_day": period.first_day, "end_day": period.end_day}
    for sensor, day, hours in reader.rows("day_hours", sensors=tuple(sensors), **days):
        seen[sensor][day - period.first_day] = hours
    return [SensorDays(sensor=name, hours=tuple(seen[sensor])) for sensor, name in sensors.items()]


def _gaps(reader: Reader, period: Period, sensors: Sensors) -> list[KnownGap]:
    times = {"start_us": period.start_us, "end_us": period.end_us}
    rows = reader.rows("gaps_between", sensors=tuple(sensors), **times)
    return [
        KnownGap(
            path=path,
            offset=offset,
            missing_bytes=missing,
            cause=cause,
            detail=detail,
            after_ts=after_ts,
            before_ts=before_ts,
        )
        for path, offset, missing, cause, detail, after_ts, before_ts in rows
    ]


def _notable(reader: Reader, period: Period, sensors: Sensors) -> list[Notable]:
    rows = reader.rows(
        "notable_sessions",
        start_us=period.start_us,
        end_us=period.end_us,
        sensors=tuple(sensors),
        most=NOTABLE_MAX,
    )
    return [
        Notable(
            reason=reason,
            sensor=sensors[sensor],
            session=session,
            first_ts=first_ts,
            src_ip=src_ip,
            protocol=protocol,
            logins_succeeded=succeeded,
            commands=commands,
            downloads=downloads,
            uploads=uploads,
            length_ms=length_ms,
        )
        for (
            reason,
            sensor,
            session,
            first_ts,
            src_ip,
            protocol,
            succeeded,
            commands,
            downloads,
            uploads,
            length_ms,
        ) in rows
    ]
