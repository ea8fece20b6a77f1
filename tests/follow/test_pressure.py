"""A follower under pressure: a locked store, a full disk, a rate, a store that is gone; and what it says of itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.follow.hand import Hand, joined, lines

from nacre.errors import StoreGone
from nacre.pressure import parse_rate
from nacre.telemetry.board import Board, board_path, boards, sweep

OLD, NEW = lines(20), lines(200, first=100)


def test_a_locked_store(hand: Hand) -> None:
    """While the store is locked nothing is lost: it is tried again, ever less often, then the breaker opens; then all
    is stored.
    """
    hand.append(joined(OLD))
    hand.steps()
    waits = []
    with closing(sqlite3.connect(hand.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        hand.append(joined(NEW))
        for _ in range(9):
            waits.append(hand.follower.step())
            hand._ahead += waits[-1] + 0.2
        broken = hand.said[-1]
        other.execute("ROLLBACK")
    hand._ahead += 60.0
    hand.steps()

    assert sorted(waits[:5]) == waits[:5]
    assert [5.0, 10.0] == [wait for wait in waits if wait >= 5.0][:2]
    assert ("retrying", True) == (broken["state"], "locked" in broken["reason"])
    assert broken["breaker"] in ("open", "half_open")
    assert {*OLD, *NEW} == hand.stored()
    assert "" == hand.heard.troubles[-1]
    assert ("closed", 0) == (hand.said[-1]["breaker"], hand.said[-1]["failures"])


def test_a_full_disk(hand: Hand) -> None:
    """Below the floor nothing is written; a tenth above it everything is."""
    hand.stop()
    hand.start(min_free_bytes=1000)
    hand.append(joined(OLD))
    hand.steps()
    hand.append(joined(NEW))
    seen = []
    for free in (999, 1000, 1099):
        hand.free_bytes = free
        hand._ahead += 2.0
        hand.follower.step()
        seen.append((len(hand.stored()), hand.said[-1]["state"]))
    hand.free_bytes = 1100
    hand.steps()

    assert [(len(OLD), "paused")] * 3 == seen
    assert {*OLD, *NEW} == hand.stored()


@pytest.mark.parametrize("rate", ["50", "20KB"])
def test_a_rate(rate: str, hand: Hand) -> None:
    """No more than the rate is stored, whatever waits."""
    hand.stop()
    hand.start(rates=(parse_rate(rate),))
    hand.append(joined(OLD))
    hand.steps()
    began = hand.now()
    hand.append(joined(NEW))
    counts = []
    while len(hand.stored()) < len(OLD) + len(NEW) or not hand.follower.is_caught_up:
        wait = hand.follower.step()
        counts.append((hand.now(), len(hand.stored())))
        hand._ahead += max(wait, 0.2)
    hand.append(joined(lines(1, first=900)))
    hand.steps()
    stored_at = hand.now()

    # The burst and the debt of one batch come at once; what comes after them has to wait for them.
    per_second = 50.0 if rate == "50" else 20_000 / (len(joined(NEW)) / len(NEW))
    assert stored_at - began >= (len(OLD) + len(NEW) - per_second) / per_second - 1.0


def test_a_rate_does_not_cost_the_lease(hand: Hand) -> None:
    """While a rate makes it wait for minutes, a follower keeps the leases of its files."""
    hand.stop()
    hand.start(rates=(parse_rate("10"),))
    hand.append(joined([*OLD, *NEW]))
    ends = []
    for _ in range(12):
        wait = hand.follower.step()
        ends.append(hand.rows("SELECT max(expires_at) FROM leases")[0][0] - hand.clock())
        hand._ahead += wait

    assert max(ends) <= 30_000_000
    assert min(ends) > 15_000_000


def test_a_store_that_was_removed(tmp_path: Path) -> None:
    """A store whose file was removed takes nothing any more: following ends with an error, and writes nowhere."""
    hand = Hand(tmp_path)
    hand.append(joined(OLD))
    hand.steps()
    hand.db.unlink()
    hand.append(joined(NEW))
    with pytest.raises(StoreGone) as told:
        hand.passes(40.0)
    hand.kill()

    assert told.value.hint


def test_the_board_of_a_running_follower(tmp_path: Path) -> None:
    """What a follower says is there while it lives, and only then; what a killed one left is swept away."""
    store = tmp_path / "nacre.db"
    one, two = Board(board_path(store, 3)), Board(board_path(store, 12))
    one.write({"run": 3, "reason": "a\nb"})
    two.write({"run": 12})
    both = boards(store)
    two.write({"run": 12, "long": "x" * 5000})
    kept = boards(store)
    one.close()
    left = boards(store)
    two.close()
    board_path(store, 4).write_text('{"run": 4}')
    dead = boards(store)
    sweep(store)

    assert [3, 12] == [each["run"] for each in both]
    assert both == kept
    assert [12] == [each["run"] for each in left]
    assert [] == dead
    assert [] == list(tmp_path.iterdir())
