"""The one registry of signal names: what is counted or measured, in which unit, under which bounded labels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How the values of a signal behave."""

    COUNTER = "counter"  # only grows
    GAUGE = "gauge"  # goes up and down
    HISTOGRAM = "histogram"  # a distribution


@dataclass(frozen=True, slots=True)
class Signal:
    """A name and what it stands for. Labels are bounded: never an address, user name, command, session or hash."""

    name: str  # dotted, after the OpenTelemetry naming rules
    kind: Shape
    unit: str  # UCUM
    labels: tuple[str, ...]
    meaning: str


LINES = Signal(
    "nacre.ingest.lines",
    Shape.COUNTER,
    "{line}",
    ("result",),
    "lines committed, by result: stored, duplicate, rejected, blank",
)
BYTES = Signal("nacre.ingest.bytes", Shape.COUNTER, "By", (), "bytes of lines committed, decompressed")
BATCH_DURATION = Signal(
    "nacre.ingest.batch.duration",
    Shape.HISTOGRAM,
    "s",
    (),
    "from the begin to the end of a batch's transaction",
)
SOURCES = Signal("nacre.ingest.sources", Shape.COUNTER, "{source}", ("state",), "sources read to their end, by state")
SKIPPED = Signal("nacre.ingest.skipped", Shape.COUNTER, "{file}", ("reason",), "files that are not sources, by reason")
HELD = Signal("nacre.source.held", Shape.GAUGE, "By", (), "bytes of last lines that have no end yet")
GAPS = Signal("nacre.source.gaps", Shape.COUNTER, "{gap}", ("cause",), "places where a source is known to lack bytes")
RETRIES = Signal("nacre.store.retries", Shape.COUNTER, "{attempt}", (), "attempts after which the store was waited for")
SIGNALS = (LINES, BYTES, BATCH_DURATION, SOURCES, SKIPPED, HELD, GAPS, RETRIES)
