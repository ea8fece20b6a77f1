"""The reference writer: the contract in plain SQLAlchemy, clear rather than quick, for every database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from nacre.errors import CheckpointMoved, StoreError
from nacre.model.batch import DIGEST_BYTES, Batch, Receipt
from nacre.model.coverage import Gap
from nacre.model.source import Checkpoint, KnownSource, SourceIdentity
from nacre.store import migrate, orm_events, orm_leases, orm_ledger, orm_summaries
from nacre.store.contract import Narrow, Reader, RunStart, Tenant
from nacre.store.driver import BUSY_SECONDS
from nacre.store.engine import open_engine
from nacre.store.faults import translating
from nacre.store.leasing import NOBODY
from nacre.store.schema import BatchRow, Run, SourceRow

FIRST_SEAL = bytes(DIGEST_BYTES)  # what the first batch of a store is chained to


class OrmStore:
    """A store written through SQLAlchemy. It keeps contract.Store; the contract suite holds it to that.

    `clock` gives microseconds since 1970 UTC. An empty database becomes a store; one at another schema
    revision than this nacre's raises StoreTooOld or StoreTooNew, somebody else's database NotAStore.
    """

    def __init__(
        self,
        url: str,
        *,
        narrow: Narrow,
        clock: Callable[[], int],
        seal_key: bytes | None = None,
        busy_seconds: float = BUSY_SECONDS,
        tenant: Tenant = NOBODY,
    ) -> None:
        self._engine = open_engine(url, busy_seconds=busy_seconds)
        self._url = self._engine.url.render_as_string(hide_password=True)
        self._narrow = narrow
        self._clock = clock
        self._seal_key = seal_key
        self._tenant = tenant
        try:
            migrate.prepare(self._engine)
        except BaseException:
            self._engine.dispose()
            raise

    @property
    def url(self) -> str:
        """Name the store as a person would on the command line, without a password."""
        return self._url

    def start_run(self, start: RunStart) -> int:
        """Open a run and return its id."""
        with self._transaction() as db:
            run = Run(
                mode=start.mode,
                version=start.version,
                actor=start.actor,
                host=start.host,
                started_at=self._clock(),
                counters="{}",
            )
            db.add(run)
            db.flush()
            return run.id

    def end_run(self, run_id: int, outcome: str, counters: Mapping[str, Any]) -> None:
        """Write how a run ended (done, interrupted or failed) and its counters, stored as JSON."""
        with self._transaction() as db:
            run = self._run(db, run_id)
            run.ended_at = self._clock()
            run.outcome = outcome
            run.counters = json.dumps(dict(counters))

    def candidates(self, identity: SourceIdentity) -> Sequence[Checkpoint]:
        """Return the sources that may be this one: equal fingerprints, and all with a shorter head."""
        shorter = SourceRow.head_bytes < identity.head_bytes
        maybe = or_(SourceRow.fingerprint == identity.fingerprint, shorter)
        query = select(SourceRow).where(maybe).order_by(SourceRow.checkpoint.desc(), SourceRow.id)
        with self._transaction(reading=True) as db:
            skipped = orm_ledger.skipped_bytes(db)
            return [orm_ledger.checkpoint_of(row, skipped.get(row.id, 0)) for row in db.scalars(query)]

    def sources(self) -> Sequence[KnownSource]:
        """Return all sources, in the order of their ids."""
        with self._transaction(reading=True) as db:
            skipped = orm_ledger.skipped_bytes(db)
            return [
                KnownSource(checkpoint=orm_ledger.checkpoint_of(row, skipped.get(row.id, 0)), state=row.state)
                for row in db.scalars(select(SourceRow).order_by(SourceRow.id))
            ]

    def add_source(self, identity: SourceIdentity) -> Checkpoint:
        """Remember a source that was never seen; its checkpoint is 0."""
        with self._transaction() as db:
            row = orm_ledger.new_source(identity, now=self._clock())
            db.add(row)
            db.flush()
            return orm_ledger.checkpoint_of(row)

    def touch_source(self, source_id: int, identity: SourceIdentity) -> None:
        """Update how a known source was found last, and its fingerprint if the head grew."""
        with self._transaction() as db:
            orm_ledger.touch(self._source(db, source_id), identity)

    def append(self, run_id: int, source_id: int, batch: Batch) -> Receipt:
        """Commit a batch in one transaction. The order of its writes is that of `_write`."""
        started = self._clock()
        with self._transaction() as db:
            row, new_sessions = self._write(db, run_id, source_id, batch)
        return Receipt(
            batch_id=row.id,
            lines=row.lines,
            stored=row.stored,
            duplicate=row.duplicate,
            rejected=row.rejected,
            blank=row.blank,
            new_sessions=new_sessions,
            commit_seconds=(self._clock() - started) / 1e6,
        )

    def _write(self, db: Session, run_id: int, source_id: int, batch: Batch) -> tuple[BatchRow, int]:
        """Do every write of a batch, in order, inside the transaction that the caller opened and will commit.

        A crash before COMMIT, at whichever step, leaves nothing: the database rolls back, the checkpoint
        stands before the batch, and the same bytes are read and appended again by the same code. A crash
        after COMMIT leaves all of it. The comments tell what each step would leave if it were committed
        alone, and so why none ever is.
        """
        # 1. The write lock is held since BEGIN. Another tenant's lease stops who would come to read the same bytes; the
        #    checkpoint stops who did read elsewhere. Nothing is written: the lease stays as it was.
        source, run, now = self._source(db, source_id), self._run(db, run_id), self._clock()
        orm_leases.refuse(db, source, self._tenant, now=now)
        _check(source, batch)
        link = _link(db, run_id=run_id, source_id=source_id, now=now)
        # 2. Dictionaries. Alone: names that nothing refers to yet; harmless, and found again.
        sensors = orm_events.sensor_ids(db, batch.sensors)
        schemas = orm_events.schema_ids(db, batch.schemas)
        # 3. Ids for the sessions, without rows: only new events may make rows. Nothing is written.
        sessions = orm_summaries.SessionIds(db)
        session_ids = sessions.of(sensors, batch.growth.sessions)
        # 4. Events. Alone: they would be known on the second reading, and never counted in any summary.
        references = orm_events.References(link.batch_id, sensors, schemas, session_ids)
        new_rows = orm_events.insert_new(db, batch.events, references)
        sent = len(batch.events.ts)
        # 5. Known events have grown the summaries already: fold the new ones alone.
        kept = batch if len(new_rows) == sent else self._narrow(batch, new_rows)
        # 6. Summaries. Alone: the second reading would find its events new and count them twice.
        new_sessions = orm_summaries.grow(db, kept, orm_events.sensor_ids(db, kept.sensors), sessions)
        # 7. The batch with its seal. Alone: a sealed claim about events that are not there. It goes before
        #    the rejects because a database checks their reference to it at once.
        row = orm_ledger.sealed(kept, link, duplicate=sent - len(new_rows), key=self._seal_key)
        db.add(row)
        db.flush()
        # 8. Rejects and gaps. Alone: found again by their digest or place, and not repeated.
        orm_events.insert_rejects(db, batch.rejects, link.batch_id)
        orm_ledger.add_gaps(db, source_id, batch.gaps, now=row.committed_at)
        # 9. Who did it.
        db.add(orm_ledger.audit_of(row, run))
        # 10. The checkpoint. Alone: lines skipped for ever, the one thing that must never be.
        source.checkpoint, source.marker, source.read_at = batch.end, batch.marker, row.committed_at
        db.flush()
        return row, new_sessions

    def lease(self, source_ids: Sequence[int], *, seconds: float) -> Mapping[int, str]:
        """Take or renew leases of sources for this store's tenant; return who holds those it did not get."""
        if not source_ids:
            return {}
        with self._transaction() as db:
            return orm_leases.take(db, self._tenant, source_ids, now=self._clock(), seconds=seconds)

    def release(self, source_ids: Sequence[int]) -> None:
        """Give leases of this tenant back; those of others, and none, are left alone."""
        if source_ids:
            with self._transaction() as db:
                orm_leases.give_back(db, self._tenant, source_ids)

    def settle_source(self, source_id: int, state: str, detail: str, gaps: Sequence[Gap]) -> None:
        """Record that a source was read to its end for now: its state and its new gaps."""
        with self._transaction() as db:
            source = self._source(db, source_id)
            source.state, source.detail = state, detail
            orm_ledger.add_gaps(db, source_id, gaps, now=self._clock())

    def reader(self) -> Reader:
        """Return the reading side of the same store; this writer has none of its own."""
        raise StoreError("the reference writer has no reader", hint="open the same store without --writer orm")

    def close(self) -> None:
        """Release the store; a second call does nothing."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, reading: bool = False) -> Iterator[Session]:
        """Commit when the block ends well; roll back whatever else happens, and tell errors as StoreError."""
        engine = self._engine.execution_options(reading=True) if reading else self._engine
        with (
            translating(self._url, raised=SQLAlchemyError),
            Session(engine, autoflush=False, expire_on_commit=False) as db,
            db.begin(),
        ):
            yield db

    def _source(self, db: Session, source_id: int) -> SourceRow:
        row = db.get(SourceRow, source_id)
        if row is None:
            raise StoreError(f"the store {self._url} has no source {source_id}", hint="add the source first")
        return row

    def _run(self, db: Session, run_id: int) -> Run:
        row = db.get(Run, run_id)
        if row is None:
            raise StoreError(f"the store {self._url} has no run {run_id}", hint="start a run first")
        return row


def _check(source: SourceRow, batch: Batch) -> None:
    if source.checkpoint != batch.start:
        raise CheckpointMoved(
            f"{source.path} is at byte {source.checkpoint}, but the batch begins at {batch.start}",
            hint="another run reads the same source; let one of them end",
        )


def _link(db: Session, *, run_id: int, source_id: int, now: int) -> orm_ledger.Link:
    """Take the next place in the chain: writers take turns, so the last batch stays the last until COMMIT."""
    last = db.scalar(select(BatchRow).order_by(BatchRow.id.desc()).limit(1))
    batch_id, seal = (1, FIRST_SEAL) if last is None else (last.id + 1, last.seal)
    return orm_ledger.Link(batch_id=batch_id, previous_seal=seal, run_id=run_id, source_id=source_id, committed_at=now)
