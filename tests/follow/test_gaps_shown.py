"""Gaps that a follower recorded stand where people look: in the status, the account and the reports of their days."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.errors.command import nacre
from tests.follow.hand import Hand, joined, lines

OLD, NEW = lines(20), lines(5, first=100)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder whose store has gaps of three causes: skipped, shortened and vanished."""
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "cowrie.json").write_bytes(joined(OLD[:5]))
    hand = Hand(tmp_path, from_end=True)
    hand.steps()
    hand.append(joined(OLD[5:]) + NEW[0][:30])
    hand.steps()
    os.truncate(hand.log, 0)
    hand.append(joined(NEW))
    hand.steps()
    hand.rest()
    hand.append(joined(lines(2, first=300)), logs / "other.json")
    hand.steps()
    hand.kill()
    (logs / "other.json").unlink()
    hand.start()
    hand.steps()
    hand.stop()
    return tmp_path


def asked(place: Path, *arguments: str) -> Any:
    """Return what a command says as JSON."""
    return json.loads(nacre(place, *arguments).stdout)


EXPECTED = {
    ("skipped", len(joined(OLD[:5]))),
    ("shortened", 0),
    ("vanished", 0),
}


def test_in_the_status(place: Path) -> None:
    """The status counts the gaps, and lists the newest with their causes and sizes."""
    status = asked(place, "status", "--json")
    text = nacre(place, "status").stdout

    assert (3, EXPECTED) == (status["gaps"], {(one["cause"], one["missing_bytes"]) for one in status["recent_gaps"]})
    assert all(f"\n{cause} " in text for cause, _ in EXPECTED)


def test_in_the_account(place: Path) -> None:
    """The account adds up in spite of gaps, and says how many there are and what was skipped."""
    account = asked(place, "account", "--json")
    text = nacre(place, "account").stdout

    assert (True, 2, len(joined(OLD[:5]))) == (
        account["balanced"],
        account["totals"]["gaps"],
        account["totals"]["skipped_bytes"],
    )
    assert "2 gaps: an unknown number of bytes" in text
    assert "bytes stood there when following began at the end" in text


def test_in_the_report(place: Path) -> None:
    """The report of a day names the gaps near its events, with the times around them."""
    report = asked(place, "report", "daily", "--format", "json")
    text = nacre(place, "report", "daily").stdout

    assert EXPECTED == {(one["cause"], one["missing_bytes"]) for one in report["gaps"]}
    assert all(one["after"] <= one["before"] for one in report["gaps"])
    assert "GAPS" in text
