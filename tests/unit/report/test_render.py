"""A report as text and as JSON: word for word, safe, and with names that stay."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reading import STEER, TITLE, URL
from tests.unit.report.questions import ask

from nacre.model.calendar import Span, parse_period
from nacre.model.entity import Kind
from nacre.model.present import columns
from nacre.report.build import KINDS
from nacre.report.json import as_document, render_json
from nacre.report.records import Entry, KnownGap, Notable, Report, SensorDays, Top, Totals
from nacre.report.text import WIDTH, Style, day_band, render_text
from nacre.store.reader import SqliteReader

GOLDEN = Path(__file__).parent
HOSTILE = st.text(st.characters(codec=None), max_size=200)


def _base() -> Report:
    totals = Totals(
        sessions=1,
        connections=1,
        events=1,
        logins_failed=1,
        logins_succeeded=1,
        commands=1,
        downloads=1,
        uploads=1,
        forwards=1,
        sources=1,
    )
    session = Notable(
        reason="commands",
        sensor="",
        session="",
        first_ts=0,
        src_ip=None,
        protocol=None,
        logins_succeeded=0,
        commands=10**6,
        downloads=0,
        uploads=0,
        length_ms=10**9,
    )
    return Report(
        period=parse_period(Span.DAILY, "2026-11-24"),
        sensors=(),
        is_filtered=False,
        store="",
        batch=1,
        days=(0, 1),
        totals=totals,
        before=totals,
        tops=tuple(Top(kind=kind, entities=1, fresh=1, count=1, entries=()) for kind in KINDS),
        coverage=(),
        gaps=(),
        notable=(session, dataclasses.replace(session, reason="length")),
    )


BASE = _base()


def settled(report: Report) -> Report:
    """Return the report with a store's name that does not depend on the machine."""
    return dataclasses.replace(report, store="nacre.db")


@pytest.mark.parametrize(
    ("span", "name"), [(Span.DAILY, "2026-11-24"), (Span.WEEKLY, "2026-W48"), (Span.DAILY, "2027-01-01")]
)
def test_text_word_for_word(reader: SqliteReader, span: Span, name: str) -> None:
    """The text of a report is the one that stands in the file beside this test."""
    golden = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")

    assert render_text(settled(ask(reader, name, span=span))) + "\n" == golden


def test_json_word_for_word(reader: SqliteReader) -> None:
    """The JSON of a report is the one that stands in the file beside this test: its names are a promise."""
    golden = (GOLDEN / "2026-11-24.json").read_text(encoding="utf-8")

    assert render_json(settled(ask(reader))) + "\n" == golden


def test_raw_text_has_links_but_no_control_characters(reader: SqliteReader) -> None:
    """Raw leaves links as they are and escapes what would steer a terminal."""
    text = render_text(ask(reader), Style(is_raw=True))

    assert (URL in text, "2001:db8::5" in text, "\x1b" in text, "\u202e" in text) == (True, True, False, False)


def test_json_has_the_text_as_stored(reader: SqliteReader) -> None:
    """JSON holds hostile text unchanged, and is ASCII itself."""
    written = render_json(ask(reader))
    read = json.loads(written)["top"]
    names = [entry["value"] for entry in read["username"]["entries"]]
    commands = [entry["value"] for entry in read["command"]["entries"]]

    assert (STEER in names, TITLE in commands, written.isascii()) == (True, True, True)


@given(HOSTILE, HOSTILE)
def test_text_is_safe_whatever_attackers_and_operators_write(value: str, name: str) -> None:
    """Every line of a report is printable and at most as wide as promised, whatever the values and names are."""
    entry = Entry(value=value, count=10**9, share=1.0, is_new=True, first_ts=0)
    report = BASE
    tops = tuple(dataclasses.replace(top, entries=(entry,)) for top in report.tops)
    gap = KnownGap(path=value, offset=1, missing_bytes=2, cause="truncated", detail=value, after_ts=0, before_ts=1)
    coverage = (SensorDays(sensor=name, hours=(1,)), SensorDays(sensor=value, hours=(0,)))
    notable = tuple(dataclasses.replace(one, session=value, sensor=name, src_ip=value) for one in report.notable)
    hostile = dataclasses.replace(
        report,
        tops=tops,
        gaps=(gap,),
        coverage=coverage,
        notable=notable,
        store=value,
        sensors=(name, value),
        is_filtered=True,
    )
    lines = render_text(hostile).split("\n")

    assert [line for line in lines if not line.isprintable() or columns(line) > WIDTH] == []


@given(HOSTILE)
def test_credential_is_shown_in_two_parts(password: str) -> None:
    """A credential is decoded to user name and password; one that was cut is shown as it is stored."""
    value = json.dumps(["root", password])
    entry = Entry(value=value, count=1, share=1.0, is_new=False, first_ts=0)
    tops = tuple(dataclasses.replace(top, entries=(entry,)) for top in BASE.tops if top.kind is Kind.CREDENTIAL)
    whole = render_text(dataclasses.replace(BASE, tops=tops))

    assert "  root : " in whole


def test_bands() -> None:
    """A day is marked full, in part or not at all."""

    assert day_band([2**24 - 1, 1, 0]) == "#+."


def test_document_has_its_schema(reader: SqliteReader) -> None:
    """A reader of the JSON can tell which version of it this is."""

    assert as_document(ask(reader))["schema"] == "nacre.report/1"
