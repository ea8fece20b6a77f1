"""nacre report: a day, a week or a month."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from nacre.cli import wiring
from nacre.cli.options import raw_option, sensor_option
from nacre.errors import UsageError
from nacre.model.calendar import Period, Span, day_date, parse_period
from nacre.report.build import build_report, latest_period
from nacre.report.records import Question, Report
from nacre.settings import Settings

EXAMPLES = """\b
Examples:
  nacre report daily
  nacre report weekly 2024-W09 --sensor attic
  nacre report monthly 2024-03 --top 20 --format json --out march.json
"""


@click.command(epilog=EXAMPLES)
@click.argument("span", type=click.Choice([span.value for span in Span]))
@click.argument("period", required=False)
@sensor_option
@click.option("--top", type=click.IntRange(1, 100_000), help="Entries in each list. Default: the setting `top`.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option("--json", "is_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write to a file instead of standard output.",
)
@raw_option
@click.pass_obj
def command(settings: Settings, /, span: str, period: str | None, out: Path | None, **options: Any) -> None:
    """Report on a period: totals against the one before, what was frequent, what was new, what was covered.

    PERIOD is a day like 2024-03-01, an ISO week like 2024-W09, or a month like 2024-03; without it, the
    latest with events. Days are UTC, and events count by their own time, not by when they were loaded.
    New means that no sensor had ever seen it before the period.
    """
    kind = Span(span)
    asked = _period(kind, period) if period else None
    reader = wiring.open_reader(settings, snapshot=True)
    try:
        sensors = options["sensors"]
        chosen = asked or latest_period(reader, kind, sensors)
        question = Question(period=chosen, sensors=sensors, top=options["top"] or settings.top)
        report = build_report(reader, question)
    finally:
        reader.close()
    is_json = options["is_json"] or options["form"] == "json"
    _write(_rendered(report, is_json=is_json, is_raw=options["is_raw"]), out)


def _period(kind: Span, name: str) -> Period:
    hint = "without a period, the latest with events is reported"
    try:
        period = parse_period(kind, name)
        # A report needs the period before and the last day as dates, and there are none before year 1 or after 9999.
        _ = period.previous(), day_date(period.end_day - 1)
    except ValueError as exc:
        raise UsageError(str(exc), hint=hint) from None
    except OverflowError:
        raise UsageError(f"{name!r} is at the end of the calendar", hint=hint) from None
    return period


def _rendered(report: Report, *, is_json: bool, is_raw: bool) -> str:
    if is_json:
        from nacre.report.json import render_json

        return render_json(report)
    from nacre.report.text import Style, render_text

    return render_text(report, Style(is_raw=is_raw))


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text + "\n")
        return
    try:
        if out.exists() and not out.is_file():  # a device or a pipe: a rename would put a file in its place
            out.write_text(text + "\n", encoding="utf-8")
        else:
            _write_file(text, out)
    except OSError as exc:
        raise UsageError(f"cannot write {out}", hint="name another file with --out") from exc


def _write_file(text: str, out: Path) -> None:
    """Write beside the target and rename: whoever reads the file sees the old report or the new one, whole."""
    partial = out.with_name(out.name + ".part")
    try:
        partial.write_text(text + "\n", encoding="utf-8")
        partial.replace(out)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
