"""The reference writer's ledger: sources, gaps, sealed batches and the audit rows that name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import blake3
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nacre.model.batch import Batch, seal_of
from nacre.model.coverage import Gap, GapCause
from nacre.model.source import Checkpoint, SourceIdentity
from nacre.store.orm_rows import rows_by_key
from nacre.store.schema import AuditEntry, BatchRow, CoverageGap, Run, SourceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a batch stands in the chain, and who adds it."""

    batch_id: int
    previous_seal: bytes
    run_id: int
    source_id: int
    committed_at: int  # microseconds since 1970 UTC


def sealed(batch: Batch, link: Link, *, duplicate: int, key: bytes | None) -> BatchRow:
    """Return the row of a batch that holds its new events only, with its digest and seal."""
    ts, stored, rejected = batch.events.ts, len(batch.events.ts), len(batch.rejects)
    digest = blake3.blake3(batch.events.digests).digest()
    counts = (batch.lines, stored, duplicate, rejected, batch.blank)
    places = (link.source_id, batch.start, batch.end)
    return BatchRow(
        id=link.batch_id,
        run_id=link.run_id,
        source_id=link.source_id,
        start_offset=batch.start,
        end_offset=batch.end,
        lines=batch.lines,
        stored=stored,
        duplicate=duplicate,
        rejected=rejected,
        blank=batch.blank,
        first_ts=min(ts, default=None),
        last_ts=max(ts, default=None),
        digest=digest,
        previous_seal=link.previous_seal,
        seal=seal_of(link.previous_seal, digest, places + counts, key=key),
        committed_at=link.committed_at,
    )


def audit_of(batch: BatchRow, run: Run) -> AuditEntry:
    """Return the audit row of a batch's insertion."""
    return AuditEntry(
        at=batch.committed_at,
        actor=run.actor,
        host=run.host,
        run_id=run.id,
        table_name=BatchRow.__tablename__,
        key=str(batch.id),
        mutation="insert",
        before_digest=None,
        after_digest=batch.seal,
    )


def add_gaps(db: Session, source_id: int, gaps: Sequence[Gap], *, now: int) -> None:
    """Insert the gaps that are not known yet by source, offset and cause; of equal ones the first goes in."""
    columns = (CoverageGap.source_id, CoverageGap.byte_offset, CoverageGap.cause)
    known = rows_by_key(db, CoverageGap, columns, [(source_id, gap.offset, gap.cause) for gap in gaps])
    for gap in gaps:
        key = (source_id, gap.offset, gap.cause)
        if key not in known:
            known[key] = CoverageGap(
                source_id=source_id,
                byte_offset=gap.offset,
                missing_bytes=gap.missing_bytes,
                cause=gap.cause,
                detail=gap.detail,
                noticed_at=now,
            )
            db.add(known[key])
    db.flush()


def new_source(identity: SourceIdentity, *, now: int) -> SourceRow:
    """Return the row of a source that was never seen: nothing read, open."""
    return SourceRow(
        fingerprint=identity.fingerprint,
        head_bytes=identity.head_bytes,
        path=identity.path,
        device=identity.device,
        inode=identity.inode,
        compression=identity.compression,
        checkpoint=0,
        marker=b"",
        state="open",
        detail="",
        added_at=now,
        read_at=now,
        size_bytes=identity.size_bytes,
        mtime_ns=identity.mtime_ns,
    )


def touch(row: SourceRow, identity: SourceIdentity) -> None:
    """Write how a source was found last; a shorter head never replaces a longer one."""
    if (row.size_bytes, row.mtime_ns) != (identity.size_bytes, identity.mtime_ns):
        row.state = "open"
    row.path, row.device, row.inode = identity.path, identity.device, identity.inode
    row.compression, row.size_bytes, row.mtime_ns = identity.compression, identity.size_bytes, identity.mtime_ns
    if identity.head_bytes > row.head_bytes:
        row.fingerprint, row.head_bytes = identity.fingerprint, identity.head_bytes


def skipped_bytes(db: Session) -> dict[int, int]:
    """Return how many bytes an operator had left out, by source; a source of which nothing was is not in it."""
    total = func.sum(CoverageGap.missing_bytes)
    skipped = CoverageGap.cause == GapCause.SKIPPED.value
    rows = db.execute(select(CoverageGap.source_id, total).where(skipped).group_by(CoverageGap.source_id))
    return {source_id: int(missing_bytes) for source_id, missing_bytes in rows}


def checkpoint_of(row: SourceRow, skipped_bytes: int = 0) -> Checkpoint:
    """Return how far a source was read, with the identity that is known of it."""
    identity = SourceIdentity(
        fingerprint=row.fingerprint,
        head_bytes=row.head_bytes,
        path=row.path,
        device=row.device,
        inode=row.inode,
        compression=row.compression,
        size_bytes=row.size_bytes,
        mtime_ns=row.mtime_ns,
    )
    return Checkpoint(
        source_id=row.id, offset=row.checkpoint, marker=row.marker, identity=identity, skipped_bytes=skipped_bytes
    )
