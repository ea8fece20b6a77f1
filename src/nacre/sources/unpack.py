"""Decompress a file piece by piece, member after member, up to its end or to the first damage."""

from __future__ import annotations

import os
from collections.abc import Iterator

from nacre.sources.compression import MAGIC_BYTES, Codec
from nacre.sources.trouble import Damage, DamageKind

# Input for one call and output of one call. Larger ones were not faster with igzip (2.4 GB/s from 64 KiB
# on), and what a call had decoded before it met damage is lost to the caller: the second pass starts again
# at this input.
CHUNK_BYTES = 64 * 1024
PIECE_BYTES = 64 * 1024


def unpack(fd: int, codec: Codec) -> Iterator[bytes | Damage]:
    """Yield the content in pieces of at most PIECE_BYTES, and last the damage, if there is any.

    Everything before the damage is delivered: a decoder that meets an error keeps back what it had decoded in
    that call, so the file is read a second time, byte by byte at the place.
    """
    first = _Pass(fd, codec)
    yield from first.pieces()
    damage = first.damage
    if damage is not None and damage.kind is DamageKind.CORRUPT:
        second = _Pass(fd, codec, careful_from=first.chunk_start)
        yield from skip_bytes(second.pieces(), first.produced)
        damage = second.damage
    if damage is not None:
        yield damage


def skip_bytes(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    """Yield `pieces` without their first `count` bytes."""
    for piece in pieces:
        if count < len(piece):
            yield piece[count:]
            count = 0
        else:
            count -= len(piece)


class _Pass:
    """One run through the file. It reads by position: runs over one descriptor do not disturb each other."""

    def __init__(self, fd: int, codec: Codec, *, careful_from: int | None = None) -> None:
        self._fd = fd
        self._codec = codec
        self._careful_from = careful_from  # from this byte of the file on, a chunk's worth is fed singly
        self._pending = b""  # read, but not yet given to a decoder
        self._position = 0  # of the next byte to read from the file
        self.chunk_start = 0  # where the chunk that was read last began
        self.produced = 0  # decompressed bytes delivered
        self.damage: Damage | None = None

    def pieces(self) -> Iterator[bytes]:
        """Yield the decompressed content of all members, up to the end or the first damage."""
        while True:
            yield from self._member()
            if self.damage is not None or not self._has_member():
                return

    def _member(self) -> Iterator[bytes]:
        decoder = self._codec.open_decoder()
        while not decoder.eof:
            data = b""
            if decoder.needs_input and not (data := self._take()):
                self._hurt(DamageKind.TRUNCATED, f"the {self._codec.name} data stops in mid-stream")
                return
            try:
                piece = decoder.decompress(data, PIECE_BYTES)
            except self._codec.errors as exc:
                self._hurt(DamageKind.CORRUPT, f"{self._codec.name}: {exc}")
                return
            if piece:
                self.produced += len(piece)
                yield piece
        self._pending = decoder.unused_data + self._pending

    def _has_member(self) -> bool:
        zeros = self._skip_zeros()
        while len(self._pending) < MAGIC_BYTES and (more := self._read()):
            self._pending += more
        if not self._pending:
            if zeros and not self._codec.may_pad:
                self._hurt(DamageKind.TRAILING, f"{zeros} zero bytes after the {self._codec.name} data")
            return False
        if self._codec.begins(self._pending):
            return True
        if self._codec.may_begin(self._pending):
            self._hurt(DamageKind.TRUNCATED, f"the {self._codec.name} data stops in a further header")
        else:
            surplus = os.fstat(self._fd).st_size - self._position + len(self._pending)
            self._hurt(DamageKind.TRAILING, f"{surplus} bytes after the {self._codec.name} data")
        return False

    def _skip_zeros(self) -> int:
        zeros = 0
        while data := self._take():
            rest = data.lstrip(b"\0")
            zeros += len(data) - len(rest)
            if rest:
                self._pending = rest
                break
        return zeros

    def _take(self) -> bytes:
        if self._pending:
            data, self._pending = self._pending, b""
            return data
        return self._read()

    def _read(self) -> bytes:
        self.chunk_start = self._position
        careful = self._careful_from
        is_careful = careful is not None and careful <= self._position < careful + CHUNK_BYTES
        try:
            data = os.pread(self._fd, 1 if is_careful else CHUNK_BYTES, self._position)
        except OSError as exc:
            self._hurt(DamageKind.IO, exc.strerror or str(exc))
            return b""
        self._position += len(data)
        return data

    def _hurt(self, kind: DamageKind, detail: str) -> None:
        if self.damage is None:  # an IO error also ends the input, which then looks truncated
            self.damage = Damage(kind, self.produced, detail)
