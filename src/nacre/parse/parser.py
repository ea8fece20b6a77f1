"""Push bytes, pull events: a stream of a log in any portions becomes events, rejects, gaps and blanks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import blake3
import msgspec

from nacre.model.coverage import Gap, GapCause
from nacre.model.reject import REJECT_BYTES_MAX, Reason, Reject
from nacre.parse.events import Envelope, decode_strict
from nacre.parse.lines import LINE_BYTES_MAX, LineCutter, refuse_too_long
from nacre.parse.objects import SEAM, WHITESPACE, WRAPPER, Depth, Objects, frame_end, is_blank_from
from nacre.parse.registry import dialect_of
from nacre.parse.timestamps import event_time
from nacre.parse.tolerant import DriftSighting, Refused, decode_tolerant

# offset, line, event time, event, dialect, payload, the payload is the line byte for byte, drift
ParsedEvent = tuple[int, bytes, int, Envelope, int, str, bool, tuple[DriftSighting, ...]]
Item = ParsedEvent | Reject | Gap

# A pretty-printed event has a line a field and list item: 120 in the longest client.kex seen.
PRETTY_LINES_MAX = 10_000

# What no store can keep in a text is NUL and half a surrogate pair; the second the strict decoder refuses by itself.
_ESCAPED_NUL = rb"\u0000"
_NOTHING: tuple[DriftSighting, ...] = ()


class Outcome(NamedTuple):
    """What became of one line."""

    stored: bool
    reason: str | None  # of a reject
    line: bytes


class Parser:
    """The one way from bytes to events, for every dialect and every frame around them.

    Feed portions of one source in order; the same items come out whatever the portions. Nothing is raised for content:
    a line is an event, a reject, or blank. `position` is the offset up to which everything was handed out.
    """

    def __init__(self, *, position: int = 0, line_bytes_max: int = LINE_BYTES_MAX) -> None:
        self.blank = 0  # blank lines so far, brackets that only frame objects included
        self._limit = line_bytes_max
        self._cutter = LineCutter(position=position, line_bytes_max=line_bytes_max)
        self._open: list[tuple[int, bytes]] = []  # lines of a pretty-printed object that has not closed
        self._depth = Depth()
        self._objects = Objects()
        self._wrapped = False  # inside {"events": [ ... ]}

    @property
    def position(self) -> int:
        """Return the offset of the first byte that no item so far accounts for."""
        return self._open[0][0] if self._open else self._cutter.position

    @property
    def held_bytes(self) -> int:
        """Return how many bytes are held: a half line, or an object that has not closed."""
        return self._cutter.position + self._cutter.tail_bytes - self.position

    def feed(self, chunk: bytes) -> list[Item]:
        """Take a portion and return the items that it completed, in the order of their offsets."""
        items: list[Item] = []
        refused, whole = self._cutter.feed(chunk)
        if refused is not None:
            self._abandon(items)
            items.append(refused)
        if whole:
            self._lines(whole, self._cutter.position, items)
            self._cutter.position += len(whole)
        return items

    def finish(self) -> list[Item]:
        """Return what the end of a closed source completes; the parser cannot be fed afterwards.

        Of a source that is still open nothing is completed: a half line is held until its newline comes, so do not call
        this, and go on from `position` later.
        """
        items: list[Item] = []
        refused, tail = self._cutter.finish()
        end = self._cutter.position + self._cutter.tail_bytes
        if tail:
            self._line(self._cutter.position, tail, items)
        self._abandon(items)
        if refused is not None:
            items.append(refused)
        self._cutter = LineCutter(position=end)
        return items

    def _lines(self, whole: bytes, offset: int, items: list[Item]) -> None:
        """Parse whole lines. The first branch is the hot path: 99.9 % of the lines of a real log."""
        hostile = _ESCAPED_NUL in whole
        lines = whole.split(b"\n")
        lines.pop()  # what follows the last newline: nothing
        decode, time_of, dialect, append, limit = (
            decode_strict,
            event_time,
            dialect_of,
            items.append,
            self._limit,
        )
        for line in lines:
            try:
                event = decode(line)
                ts = time_of(event.timestamp, event.epoch)
                payload = line.decode()
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                ts = None
            if ts is None or self._open or (hostile and _ESCAPED_NUL in line) or len(line) > limit:
                self._line(offset, line, items)
            else:
                append((offset, line, ts, event, dialect(event, line), payload, True, _NOTHING))
            offset += len(line) + 1

    def _line(self, offset: int, line: bytes, items: list[Item]) -> None:
        """Parse one line that the hot path left: odd, framed, torn, glued, escaped, drifted or no event at all."""
        todo = [(offset, line)]
        while todo:
            offset, line = todo.pop()
            if self._open and not self._continues(line):
                todo.append((offset, line))
                todo.extend(reversed(self._give_up(items)))
            elif self._open:
                self._extend(offset, line, items, todo)
            elif len(line) > self._limit:
                digest = blake3.blake3(line).digest()
                items.append(refuse_too_long(offset, len(line), line[:REJECT_BYTES_MAX], digest))
            else:
                self._fresh(offset, line, items)

    # -- a line at the start of a record ---------------------------------------------------------------------------

    def _fresh(self, offset: int, line: bytes, items: list[Item]) -> None:
        self._objects = Objects()
        hole = len(line) - len(line.lstrip(b"\0"))
        if hole:
            detail = f"{hole} NUL bytes, as copytruncate leaves them under a writer that keeps its offset"
            items.append(Gap(offset, hole, GapCause.NUL_HOLE, detail))
        at = hole
        found = False  # whether this line gave any item of its own
        while True:
            at = frame_end(line, at, wrapped=self._wrapped)
            if at == len(line):
                self.blank += not found
                return
            if not found and line[at : at + 1] != b"{":
                read = _read(offset + hole, line[hole:])
                is_json = not isinstance(read, Refused) or read.reason is not Reason.NOT_JSON
                seam = None if is_json else SEAM.search(line, at)
                if seam is None:
                    self._take(offset + hole, line[hole:], read, items)
                    return
                items.append(_torn(offset + hole, line[hole : seam.start()]))
                found, at = True, seam.start()
            end = self._piece(offset, line, at, items)
            if end is None:
                return
            found = found or end > 0
            at = abs(end)

    def _piece(self, offset: int, line: bytes, at: int, items: list[Item]) -> int | None:
        """Handle what starts at `at`: return where it ends (negative for a frame), None when the line is used up."""
        wrapper = WRAPPER.match(line, at)
        if wrapper:
            self._wrapped = True
            return -wrapper.end()
        end = self._objects.end(line, at) if line[at : at + 1] == b"{" else None
        if end is not None:
            # Most often the object ends with the line; spaces after it belong to the line.
            end = len(line) if is_blank_from(line, end) else end
            self._refuse_or_store(offset + at, line[at:end], items)
            return end
        seam = SEAM.search(line, at + 1)
        if seam:
            items.append(_torn(offset + at, line[at : seam.start()]))
            return seam.start()
        read = _read(offset + at, line[at:])
        if not isinstance(read, Refused) or read.reason is not Reason.NOT_JSON:
            self._take(offset + at, line[at:], read, items)
            return None
        self._depth = Depth()
        closed = self._depth.feed(line[at:])
        if closed or self._depth.broken or line[at : at + 1] != b"{":
            self._take(offset + at, line[at:], read, items)
        else:
            self._open = [(offset + at, line[at:])]
        return None

    def _refuse_or_store(self, offset: int, line: bytes, items: list[Item]) -> None:
        self._take(offset, line, _read(offset, line), items)

    def _take(self, offset: int, line: bytes, read: ParsedEvent | Refused, items: list[Item]) -> None:
        if isinstance(read, Refused):
            digest = blake3.blake3(line).digest()
            items.append(Reject(offset, len(line), read.reason, read.detail, line, digest))
        else:
            items.append(read)

    # -- lines of a pretty-printed object ---------------------------------------------------------------------------

    def _continues(self, line: bytes) -> bool:
        """Tell whether a line can belong to the open object: an event that stands on one line never does."""
        if len(self._open) >= PRETTY_LINES_MAX or SEAM.match(line):
            return False
        if self._open[-1][0] - self._open[0][0] + len(line) > self._limit:
            return False
        body = line.strip(WHITESPACE).rstrip(b",")
        whole = body.startswith(b"{") and body.endswith(b"}")
        return not (whole and not isinstance(decode_tolerant(body), Refused))

    def _extend(self, offset: int, line: bytes, items: list[Item], todo: list[tuple[int, bytes]]) -> None:
        self._open.append((offset, line))
        closed = self._depth.feed(line)
        start = self._open[0][0]
        if len(self._open) == 2:
            wrapper = WRAPPER.match(b"\n".join(piece for _, piece in self._open))
            if wrapper:
                self._wrapped = True
                self.blank += 1
                self._open = []
                used = wrapper.end() - (offset - start)
                todo.append((offset + used, line[used:]))
                return
        if self._depth.broken:
            todo.extend(reversed(self._give_up(items)))
        elif closed:
            text = b"\n".join(piece for _, piece in self._open)
            if Objects().end(text, 0) is None:
                todo.extend(reversed(self._give_up(items)))
            else:
                self._open = []
                self._fresh(start, text, items)

    def _give_up(self, items: list[Item]) -> list[tuple[int, bytes]]:
        """Refuse the first line of the open object, which never was one, and return the lines after it."""
        (offset, line), *rest = self._open
        self._open = []
        items.append(_torn(offset, line))
        return rest

    def _abandon(self, items: list[Item]) -> None:
        while self._open:
            for offset, line in self._give_up(items):
                self._line(offset, line, items)


def _torn(offset: int, line: bytes) -> Reject:
    detail = "a torn line: the JSON object breaks off"
    return Reject(offset, len(line), Reason.NOT_JSON, detail, line, blake3.blake3(line).digest())


def _read(offset: int, line: bytes) -> ParsedEvent | Refused:
    """Read one whole line by itself, with the result that the hot path has for it."""
    if _ESCAPED_NUL not in line:
        try:
            event = decode_strict(line)
            ts = event_time(event.timestamp, event.epoch)
            if ts is not None:
                return (offset, line, ts, event, dialect_of(event, line), line.decode(), True, _NOTHING)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
    result = decode_tolerant(line)
    if isinstance(result, Refused):
        return result
    dialect = dialect_of(result.event, line)
    return (offset, line, result.ts, result.event, dialect, result.payload, result.exact, result.drift)


def parse_line(offset: int, line: bytes) -> ParsedEvent:
    """Parse one line that is known to be an event, as a store holds it."""
    read = _read(offset, line)
    if isinstance(read, Refused):
        raise ValueError(f"not an event: {read.detail}")
    return read


def parse_all(data: bytes) -> list[Outcome]:
    """Parse a whole source at once and say what became of each line; blanks and gaps are left out."""
    return list(_outcomes(data))


def _outcomes(data: bytes) -> Iterator[Outcome]:
    parser = Parser()
    for item in (*parser.feed(data), *parser.finish()):
        if isinstance(item, tuple):
            yield Outcome(True, None, item[1])
        elif isinstance(item, Reject):
            yield Outcome(False, item.reason, item.line)
