"""Several processes on one store: two followers, a follower and a load, and what is left by one that died."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.follow.hand import START, Hand, joined, lines
from tests.quiet import Quiet

from nacre.errors import SourceLeased
from nacre.ingest.bulk import Load, Loader
from nacre.parse.fold import narrow
from nacre.sources import SkipReason, discover
from nacre.store.contract import Tenant
from nacre.store.sqlite import SqliteStore

OLD, NEW = lines(20), lines(5, first=100)


def second(hand: Hand, *paths: str) -> Hand:
    """Return a second follower on the same folder and store."""
    return Hand(hand.db.parent, *paths, tenant="follow two")


def test_two_followers_on_one_source(hand: Hand) -> None:
    """A follower of a log that another one follows does not begin; it says who has it, and the first one goes on."""
    hand.append(joined(OLD))
    hand.steps()
    other = second(hand)
    with pytest.raises(SourceLeased) as told:
        other.follower.step()
    other.kill()
    hand.append(joined(NEW))
    hand.steps()

    assert "cowrie.json is followed already, by follow one" in told.value.message
    assert "nacre status" in told.value.hint
    assert {*OLD, *NEW} == hand.stored()


def test_two_followers_on_two_sources(hand: Hand) -> None:
    """Followers of two logs share a store."""
    away = hand.db.parent / "away"
    away.mkdir()
    hand.append(joined(OLD))
    hand.append(joined(NEW), away / "cowrie.json")
    hand.steps()
    other = second(hand, str(away))
    other.steps()
    other.stop()

    assert {*OLD, *NEW} == hand.stored()
    assert 0 == hand.counted("duplicate")


def test_a_dead_follower_is_waited_for(hand: Hand) -> None:
    """The lease of a follower that was killed keeps others away until it expires, and no longer."""
    hand.append(joined(OLD))
    hand.steps()
    hand.kill()
    other = second(hand)
    with pytest.raises(SourceLeased):
        other.follower.step()
    other.kill()
    other = second(hand)
    other._ahead = hand._ahead + 31.0
    other.append(joined(NEW))
    other.steps()
    other.stop()
    hand.start()

    assert {*OLD, *NEW} == hand.stored()


def test_a_follower_that_slept_too_long(hand: Hand) -> None:
    """A follower that finds its log taken, because it stood still for longer than its lease, leaves it alone."""
    hand.append(joined(OLD))
    hand.steps()
    other = second(hand)
    other._ahead = hand._ahead + 35.0
    other.append(joined(NEW[:2]))
    other.steps()
    hand._ahead = other._ahead
    hand.append(joined(NEW[2:]))
    hand.steps()
    other.steps()
    other.stop()

    assert {*OLD, *NEW} == hand.stored()
    assert 0 == hand.counted("duplicate")
    assert SkipReason.LEASED in [one.reason for one in hand.heard.skipped_files]


def load(hand: Hand) -> Quiet:
    """Load the folder as another process does."""
    store = SqliteStore(hand.db, narrow=narrow, clock=hand.clock, tenant=Tenant("load three"))
    heard = Quiet()
    Loader(store, Load(files=discover([str(hand.logs)]), jobs=0), clock=hand.clock, watcher=heard).run(START)
    store.close()
    return heard


def test_a_load_leaves_followed_files_alone(hand: Hand) -> None:
    """A load of a folder that is followed skips the followed files, says why, and loads the others."""
    hand.append(joined(OLD))
    hand.steps()
    hand.append(joined(NEW[:2]))
    (hand.logs / "more.json").write_bytes(joined(NEW[2:]))
    heard = load(hand)
    loaded = hand.stored()
    hand.steps()

    assert {*OLD, *NEW[2:]} == loaded
    assert [SkipReason.LEASED] == [one.reason for one in heard.skipped_files]
    assert {*OLD, *NEW} == hand.stored()
    assert 0 == hand.counted("duplicate")


def test_a_load_before_and_after(hand: Hand) -> None:
    """What was loaded is followed on from there, and what was followed is loaded on from there."""
    hand.append(joined(OLD[:10]))
    load(hand)
    hand.append(joined(OLD[10:]))
    hand.steps()
    hand.stop()
    hand.append(joined(NEW))
    load(hand)
    hand.start()
    hand.steps()

    assert {*OLD, *NEW} == hand.stored()
    assert 0 == hand.counted("duplicate")


def test_a_load_reads_what_was_left_out(tmp_path: Path) -> None:
    """What a follower that began at the end left out is loaded by a load of the same file."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "cowrie.json").write_bytes(joined(OLD))
    hand = Hand(tmp_path, from_end=True)
    hand.steps()
    hand.append(joined(NEW))
    hand.steps()
    hand.stop()
    load(hand)
    account = hand.account()

    assert {*OLD, *NEW} == hand.stored()
    assert (True, len(NEW)) == (account["balanced"], hand.counted("duplicate"))
