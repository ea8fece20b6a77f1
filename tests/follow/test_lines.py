"""What a follower makes of lines: half ones, torn ones, glued ones, late ones; and of a file that has just begun."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.follow.hand import Hand, joined, lines
from tests.logs import event

OLD, NEW = lines(8), lines(4, first=100)


@pytest.mark.parametrize("kill", [False, True])
def test_half_lines_of_every_length(kill: bool, hand: Hand) -> None:
    """A line that comes in two parts is one event, wherever it was cut, and whoever reads the second part."""
    hand.append(joined(OLD[:1]))
    hand.steps()
    some = lines(len(NEW[0]), first=1000)
    for cut, line in enumerate(some, 1):
        hand.append(line[:cut])
        hand.steps()
        if kill and cut % 7 == 0:
            hand.restart()
        before = hand.counted("lines")
        hand.append(line[cut:] + b"\n")
        hand.steps()
        assert before + 1 == hand.counted("lines")

    assert {OLD[0], *some} == hand.stored()
    assert set() == hand.rejects()


def test_dribbles(hand: Hand) -> None:
    """Lines that come in pieces of a few bytes, as Cowrie 2.9 writes them, are whole events."""
    chance = random.Random(7)
    content = joined([*OLD, *NEW])
    at = 0
    while at < len(content):
        step = chance.randint(1, 60)
        hand.append(content[at : at + step])
        hand.steps()
        at += step

    assert {*OLD, *NEW} == hand.stored()
    assert set() == hand.rejects()


def test_a_half_line_is_held_for_an_hour(hand: Hand) -> None:
    """Half a line is neither stored nor refused while its file may grow; then it is refused, and reading goes on."""
    hand.append(joined(OLD) + NEW[0][:40])
    hand.steps()
    hand.passes(3000.0)
    held = hand.rejects()
    hand.passes(700.0)
    refused = hand.rejects()
    hand.append(joined(NEW[1:]))
    hand.steps()

    assert set() == held
    assert {NEW[0][:40]} == refused
    assert {*OLD, *NEW[1:]} == hand.stored()


@pytest.mark.parametrize("dialect", ["3.1", "2.9"])
def test_a_torn_line_glued_to_the_next_event(dialect: str, hand: Hand) -> None:
    """Where Cowrie was killed in a line and began again right behind it, the piece and the event are told apart."""
    torn, whole = NEW[0], NEW[1]
    if dialect == "2.9":
        torn, whole = (b'{"eventid": "cowrie.x", ' + line[1:] for line in (torn, whole))
    hand.append(joined(OLD) + torn[:90])
    hand.steps()
    hand.append(whole + b"\n")
    hand.steps()

    assert {*OLD, whole} == hand.stored()
    assert {torn[:90]} == hand.rejects()


def test_a_head_that_grows(hand: Hand) -> None:
    """A log is the same source whatever its length was when it was first seen, through a restart at each length."""
    some = lines(24)
    for line in some:
        hand.append(line[:100])
        hand.restart()
        hand.append(line[100:] + b"\n")
        hand.restart()
    renamed = hand.logs / "cowrie.json.1"
    hand.log.rename(renamed)
    hand.restart()

    assert set(some) == hand.stored()
    assert [("cowrie.json.1", "open", renamed.stat().st_size)] == hand.sources()
    assert (0, []) == (hand.counted("duplicate"), hand.gaps())


def test_two_logs_that_begin_alike(hand: Hand) -> None:
    """Logs of two sensors whose first lines are equal so far are told apart as soon as they differ."""
    other = hand.logs / "other.json"
    hand.append(OLD[0][:60])
    hand.append(OLD[0][:60], other)
    hand.steps()
    hand.append(OLD[0][60:] + b"\n" + joined(OLD[1:]))
    hand.append(OLD[0][60:-2] + b"9}\n" + joined(NEW), other)
    hand.steps()
    hand.passes(2.0)

    assert {*OLD, *NEW} <= hand.stored()
    assert 2 == len(hand.sources())


def test_a_clock_that_steps_back(hand: Hand) -> None:
    """Events from an earlier time, and a machine whose clock was set back, change nothing in what is stored."""
    later = [event("command.input", "a" * 12, 90_000 + n, input=f"later {n}") for n in range(5)]
    earlier = [event("command.input", "a" * 12, 1_000 + n, input=f"earlier {n}") for n in range(5)]
    hand.append(joined(later))
    hand.steps()
    hand.behind_seconds = 7200.0
    hand.append(joined(earlier))
    hand.steps()
    hand.log.rename(hand.logs / "cowrie.json.1")
    hand.append(joined(NEW))
    hand.steps()
    first, last = hand.rows("SELECT first_ts, last_ts FROM sessions WHERE session = 'aaaaaaaaaaaa'")[0]

    assert {*later, *earlier, *NEW} == hand.stored()
    assert 89_004 * 10**6 == last - first
    assert (0, []) == (hand.counted("duplicate"), hand.gaps())


def test_other_files(hand: Hand) -> None:
    """Cowrie's text log is left alone while it grows; an empty file is read as soon as it is a log."""
    (hand.logs / "empty").touch()
    text = hand.logs / "cowrie.log"
    for number in range(30):
        hand.append(b"2026-11-24T00:00:00.000000Z [-] Ready to accept SSH connections\n", text)
        hand.append(joined(lines(1, first=number)))
        hand.steps()
    hand.append(joined(NEW), hand.logs / "empty")
    hand.steps()

    assert {*lines(30), *NEW} == hand.stored()
    assert set() == hand.rejects()


def test_from_the_end(tmp_path: Path) -> None:
    """From the end, what stands there is left out and recorded; what comes is stored; and a restart misses nothing."""
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "cowrie.json").write_bytes(joined(OLD) + NEW[0][:20])
    (logs / "cowrie.json.1.gz").write_bytes(b"\x1f\x8b broken")
    hand = Hand(tmp_path, from_end=True)
    hand.steps()
    hand.append(NEW[0][20:] + b"\n")
    hand.steps()
    hand.stop()
    hand.append(joined(NEW[1:3]))
    hand.log.rename(logs / "cowrie.json.1")
    hand.append(joined(NEW[3:]))
    hand.start()
    hand.steps()
    hand.stop()
    account = hand.account()

    assert set(NEW) == hand.stored()
    assert [("skipped", 0, len(joined(OLD)))] == hand.gaps()
    assert (True, len(joined(OLD))) == (account["balanced"], account["totals"]["skipped_bytes"])


def test_nothing_new_is_nothing_written(hand: Hand) -> None:
    """While nothing comes no batch is written, however often the folder is looked at."""
    hand.append(joined(OLD))
    hand.steps()
    before = hand.rows("SELECT count(*), max(committed_at) FROM batches")
    for _ in range(20):
        hand.passes(1.0)

    assert before == hand.rows("SELECT count(*), max(committed_at) FROM batches")


def test_a_line_over_the_limit(hand: Hand) -> None:
    """A line of megabytes that comes in pieces is one event."""
    line = event("command.input", "b" * 12, 5, input="x" * 3_000_000)
    hand.append(joined(OLD))
    for at in range(0, len(line), 400_000):
        hand.append(line[at : at + 400_000])
        hand.steps()
    hand.append(b"\n" + joined(NEW))
    hand.steps()

    assert {*OLD, *NEW, line} == hand.stored()
