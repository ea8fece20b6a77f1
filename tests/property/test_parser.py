"""The parser gives the same items whatever the portions."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.logs import events, logs

from nacre.model.reject import Reject
from nacre.parse.parser import Item, Parser


def essence(items: list[Item]) -> list[object]:
    """Return what matters of items, comparable."""
    return [(item[0], item[1], item[2], item[5], item[6]) if isinstance(item, tuple) else item for item in items]


def parsed(portions: list[bytes], *, limit: int = 1 << 20) -> tuple[list[object], int, int]:
    """Return items, blanks and the final position."""
    parser = Parser(line_bytes_max=limit)
    items: list[Item] = []
    for portion in portions:
        items += parser.feed(portion)
    items += parser.finish()
    return essence(items), parser.blank, parser.position


@given(logs(), st.integers(40, 2000))
def test_whole_equals_byte_by_byte(log: bytes, limit: int) -> None:
    """One chunk and single bytes give the same items, blanks and position, also with a low line limit."""
    single = [log[at : at + 1] for at in range(len(log))]

    assert parsed([log], limit=limit) == parsed(single, limit=limit)


@given(logs(), st.lists(st.integers(0, 4000), max_size=8))
def test_any_chunking_is_equal(log: bytes, cuts: list[int]) -> None:
    """Chunks cut anywhere give the items of the whole."""
    edges = [0, *sorted(min(cut, len(log)) for cut in cuts), len(log)]
    portions = [log[a:b] for a, b in pairwise(edges)]

    assert parsed([log]) == parsed(portions)


@given(logs())
def test_every_byte_is_accounted_for(log: bytes) -> None:
    """The position ends at the end of the log, and no item lies outside it or overlaps the one before."""
    items, _, position = parsed([log])
    spans = [(item[0], item[0] + len(item[1])) for item in items if isinstance(item, tuple)]
    spans += [(item.offset, item.offset + item.length) for item in items if isinstance(item, Reject)]
    spans.sort()

    assert len(log) == position
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert all(log[start:end].strip(b"\n") for start, end in spans)


@given(st.lists(events(), min_size=1, max_size=20))
def test_whole_events_are_all_stored(lines: list[bytes]) -> None:
    """A log of whole events gives each of them, byte for byte, and nothing else."""
    items, blank, _ = parsed([b"\n".join(lines) + b"\n"])

    assert (lines, 0) == ([item[1] for item in items if isinstance(item, tuple)], blank)
    assert len(lines) == len(items)


@given(logs())
def test_an_open_end_is_held(log: bytes) -> None:
    """What is held at an open end comes out whole when the source goes on."""
    cut = len(log) * 2 // 3
    first = Parser()
    items = first.feed(log[:cut])
    second = Parser(position=first.position)
    items += second.feed(log[first.position :])
    items += second.finish()

    assert [item[1] for item in items if isinstance(item, tuple)] == [
        item[1] for item in parsed_items(log) if isinstance(item, tuple)
    ]


def parsed_items(log: bytes) -> list[Item]:
    """Return the items of a whole log."""
    parser = Parser()
    return [*parser.feed(log), *parser.finish()]
