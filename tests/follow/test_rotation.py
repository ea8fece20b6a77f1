"""Rotation in all its forms, with real files: rename, copytruncate, replace, compression, removal, links."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.follow.hand import Hand, joined, lines

from nacre.pressure import parse_rate

OLD, NEW, LATE = lines(20), lines(5, first=100), lines(3, first=200)
PACKERS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def test_midnight(hand: Hand) -> None:
    """At a rename the rest of the old file and the new one are read, also when the live name is absent for a while."""
    hand.append(joined(OLD[:10]))
    hand.steps()
    hand.append(joined(OLD[10:]))
    hand.log.rename(hand.logs / "cowrie.json.2026-11-23")
    hand.steps()
    absent = hand.stored()
    hand.append(joined(NEW))
    hand.steps()

    assert set(OLD) == absent
    assert {*OLD, *NEW} == hand.stored()
    assert (0, []) == (hand.counted("duplicate"), hand.gaps())


def test_writing_goes_on_after_the_rename(hand: Hand) -> None:
    """What a writer adds to the file after it was renamed, or moved out of sight, is read."""
    hand.append(joined(OLD))
    with hand.log.open("ab", buffering=0) as writer:
        hand.steps()
        hand.log.rename(hand.logs / "cowrie.json.1")
        hand.steps()
        writer.write(joined(NEW))
        hand.steps()
        (hand.logs / "cowrie.json.1").rename(hand.db.parent / "elsewhere")
        hand.steps()
        writer.write(joined(LATE))
        hand.steps()

    assert {*OLD, *NEW, *LATE} == hand.stored()
    assert [("cowrie.json.1", "open", len(joined([*OLD, *NEW, *LATE])))] == hand.sources()


def test_numbered_rotations(hand: Hand) -> None:
    """Three nights of logrotate's numbers while nobody looked between them: everything is read once."""
    hand.append(joined(OLD))
    hand.steps()
    for night in range(3):
        for number in range(night, 0, -1):
            (hand.logs / f"cowrie.json.{number}").rename(hand.logs / f"cowrie.json.{number + 1}")
        hand.log.rename(hand.logs / "cowrie.json.1")
        hand.append(joined(lines(4, first=300 + 10 * night)))
    hand.steps()

    assert {*OLD, *(line for night in range(3) for line in lines(4, first=300 + 10 * night))} == hand.stored()
    assert ["cowrie.json.3", "cowrie.json", "cowrie.json.1", "cowrie.json.2"] == [one[0] for one in hand.sources()]
    assert (0, []) == (hand.counted("duplicate"), hand.gaps())


def test_copytruncate_with_the_copy_in_sight(hand: Hand) -> None:
    """What was not read when a plain writer's file was truncated is read from the copy, and nothing is missing."""
    hand.append(joined(OLD[:10]))
    hand.steps()
    hand.append(joined(OLD[10:]))
    shutil.copy(hand.log, hand.logs / "cowrie.json.1")
    os.truncate(hand.log, 0)
    hand.append(joined(NEW))
    hand.steps()
    hand.rest()

    assert {*OLD, *NEW} == hand.stored()
    assert (0, []) == (hand.counted("duplicate"), hand.gaps())


def test_copytruncate_while_the_store_is_locked(hand: Hand) -> None:
    """However long the store takes nothing, the copy of a truncated file is not given up before it could be read."""
    hand.append(joined(OLD[:5]))
    hand.steps()
    with closing(sqlite3.connect(hand.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        hand.append(joined(OLD[5:10]))
        hand.follower.step()
        hand.append(joined(OLD[10:]))
        shutil.copy(hand.log, hand.logs / "cowrie.json.1")
        os.truncate(hand.log, 0)
        hand.append(joined(NEW))
        for _ in range(8):
            hand._ahead += 15.0
            hand.follower.step()
    hand._ahead += 100.0
    hand.follower.step()
    hand._ahead += 100.0
    hand.steps()
    hand.rest()

    assert {*OLD, *NEW} == hand.stored()
    assert [] == hand.gaps()


def test_copytruncate_in_the_middle_of_a_line(hand: Hand) -> None:
    """A half line that was held when the file was truncated is completed from the copy: no reject, no gap."""
    hand.append(joined(OLD[:10]) + OLD[10][:50])
    hand.steps()
    hand.append(OLD[10][50:] + b"\n")
    shutil.copy(hand.log, hand.logs / "cowrie.json.1")
    os.truncate(hand.log, 0)
    hand.append(joined(NEW))
    hand.steps()
    hand.rest()

    assert {*OLD[:11], *NEW} == hand.stored()
    assert (set(), []) == (hand.rejects(), hand.gaps())


@pytest.mark.parametrize("regrown", [0, 5, 100])
def test_copytruncate_without_a_copy(regrown: int, hand: Hand) -> None:
    """Without a copy a gap is recorded where reading stopped; also when the file is longer again than it was."""
    hand.append(joined(OLD[:10]) + OLD[10][:50])
    hand.steps()
    os.truncate(hand.log, 0)
    again = lines(regrown, first=500)
    hand.append(joined(again))
    hand.steps()
    hand.rest()

    end = len(joined(OLD[:10])) + 50
    assert {*OLD[:10], *again} == hand.stored()
    assert {OLD[10][:50]} == hand.rejects()
    assert [("shortened", end, 0)] == hand.gaps()


@pytest.mark.parametrize("unread", [0, 6])
def test_nul_hole(unread: int, hand: Hand) -> None:
    """Under a writer that keeps its offset the hole says exactly how many bytes were not read: often none."""
    with hand.log.open("r+b" if hand.log.exists() else "w+b", buffering=0) as writer:
        writer.write(joined(OLD))
        hand.steps()
        writer.write(joined(lines(unread, first=500)))
        os.truncate(hand.log, 0)
        writer.write(joined(NEW))
    hand.steps()
    hand.rest()

    missing = len(joined(lines(unread, first=500)))
    assert {*OLD, *NEW} == hand.stored()
    assert ([("shortened", len(joined(OLD)), missing)] if unread else []) == hand.gaps()


def test_nul_hole_while_nobody_followed(hand: Hand) -> None:
    """A hole that came while no follower ran is told as exactly, by the checkpoint of the one before."""
    with hand.log.open("w+b", buffering=0) as writer:
        writer.write(joined(OLD))
        hand.steps()
        hand.kill()
        writer.write(joined(LATE))
        os.truncate(hand.log, 0)
        writer.write(joined(NEW))
    hand.start()
    hand.steps()
    hand.rest()

    assert {*OLD, *NEW} == hand.stored()
    assert [("shortened", len(joined(OLD)), len(joined(LATE)))] == hand.gaps()


def test_unknown_hole(hand: Hand) -> None:
    """A hole in a log that was never seen before is a gap as large as the hole."""
    hand.log.write_bytes(b"\0" * 7000 + joined(NEW))
    hand.steps()

    assert set(NEW) == hand.stored()
    assert [("nul_hole", 0, 7000)] == hand.gaps()


@pytest.mark.parametrize("kill", [False, True])
def test_atomic_replace(kill: bool, hand: Hand) -> None:
    """A longer version of the log that takes its name, as rsync does it, is read on from where the old one was left."""
    hand.append(joined(OLD[:10]))
    hand.steps()
    hidden = hand.logs / ".cowrie.json.Xa81bQ"
    hidden.write_bytes(joined(OLD[:4]))
    hand.steps()
    hand.append(joined(OLD[4:]), hidden)
    hand.steps()
    if kill:
        hand.kill()
    hidden.replace(hand.log)
    if kill:
        hand.start()
    hand.steps()
    hand.append(joined(NEW))
    hand.steps()

    assert {*OLD, *NEW} == hand.stored()
    assert [("cowrie.json", "open", len(joined([*OLD, *NEW])))] == hand.sources()
    assert (0, []) == (hand.counted("duplicate"), hand.gaps())


@pytest.mark.parametrize("form", sorted(PACKERS))
def test_compression_after_rotation(form: str, hand: Hand) -> None:
    """A rotated file that is packed while it is followed is the same source at the same place, also half packed."""
    hand.append(joined(OLD[:10]))
    hand.steps()
    hand.append(joined(OLD[10:]))
    rotated = hand.logs / "cowrie.json.1"
    hand.log.rename(rotated)
    packed = PACKERS[form](rotated.read_bytes())
    archive = hand.logs / f"cowrie.json.1{form}"
    hand.append(joined(NEW))
    for part in (packed[:40], packed[40:-9], packed[-9:]):
        hand.append(part, archive)
        hand.steps()
    rotated.unlink()
    hand.steps()
    hand.rest()

    assert {*OLD, *NEW} == hand.stored()
    assert [(archive.name, "complete", len(joined(OLD)))] == hand.sources()[:1]
    assert (0, []) == (hand.counted("duplicate"), hand.gaps())


def test_packed_before_it_was_read(hand: Hand) -> None:
    """A file that was renamed, packed and removed between two looks is read on from the archive."""
    hand.append(joined(OLD[:10]))
    hand.steps()
    hand.kill()
    hand.append(joined(OLD[10:]))
    (hand.logs / "cowrie.json.1.gz").write_bytes(gzip.compress(hand.log.read_bytes()))
    hand.log.unlink()
    hand.append(joined(NEW))
    hand.start()
    hand.steps()
    hand.rest()

    assert {*OLD, *NEW} == hand.stored()
    assert (0, []) == (hand.counted("duplicate"), hand.gaps())


def test_an_archive_that_stays_cut(hand: Hand) -> None:
    """An archive that breaks off is waited for, then read as far as it goes, and the rest recorded as a gap."""
    whole = joined(lines(400, size=60))
    packed = gzip.compress(whole)
    (hand.logs / "cowrie.json.1.gz").write_bytes(packed[: len(packed) * 2 // 3])
    hand.steps()
    early = hand.gaps()
    hand.rest()

    assert [] == early
    assert 0 < len(hand.stored()) < 400
    assert ["truncated"] == [cause for cause, _, _ in hand.gaps()]
    assert ["damaged"] == [state for _, state, _ in hand.sources()]


def test_deletion(hand: Hand) -> None:
    """A removed file is read to its end, what its writer adds later included, and closed when nobody writes."""
    hand.append(joined(OLD[:10]))
    hand.steps()
    with hand.log.open("ab", buffering=0) as writer:
        writer.write(joined(OLD[10:]))
        hand.log.unlink()
        hand.steps()
        writer.write(joined(NEW) + LATE[0][:30])
        hand.steps()
    hand.rest()

    assert {*OLD, *NEW} == hand.stored()
    assert {LATE[0][:30]} == hand.rejects()
    assert ["complete"] == [state for _, state, _ in hand.sources()]
    assert [] == hand.gaps()


@pytest.mark.parametrize("stopped", [False, True])
def test_deletion_before_it_was_read(stopped: bool, hand: Hand) -> None:
    """A removed file that is read slowly is closed only at its end; what is left of it at a stop is told as a gap."""
    hand.stop()
    hand.start(rates=(parse_rate("300KB"),))
    large = lines(6000, size=400)
    hand.append(joined(large))
    hand.follower.step()
    hand.log.unlink()
    hand.append(joined(NEW))
    for _ in range(3):
        hand._ahead += 70.0
        hand.follower.step()
    if stopped:
        hand.stop()
        hand.start()
        hand.steps()
    hand.rest()

    missing = {*large, *NEW} - hand.stored()
    assert stopped == bool(missing)
    assert (["vanished"] if stopped else []) == [cause for cause, _, _ in hand.gaps()]
    assert set() == hand.rejects()


def test_deletion_while_nobody_followed(hand: Hand) -> None:
    """Of a file that is gone when the next follower begins nobody knows what it had: a gap of unknown size."""
    hand.append(joined(OLD))
    hand.steps()
    hand.kill()
    hand.log.unlink()
    hand.append(joined(NEW))
    (hand.logs / "tty").mkdir()  # recordings are left alone, and in nobody's way
    hand.start()
    hand.steps()

    assert {*OLD, *NEW} == hand.stored()
    assert [("vanished", len(joined(OLD)), 0)] == hand.gaps()


def test_inode_reuse(hand: Hand) -> None:
    """A new file with the inode number of one that was read and removed is another source."""
    seen: set[int] = set()
    expected: set[bytes] = set()
    reused = False
    for turn in range(60):
        some = lines(3, first=1000 + 10 * turn)
        hand.append(joined(some))
        expected.update(some)
        inode = hand.log.stat().st_ino
        reused = reused or inode in seen
        seen.add(inode)
        hand.steps()
        hand.log.unlink()
        hand.passes(1.0)
        hand.passes(61.0)  # the descriptor is given back, and with it the inode
        if reused and turn > 3:
            break
    hand.rest()

    assert reused, "this file system gave no inode twice"
    assert expected == hand.stored()
    assert [] == hand.gaps()


def test_inode_reuse_while_nobody_followed(hand: Hand) -> None:
    """The inode number of a file in the store is a hint: another content under it is another source."""
    hand.append(joined(OLD))
    hand.steps()
    inode = hand.log.stat().st_ino
    hand.stop()
    hand.log.write_bytes(joined(NEW))  # truncates, and keeps the inode
    hand.start()
    hand.steps()

    assert inode == hand.log.stat().st_ino
    assert {*OLD, *NEW} == hand.stored()


def test_switched_links(tmp_path: Path) -> None:
    """A link that is switched to another file is followed to it, and the file before is read to its end."""
    away = tmp_path / "away"
    away.mkdir()
    hand = Hand(tmp_path, str(tmp_path / "logs" / "current"))
    link = hand.logs / "current"
    link.symlink_to(away / "a.json")
    (away / "a.json").write_bytes(joined(OLD[:10]))
    hand.steps()
    hand.append(joined(OLD[10:]), away / "a.json")
    (away / "b.json").write_bytes(joined(NEW))
    (hand.logs / "next").symlink_to(away / "b.json")
    (hand.logs / "next").rename(link)
    hand.steps()
    hand.append(joined(LATE), away / "a.json")
    hand.steps()
    hand.kill()

    assert {*OLD, *NEW, *LATE} == hand.stored()
    assert (0, []) == (hand.counted("duplicate"), hand.gaps())


def test_a_copy_beside_the_log(hand: Hand) -> None:
    """A copy that lies beside a followed log is not read while the log is; lines that only it has are, later."""
    hand.append(joined(OLD))
    hand.steps()
    copy = hand.logs / "copy.json"
    shutil.copy(hand.log, copy)
    hand.append(joined(NEW))
    hand.append(joined(LATE), copy)
    hand.steps()
    early = hand.counted("duplicate")
    hand.rest()

    assert 0 == early
    assert {*OLD, *NEW, *LATE} == hand.stored()
