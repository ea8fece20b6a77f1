"""The forms a log is packed in: recognised by their first bytes, never by a name, and opened when needed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Protocol, cast

# A decoder may take this much memory for its window. Precedents: xz -9 asks for 65 MiB, zstd --ultra -22
# for 128 MiB (its own default limit); a hostile xz header may ask for 4 GiB.
XZ_MEMORY_BYTES_MAX = 128 * 1024 * 1024


class Compression(StrEnum):
    """How the bytes on disk are packed."""

    PLAIN = "plain"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"


# RFC 1952 2.3.1; bzip2 block and end-of-stream magic after "BZh" and a level; .xz format 2.1.1.1; RFC 8878
# 3.1.1, and its skippable frames, with which pzstd begins its files.
_MAGIC: dict[Compression, tuple[bytes, ...]] = {
    Compression.GZIP: (b"\x1f\x8b",),
    Compression.BZIP2: tuple(
        b"BZh%d" % level + block for level in range(1, 10) for block in (b"1AY&SY", b"\x17rE8P\x90")
    ),
    Compression.XZ: (b"\xfd7zXZ\x00",),
    Compression.ZSTD: (b"\x28\xb5\x2f\xfd", *(bytes([low]) + b"\x2a\x4d\x18" for low in range(0x50, 0x60))),
}
MAGIC_BYTES = 10  # the longest of them

_PREFIX_BYTES_MIN = 3  # of a cut magic: "B" or 0x28 alone could be text


class Decoder(Protocol):
    """Decompress one member (gzip), stream (bzip2, xz) or frame (zstd), with bounded output for each call."""

    @property
    def eof(self) -> bool:
        """Tell whether the member is at its end."""
        ...

    @property
    def needs_input(self) -> bool:
        """Tell whether everything that the input so far gives was returned."""
        ...

    @property
    def unused_data(self) -> bytes:
        """Return the input after the end of the member."""
        ...

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """Take `data` and return at most `max_length` bytes of content."""
        ...


@dataclass(frozen=True, slots=True)
class Codec:
    """What reading one form of compression needs."""

    name: Compression
    open_decoder: Callable[[], Decoder]  # a fresh one for each member
    errors: tuple[type[Exception], ...]  # what a decoder raises for content that contradicts itself
    magic: tuple[bytes, ...]  # with one of these each member begins
    may_pad: bool  # the format allows zero bytes after a member

    def begins(self, data: bytes) -> bool:
        """Tell whether `data` begins like a member."""
        return data.startswith(self.magic)

    def may_begin(self, data: bytes) -> bool:
        """Tell whether `data` is the cut-off beginning of a member's magic."""
        return any(magic.startswith(data) for magic in self.magic)


def sniff(head: bytes) -> Compression:
    """Return how content that begins with `head` is packed; a file cut within its magic counts as packed."""
    for name, magic in _MAGIC.items():
        if head.startswith(magic):
            return name
        if _PREFIX_BYTES_MIN <= len(head) < MAGIC_BYTES and any(item.startswith(head) for item in magic):
            return name
    return Compression.PLAIN


@cache
def load_codec(name: Compression) -> Codec:
    """Return the codec of a packed form; its library is imported now, since most runs meet one form only."""
    match name:
        case Compression.GZIP:
            return _gzip()
        case Compression.BZIP2:
            return _bzip2()
        case Compression.XZ:
            return _xz()
        case Compression.ZSTD:
            return _zstd()
    raise AssertionError(f"{name} needs no codec")


def _gzip() -> Codec:
    from isal.igzip_lib import DECOMP_GZIP, IgzipDecompressor, IsalError

    error = cast("type[Exception]", IsalError)  # its stub declares an instance
    errors = (error, EOFError, ValueError)
    magic = _MAGIC[Compression.GZIP]
    return Codec(Compression.GZIP, lambda: IgzipDecompressor(flag=DECOMP_GZIP), errors, magic, may_pad=False)


def _bzip2() -> Codec:
    from bz2 import BZ2Decompressor

    errors = (OSError, EOFError, ValueError)
    return Codec(Compression.BZIP2, BZ2Decompressor, errors, _MAGIC[Compression.BZIP2], may_pad=False)


def _xz() -> Codec:
    from lzma import FORMAT_XZ, LZMADecompressor, LZMAError

    def open_decoder() -> Decoder:
        return LZMADecompressor(format=FORMAT_XZ, memlimit=XZ_MEMORY_BYTES_MAX)

    errors = (LZMAError, EOFError, ValueError)
    return Codec(Compression.XZ, open_decoder, errors, _MAGIC[Compression.XZ], may_pad=True)


def _zstd() -> Codec:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor, ZstdError
    else:
        from backports.zstd import ZstdDecompressor, ZstdError

    errors = (ZstdError, EOFError, ValueError)
    return Codec(Compression.ZSTD, ZstdDecompressor, errors, _MAGIC[Compression.ZSTD], may_pad=False)
