"""The ledger: which runs read which bytes of which sources, and what they found missing."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from nacre.store.schema.base import BIG, STRICT, Base, RowId


class SourceRow(Base):
    """A stream of bytes with an identity that survives rename, growth and compression."""

    __tablename__ = "sources"
    __table_args__ = (
        Index("ix_sources_fingerprint", "fingerprint"),
        {"comment": "log files by the content of their head, with the checkpoint", **STRICT},
    )

    id: Mapped[RowId] = mapped_column(comment="opaque id")
    fingerprint: Mapped[bytes] = mapped_column(comment="BLAKE3 of the first head_bytes decompressed bytes")
    head_bytes: Mapped[int] = mapped_column(comment="bytes that the fingerprint covers; grows with a short file")
    path: Mapped[str] = mapped_column(comment="where it was found last")
    device: Mapped[int] = mapped_column(BIG, comment="device number when found last; a hint")
    inode: Mapped[int] = mapped_column(BIG, comment="inode number when found last; a hint")
    compression: Mapped[str] = mapped_column(comment="plain, gzip, bzip2, xz or zstd when found last")
    checkpoint: Mapped[int] = mapped_column(BIG, comment="decompressed bytes that are in the store, from 0")
    marker: Mapped[bytes] = mapped_column(comment="fingerprint of the last bytes before the checkpoint")
    state: Mapped[str] = mapped_column(comment="open, complete or damaged")
    detail: Mapped[str] = mapped_column(comment="what is damaged, for a person")
    added_at: Mapped[int] = mapped_column(BIG, comment="when first found, microseconds since 1970 UTC")
    read_at: Mapped[int] = mapped_column(BIG, comment="when its checkpoint last moved")
    # 0 in a row that is older than the columns.
    size_bytes: Mapped[int] = mapped_column(
        BIG, server_default=text("0"), comment="bytes on disk when found last; a hint"
    )
    mtime_ns: Mapped[int] = mapped_column(
        BIG,
        server_default=text("0"),
        comment="time of the last write when found last, nanoseconds since 1970 UTC; a hint",
    )


class Run(Base):
    """One command that wrote to the store."""

    __tablename__ = "runs"
    __table_args__ = ({"comment": "one row a command that wrote", **STRICT},)

    id: Mapped[RowId] = mapped_column(comment="opaque id")
    mode: Mapped[str] = mapped_column(comment="load, follow, …")
    version: Mapped[str] = mapped_column(comment="version of nacre")
    actor: Mapped[str] = mapped_column(comment="user name of the process")
    host: Mapped[str] = mapped_column(comment="host name of the process")
    started_at: Mapped[int] = mapped_column(BIG, comment="microseconds since 1970 UTC")
    ended_at: Mapped[int | None] = mapped_column(BIG, comment="NULL while it runs, or when it was killed")
    outcome: Mapped[str | None] = mapped_column(
        comment="done, interrupted or failed; NULL while it runs or when killed"
    )
    counters: Mapped[str] = mapped_column(comment="the final receipt as JSON")


class BatchRow(Base):
    """Consecutive lines of one source that were committed together."""

    __tablename__ = "batches"
    __table_args__ = (
        Index("ix_batches_source_id_start", "source_id", "start_offset"),
        {"comment": "byte ranges committed together, chained by seals", **STRICT},
    )

    id: Mapped[RowId] = mapped_column(comment="order of commit")
    run_id: Mapped[int] = mapped_column(BIG, ForeignKey("runs.id"), comment="runs.id")
    source_id: Mapped[int] = mapped_column(BIG, ForeignKey("sources.id"), comment="sources.id")
    start_offset: Mapped[int] = mapped_column(BIG, comment="first byte, in the decompressed source")
    end_offset: Mapped[int] = mapped_column(BIG, comment="first byte after the last line")
    lines: Mapped[int] = mapped_column(comment="stored + duplicate + rejected + blank")
    stored: Mapped[int] = mapped_column(comment="events that were new")
    duplicate: Mapped[int] = mapped_column(comment="events that were in the store already")
    rejected: Mapped[int] = mapped_column(comment="lines that are not events")
    blank: Mapped[int] = mapped_column(comment="lines without content")
    first_ts: Mapped[int | None] = mapped_column(BIG, comment="least event time among the stored")
    last_ts: Mapped[int | None] = mapped_column(BIG, comment="greatest event time among the stored")
    digest: Mapped[bytes] = mapped_column(comment="BLAKE3 over the full digests of the stored events, by offset")
    previous_seal: Mapped[bytes] = mapped_column(comment="seal of the batch before; 32 zero bytes for the first")
    seal: Mapped[bytes] = mapped_column(comment="BLAKE3 over previous_seal, digest, counts and byte range")
    committed_at: Mapped[int] = mapped_column(BIG, comment="microseconds since 1970 UTC")


class CoverageGap(Base):
    """Bytes that are known to be missing from a source."""

    __tablename__ = "coverage_gaps"
    __table_args__ = ({"comment": "places where a source is known to lack bytes", **STRICT},)

    id: Mapped[RowId] = mapped_column(comment="opaque id")
    source_id: Mapped[int] = mapped_column(BIG, ForeignKey("sources.id"), comment="sources.id")
    byte_offset: Mapped[int] = mapped_column(BIG, comment="where, in the decompressed source")
    missing_bytes: Mapped[int] = mapped_column(BIG, comment="estimate; 0 when nothing can be said")
    cause: Mapped[str] = mapped_column(comment="nul_hole, truncated, corrupt, shortened, vanished or skipped")
    detail: Mapped[str] = mapped_column(comment="one sentence for a person")
    noticed_at: Mapped[int] = mapped_column(BIG, comment="microseconds since 1970 UTC")
