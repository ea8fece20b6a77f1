"""Questions that tests ask the small store."""

from __future__ import annotations

from nacre.model.calendar import Span, parse_period
from nacre.report.build import build_report
from nacre.report.records import Question, Report
from nacre.store.reader import SqliteReader

DAY = 20_781  # 2026-11-24


def ask(
    reader: SqliteReader,
    name: str = "2026-11-24",
    *,
    span: Span = Span.DAILY,
    sensors: tuple[str, ...] = (),
    top: int = 10,
) -> Report:
    """Return the report of a period of the small store."""
    return build_report(reader, Question(period=parse_period(span, name), sensors=sensors, top=top))
