"""A random player and his tiny model: a writer, a rotator and a vandal at one log, and which lines they completed."""

from __future__ import annotations

import gzip
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import blake3
from tests.follow.hand import Hand, lines


@dataclass(slots=True, eq=False)
class Stream:
    """What one writer wrote between two beginnings, wherever it lies now."""

    path: Path
    content: bytearray = field(default_factory=bytearray)
    hole: int = 0  # NUL bytes before it in its file
    ends: dict[bytes, int] = field(default_factory=dict)  # each whole line, and where it ends in the content
    was_shown: bool = False  # a follower looked while it had a whole line
    was_hurt: bool = False  # it was removed or overwritten, so that lines may be missing

    def holds(self, fingerprint: bytes, head_bytes: int) -> bool:
        """Tell whether a source of the store is this stream."""
        return blake3.blake3(bytes(self.content[:head_bytes])).digest() == fingerprint


class Player:
    """Does to a log what happens to logs. Everything is remembered that is needed to say what a store must hold."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.streams: list[Stream] = []
        self.torn: list[bytes] = []  # lines that were begun and cut or glued somewhere
        self.half = b""  # what is to come of the line that was begun last
        self._number = 0
        self._rotations = 0
        self.live = self._begin()

    def _begin(self, hole: int = 0) -> Stream:
        self.streams.append(Stream(self.hand.log, hole=hole))
        return self.streams[-1]

    @property
    def rotated(self) -> list[Stream]:
        """Return the streams that lie under other names."""
        return [one for one in self.streams if one is not self.live and one.path.exists()]

    def new_line(self) -> bytes:
        """Return a line that was never written."""
        self._number += 1
        return lines(1, first=self._number, size=self._number % 90)[0]

    def write(self, content: bytes) -> None:
        """Write at the writer's place."""
        if self.live.hole and not self.live.content:
            with self.live.path.open("r+b" if self.live.path.exists() else "w+b") as file:
                file.truncate(self.live.hole)
        self.hand.append(content, self.live.path)
        self.live.content += content

    def append(self, count: int) -> None:
        """Write whole lines, the rest of a begun one first."""
        self.complete()
        for _ in range(count):
            line = self.new_line()
            self.write(line + b"\n")
            self.live.ends[line] = len(self.live.content)

    def tear(self, share: float) -> None:
        """Begin a line and stop in the middle."""
        self.complete()
        line = self.new_line()
        cut = max(1, int(len(line) * share))
        self.write(line[:cut])
        self.half = line[cut:]
        self.torn.append(line)

    def complete(self) -> None:
        """Write the rest of a begun line; in another stream it is a piece that belongs to nothing."""
        if self.half:
            line = self.torn[-1]
            cut = len(line) - len(self.half)
            is_whole = bytes(self.live.content[-cut:]) == line[:cut]
            self.write(self.half + b"\n")
            self.half = b""
            if is_whole:
                self.live.ends[line] = len(self.live.content)

    def glue(self) -> None:
        """Be killed in a line, and begin again right behind it."""
        self.tear(0.6)
        self.half = b""
        line = self.new_line()
        self.write(line + b"\n")
        self.live.ends[line] = len(self.live.content)

    def rotate(self) -> None:
        """Give the log another name and begin a new one."""
        if self.live.path.exists():
            self.live.path = self.live.path.rename(self._next_name())
            self.live = self._begin()

    def copy_and_truncate(self, *, keeps_copy: bool, keeps_offset: bool) -> None:
        """Empty the file under its writer, with or without a copy; a writer that keeps its offset leaves a hole."""
        if not self.live.path.exists():
            return
        offset = self.live.hole + len(self.live.content)
        if keeps_copy and self.live.hole == 0:
            self.live.path = Path(shutil.copy(self.live.path, self._next_name()))
            self.hand.stamp(self.live.path)
        else:
            self._hurt(self.live)
        os.truncate(self.hand.log, 0)
        self.live = self._begin(offset if keeps_offset else 0)

    def replace(self, *, with_more: bool) -> None:
        """Put another file in the log's place: the same content and more, or something new."""
        self.complete()
        if not self.live.path.exists():
            return
        other = self.hand.logs / "incoming"
        if with_more:
            shutil.copy(self.live.path, other)
            self.hand.stamp(other)
            other.replace(self.live.path)
            self.live.was_shown = False  # the file that a follower saw is gone, and this one is another
            self.append(2)
        else:
            self._hurt(self.live)
            self.hand.append(b"", other)
            other.replace(self.hand.log)
            self.live = self._begin()

    def compress(self, index: int) -> None:
        """Pack a rotated log."""
        plain = [one for one in self.rotated if one.path.suffix != ".gz"]
        if plain:
            one = plain[index % len(plain)]
            packed = one.path.with_name(one.path.name + ".gz")
            packed.write_bytes(gzip.compress(one.path.read_bytes()))
            self.hand.stamp(packed)
            one.path.unlink()
            one.path = packed

    def delete(self, index: int) -> None:
        """Remove a log, the live one too; its writer then begins a new one."""
        there = [*self.rotated, self.live]
        one = there[index % len(there)]
        if one.path.exists():
            one.path.unlink()
            self._hurt(one)
            if one is self.live:
                self.live = self._begin()

    def show(self) -> None:
        """The follower looks."""
        self.hand.steps()
        for one in self.streams:
            if one.ends and one.path.exists():
                one.was_shown = True

    def _hurt(self, stream: Stream) -> None:
        """A stream lies nowhere any more."""
        stream.was_hurt = True
        stream.path = self.hand.logs / "nowhere"

    def _next_name(self) -> Path:
        self._rotations += 1
        return self.hand.logs / f"cowrie.json.{self._rotations}"
