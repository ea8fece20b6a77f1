"""What a store remembers of a source, so that it is recognised after rename, growth and compression."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIdentity:
    """How a source is recognised: the digest of the first bytes of its decompressed content.

    Path, device, inode, compression, size and time are hints for people and for a quick look; they never decide.
    """

    fingerprint: bytes  # BLAKE3 of the first `head_bytes` decompressed bytes
    head_bytes: int  # how many bytes the fingerprint covers; fewer than the maximum for a short file
    path: str  # as found, with undecodable bytes escaped
    device: int
    inode: int
    compression: str  # plain, gzip, bzip2, xz or zstd
    size_bytes: int = 0  # on disk when found last
    mtime_ns: int = 0  # of the last write when found last, nanoseconds since 1970 UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How far a source was read: everything before `offset` is in the store."""

    source_id: int
    offset: int  # bytes of decompressed content
    marker: bytes  # fingerprint of the last bytes before the offset
    identity: SourceIdentity
    skipped_bytes: int = 0  # from 0 on, left out because an operator asked to begin at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSource:
    """A source as the store remembers it."""

    checkpoint: Checkpoint
    state: str  # open, complete or damaged
