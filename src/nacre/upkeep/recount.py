"""The recount: read the files again and hold every line against the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

from nacre.model.batch import KEY_BYTES, digest_of
from nacre.model.reject import Reject
from nacre.parse.parser import Item, Parser
from nacre.sources import Skipped, Source, fingerprint, open_source
from nacre.store.contract import Reader
from nacre.upkeep.account import Account, SourceAccount

# Events whose keys are looked up together: their times lie close, so one range of the index answers for all.
PORTION = 20_000


def recount(reader: Reader, drawn: Account, *, line_bytes_max: int, told: Callable[[SourceAccount], None]) -> Account:
    """Return the account with what reading the files again found; `told` hears of each source before it is read.

    A file that is not there any more is not a finding: logs are rotated away, and their names given to others. One that
    differs after its head is. `line_bytes_max` is the limit that the files were loaded with.
    """
    findings: list[str] = []
    for one in drawn.sources:
        told(one)
        findings += _recount_source(reader, one, line_bytes_max)
    return replace(drawn, findings=tuple(findings))


def _recount_source(reader: Reader, one: SourceAccount, line_bytes_max: int) -> Iterator[str]:
    source = open_source(Path(one.path))
    if isinstance(source, Skipped):
        return
    with source:
        if fingerprint(source.head[: one.head_bytes]) != one.fingerprint:
            return  # rotated away, and another log has its name now
        count = _Count(reader, line_bytes_max, start=max(one.skipped_bytes, source.hole_bytes))
        count.read(source, one.checkpoint)
    if count.bytes != one.checkpoint:
        yield f"{one.path}: {one.checkpoint} bytes are accounted for, but only {count.bytes} can be read"
        return
    events = one.tally.stored + one.tally.duplicate
    booked = {
        "lines": one.tally.lines,
        "events": events,
        "rejected": one.tally.rejected,
        "blank": one.tally.blank,
    }
    found = {"lines": count.lines, "events": count.events, "rejected": count.rejected, "blank": count.blank}
    if booked != found:
        yield f"{one.path}: booked {booked}, but the file has {found}"
    if count.missing:
        yield f"{one.path}: {count.missing} of its lines are not in the store"


class _Count:
    """Counts the lines of a source up to a checkpoint, and those that the store lacks."""

    def __init__(self, reader: Reader, line_bytes_max: int, *, start: int) -> None:
        """Begin at offset `start`: what stands before was left out, or is a hole."""
        self._reader = reader
        self._start = start
        self._line_bytes_max = line_bytes_max
        self._wanted: dict[tuple[int, bytes], int] = {}
        self.bytes = start
        self.lines = self.events = self.rejected = self.blank = self.missing = 0

    def read(self, source: Source, checkpoint: int) -> None:
        """Read the first `checkpoint` bytes of the content."""
        parser = Parser(position=self._start, line_bytes_max=self._line_bytes_max)
        for block in source.blocks(self._start):
            portion = block[: checkpoint - self.bytes]
            self.bytes += len(portion)
            self._take(parser.feed(portion))
            if self.bytes == checkpoint:
                break
        self._take(parser.finish())
        self._look_up()
        self.blank = parser.blank
        self.lines = self.events + self.rejected + self.blank

    def _take(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, tuple):
                self.events += 1
                key = (item[2], digest_of(item[1])[:KEY_BYTES])
                self._wanted[key] = self._wanted.get(key, 0) + 1
            elif isinstance(item, Reject):
                self.rejected += 1
                self.missing += self._reader.row("reject_by_digest", digest=item.digest) is None
            if len(self._wanted) >= PORTION:
                self._look_up()

    def _look_up(self) -> None:
        if self._wanted:
            times = [ts for ts, _ in self._wanted]
            for key in self._reader.rows("events_between", first_ts=min(times), last_ts=max(times)):
                self._wanted.pop(key, None)
            self.missing += sum(self._wanted.values())
            self._wanted.clear()


def summary(one: SourceAccount) -> str:
    """Return the numbers of a source in one phrase."""
    return ", ".join(f"{value} {name}" for name, value in asdict(one.tally).items())
