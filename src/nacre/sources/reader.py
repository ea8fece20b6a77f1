"""Read the content of an open log from any place, whatever packs it."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from nacre.model.source import SourceIdentity
from nacre.sources.compression import MAGIC_BYTES, Compression, load_codec, sniff
from nacre.sources.identity import HEAD_BYTES_MAX, MARKER_BYTES, fingerprint, is_same_head, marker_of
from nacre.sources.trouble import Damage, DamageKind, printable
from nacre.sources.unpack import skip_bytes, unpack

BLOCK_BYTES = 4 * 1024 * 1024

# Read once, when a log is opened, for all questions about its head: a bzip2 block alone costs 40 ms.
OPENING_BYTES = 64 * 1024


class Source:
    """An open log. Its content is the decompressed bytes, and every offset counts those.

    It stays the same file when its path is renamed or removed. Reads go by position: several may run at once,
    in several threads. Nothing in the content raises: what cannot be read ends the bytes, `damage` says why.
    Close it, or use it as a context manager.
    """

    __slots__ = (
        "_file",
        "_opening",
        "compression",
        "damage",
        "head",
        "hole_bytes",
        "identity",
        "path",
        "size_bytes",
    )

    def __init__(self, path: Path, file: io.FileIO) -> None:
        """Take over an open regular file. Raises OSError when its first bytes cannot be read."""
        self._file = file
        self.refresh(path)

    def refresh(self, path: Path) -> None:
        """Look at the open file anew, under the name that it has now: its size, its head and what follows from them.

        Raises OSError when its first bytes cannot be read.
        """
        fd = self._file.fileno()
        info = os.fstat(fd)
        self.path = path  # as found
        self.size_bytes = info.st_size  # on disk, when looked at
        self.damage: Damage | None = None  # found by the last read that came to the end
        self.compression = sniff(os.pread(fd, MAGIC_BYTES, 0))
        self._opening = self.read(0, OPENING_BYTES)
        self.hole_bytes = self._leading_hole()  # NUL bytes before the content, left by a truncation
        # It begins after the hole: daily copies of a log with a hole would all have a head of NULs in common.
        self.head = self.read_head(HEAD_BYTES_MAX)
        self.identity = SourceIdentity(
            fingerprint=fingerprint(self.head),
            head_bytes=len(self.head),
            path=printable(path),
            device=info.st_dev,
            inode=info.st_ino,
            compression=self.compression.value,
            size_bytes=info.st_size,
            mtime_ns=info.st_mtime_ns,
        )

    def status(self) -> os.stat_result:
        """Return what the system says of the open file now. Raises OSError."""
        return os.fstat(self._file.fileno())

    def added(self, offset: int, before: bytes, length: int) -> bytes | None:
        """Return up to `length` bytes that a plain file has from `offset` on, b"" at its end for now.

        `before` is what the file had just before `offset` when that was read: None says that it has not any more, so
        the file was truncated or overwritten in place. One call of the system, so that nothing can happen in between.
        Raises OSError.
        """
        start = offset - len(before)
        data = os.pread(self._file.fileno(), len(before) + length, start)
        return data[len(before) :] if data.startswith(before) else None

    def blocks(self, start: int = 0, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
        """Yield the content from offset `start` in blocks of exactly `block_bytes`, the last one shorter.

        Ends at the end of the content as it is then: a file that grows can be read on from there. To get to
        `start` costs nothing in a plain file; a compressed one is decompressed. Holds two blocks at most.
        """
        if self.compression is Compression.PLAIN:
            yield from self._plain_blocks(start, block_bytes)
        else:
            yield from _joined(skip_bytes(self._unpacked(), start), block_bytes)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes of content from `offset`, fewer only where the content ends."""
        return next(self.blocks(offset, length), b"") if length else b""

    def read_head(self, length: int) -> bytes:
        """Return up to `length` bytes of content from the end of the hole on."""
        known = self._opening[self.hole_bytes :]
        is_all = len(self._opening) < OPENING_BYTES
        return known[:length] if is_all or len(known) >= length else self.read(self.hole_bytes, length)

    def matches(self, identity: SourceIdentity) -> bool:
        """Tell whether this is the source that `identity` describes, renamed, grown or compressed since."""
        return is_same_head(identity, self.head)

    def marker_at(self, offset: int) -> bytes | None:
        """Return the marker of the place before `offset`, or None when the content is shorter."""
        start = max(0, offset - MARKER_BYTES)
        before = self.read(start, offset - start)
        return marker_of(before) if len(before) == offset - start else None

    def verify_marker(self, offset: int, marker: bytes) -> bool:
        """Tell whether the bytes before `offset` are those that `marker` was made of."""
        return self.marker_at(offset) == marker

    def close(self) -> None:
        """Give the file back; reads after it are an error of the caller."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Source({printable(self.path)!r}, {self.compression.value}, {self.size_bytes} bytes on disk)"

    def _plain_blocks(self, start: int, block_bytes: int) -> Iterator[bytes]:
        fd = self._file.fileno()
        offset, damage = start, None
        while True:
            try:
                block = _read_fully(fd, offset, block_bytes)
            except OSError as exc:
                damage = Damage(DamageKind.IO, offset, exc.strerror or str(exc))
                break
            if not block:
                break
            offset += len(block)
            yield block
        self.damage = damage

    def _unpacked(self) -> Iterator[bytes]:
        damage = None
        for piece in unpack(self._file.fileno(), load_codec(self.compression)):
            if isinstance(piece, Damage):
                damage = piece
            else:
                yield piece
        self.damage = damage

    def _leading_hole(self) -> int:
        opening = self._opening
        if len(opening) < OPENING_BYTES or opening.strip(b"\0"):
            return len(opening) - len(opening.lstrip(b"\0"))
        offset = self._first_data() if self.compression is Compression.PLAIN else 0
        for block in self.blocks(offset):
            rest = block.lstrip(b"\0") if block.count(0) != len(block) else b""
            if rest:
                return offset + len(block) - len(rest)
            offset += len(block)
        return offset

    def _first_data(self) -> int:
        # A hole of 100 GB takes no space on disk and should take no time here. Where that is not known: 0.
        try:
            return os.lseek(self._file.fileno(), 0, os.SEEK_DATA)
        except OSError as exc:
            return self.size_bytes if exc.errno == errno.ENXIO else 0  # ENXIO: a hole to the end


def _read_fully(fd: int, offset: int, length: int) -> bytes:
    # Network file systems may deliver less than asked in the middle of a file; most reads come whole.
    data = os.pread(fd, length, offset)
    while data and len(data) < length and (more := os.pread(fd, length - len(data), offset + len(data))):
        data += more
    return data


def _joined(pieces: Iterator[bytes], block_bytes: int) -> Iterator[bytes]:
    held: list[bytes] = []
    held_bytes = 0
    for piece in pieces:
        held.append(piece)
        held_bytes += len(piece)
        if held_bytes < block_bytes:
            continue
        joined = b"".join(held) if len(held) > 1 else piece
        whole = held_bytes - held_bytes % block_bytes
        for start in range(0, whole, block_bytes):
            yield joined[start : start + block_bytes]
        held = [joined[whole:]] if whole < held_bytes else []
        held_bytes -= whole
    if held:
        yield b"".join(held)
