"""A follower in the hand for each test, ended with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.follow.hand import Hand


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[Hand]:
    """Return a follower of an empty folder; at the test's end its account must add up."""
    hand = Hand(tmp_path)
    yield hand
    hand.stop()
    account = hand.account()
    assert account["balanced"], account["findings"]
