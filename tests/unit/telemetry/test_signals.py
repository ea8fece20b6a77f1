"""Signals: registered names, bounded labels, and a tally that knows no others."""

from __future__ import annotations

import re

import pytest

from nacre.telemetry.signals import BATCH_DURATION, HELD, LINES, SIGNALS, Shape, Signal
from nacre.telemetry.tally import Tally

UNBOUNDED = {"ip", "address", "username", "user", "password", "command", "session", "hash", "url", "path", "file"}


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_names_and_labels(signal: Signal) -> None:
    """A signal has a dotted lower-case name of ours, a unit, a meaning, and no label that attackers can fill."""
    assert re.fullmatch(r"nacre(\.[a-z]+)+", signal.name)
    assert signal.unit and signal.meaning
    assert not UNBOUNDED & set(signal.labels)


def test_names_are_unique() -> None:
    """No two signals share a name."""
    assert len(SIGNALS) == len({signal.name for signal in SIGNALS})


def test_tally_shows_each_shape() -> None:
    """Counters add up, gauges keep the last value, histograms keep count, mean and greatest."""
    tally = Tally()
    tally.add(LINES, 2, "stored")
    tally.add(LINES, 3, "stored")
    tally.add(HELD, 7)
    tally.add(HELD, 5)
    tally.add(BATCH_DURATION, 1.0)
    tally.add(BATCH_DURATION, 3.0)

    assert [
        "nacre.ingest.lines{result=stored} 5 {line}",
        "nacre.ingest.batch.duration count 2, mean 2.0000, greatest 3.0000 s",
        "nacre.source.held 5 By",
    ] == tally.lines()


def test_tally_refuses_strangers() -> None:
    """A signal that is not registered, and a label where none belongs, are defects."""
    stranger = Signal("nacre.stranger", Shape.COUNTER, "1", (), "not registered")

    with pytest.raises(AssertionError, match="not registered"):
        Tally().add(stranger, 1)
    with pytest.raises(AssertionError, match="takes 0 labels"):
        Tally().add(HELD, 1, "attic")
