"""Any lines, any batches, any overlap: all writers say and hold the same."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.batches import KNOWN, line
from tests.contract.writers import WRITERS, Feeder, held, ledger, open_store, tally

from nacre.model.calendar import DAY_US, HOUR_US
from nacre.model.coverage import Gap, GapCause
from nacre.store.snapshot import snapshot

# Few values, so that lines, sessions and entities meet again and again.
TEXTS = st.sampled_from(["root", "admin", "", "\x00", "it's", "пароль", "\ud800", "x" * 40])
TIMES = st.builds(
    lambda day, hour, us: (20_000 + day) * DAY_US + hour * HOUR_US + us,
    st.integers(-1, 1),
    st.sampled_from([0, 11, 23]),
    st.integers(0, 3),
)


@st.composite
def events(draw: st.DrawFn) -> bytes:
    """Draw the line of an event."""
    names = ("src_ip", "username", "password", "input", "client", "protocol")
    fields = {name: draw(TEXTS) for name in draw(st.sets(st.sampled_from(names), max_size=4))}
    if draw(st.booleans()):
        fields["sensor"] = "beta"
    eventid = draw(st.sampled_from([*KNOWN, "x.new", "x.newer"]))
    session = draw(st.sampled_from(["s1", "s2", "s3", None]))
    return line(eventid, draw(TIMES), session, late=draw(st.sampled_from([None, True])), **fields)


LINES = st.one_of(events(), events(), events(), st.sampled_from([b"", b" ", b"{", b"[]", b"null", b"{}"]))
GAPS = st.builds(
    Gap,
    offset=st.integers(0, 2),
    missing_bytes=st.integers(0, 2),
    cause=st.sampled_from(list(GapCause)).map(str),
    detail=st.just("missing"),
)


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[str, list[bytes], list[Gap]]]:
    """Draw what is read: portions of sources that share lines."""
    pool = draw(st.lists(LINES, min_size=1, max_size=12))
    portion = st.lists(st.sampled_from(pool), max_size=8)
    names = st.sampled_from(["log", "log.1", "copy.gz"])
    return draw(st.lists(st.tuples(names, portion, st.lists(GAPS, max_size=2)), min_size=1, max_size=6))


@settings(max_examples=60, deadline=None)
@given(scripts())
def test_writers_agree(script: list[tuple[str, list[bytes], list[Gap]]]) -> None:
    """Told the same portions, all writers give equal receipts, ledgers and snapshots."""
    receipts, ledgers, snapshots = [], [], []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for writer in WRITERS:
            store = stack.enter_context(closing(open_store(writer, folder / f"{writer}.db")))
            feeder = Feeder(store)
            receipts.append([tally(feeder.feed(name, lines, gaps=gaps)) for name, lines, gaps in script])
            ledgers.append(ledger(store))
            snapshots.append(snapshot(store))

    assert [receipts[0]] * 3 == receipts
    assert [ledgers[0]] * 3 == ledgers
    assert [snapshots[0]] * 3 == snapshots


@settings(max_examples=40, deadline=None)
@given(scripts())
def test_portions_do_not_matter(script: list[tuple[str, list[bytes], list[Gap]]]) -> None:
    """Lines read in any portions, order and repetition are held as if read at once."""
    every = [text for _, lines, _ in script for text in lines]
    with tempfile.TemporaryDirectory() as folder:
        for writer in WRITERS:
            with closing(open_store(writer, Path(folder) / f"{writer}.db")) as store:
                feeder = Feeder(store)
                for name, lines, _ in reversed(script):
                    feeder.feed(name, lines)

                assert held(every) == snapshot(store)
