"""The store in memory: what a store must do, in dicts, and a caller that breaks the contract hears of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import blake3

from nacre.errors import CheckpointMoved, StoreError
from nacre.model.batch import DIGEST_BYTES, KEY_BYTES, NO_SESSION, Batch, Receipt, seal_of
from nacre.model.coverage import Gap, GapCause
from nacre.model.reject import Reject
from nacre.model.source import Checkpoint, KnownSource, SourceIdentity
from nacre.store.contract import Narrow, Reader, RunStart, Tenant
from nacre.store.leasing import NOBODY, Lease, kept_from, lease_end, lease_name, lease_names, refuse_leased
from nacre.store.memory_summaries import Summaries
from nacre.store.snapshot import Snapshot, ordered
from nacre.store.soundness import assert_narrowed, assert_sound

FIRST_SEAL = bytes(DIGEST_BYTES)
STATES = ("open", "complete", "damaged")
OUTCOMES = ("done", "interrupted", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedBatch:
    """The ledger's row of a batch; `actor` and `host` are its audit row's."""

    id: int
    run_id: int
    source_id: int
    start: int
    end: int
    counts: tuple[int, int, int, int, int]  # lines, stored, duplicate, rejected, blank
    first_ts: int | None
    last_ts: int | None
    digest: bytes
    previous_seal: bytes
    seal: bytes
    actor: str
    host: str


@dataclass(slots=True)
class _Source:
    checkpoint: Checkpoint
    state: str = "open"
    detail: str = ""
    gaps: dict[tuple[int, str], Gap] = field(default_factory=dict)

    def add_gaps(self, gaps: Sequence[Gap]) -> None:
        for gap in gaps:
            self.gaps.setdefault((gap.offset, gap.cause), gap)
        skipped = sum(gap.missing_bytes for gap in self.gaps.values() if gap.cause == GapCause.SKIPPED)
        self.checkpoint = replace(self.checkpoint, skipped_bytes=skipped)


class MemoryStore:
    """The writing side of contract.Store without a disk, for tests.

    Raise AssertionError where the caller breaks the contract: a batch that is not sound, a run or source that
    is not known, a run that has ended, a store that was closed.
    """

    def __init__(
        self,
        *,
        narrow: Narrow,
        clock: Callable[[], int],
        seal_key: bytes | None = None,
        tenant: Tenant = NOBODY,
    ) -> None:
        self.batches: list[CommittedBatch] = []
        self._narrow = narrow
        self._clock = clock
        self._seal_key = seal_key
        self._tenant = tenant
        self._leases: dict[str, Lease] = {}
        self._open = True
        self._runs: list[RunStart] = []
        self._outcomes: dict[int, tuple[str, dict[str, Any]]] = {}
        self._sources: list[_Source] = []
        self._events: dict[tuple[int, bytes], tuple[Any, ...]] = {}
        self._rejects: dict[bytes, Reject] = {}
        self._summaries = Summaries()

    def beside(self, tenant: Tenant) -> MemoryStore:
        """Return another store over the same memory, as another process has one over the same file."""
        other = copy.copy(self)
        other._tenant = tenant
        return other

    @property
    def url(self) -> str:
        """Name the store."""
        return "memory:"

    def start_run(self, start: RunStart) -> int:
        """Open a run and return its id."""
        self._assert_open()
        self._runs.append(start)
        return len(self._runs)

    def end_run(self, run_id: int, outcome: str, counters: Mapping[str, Any]) -> None:
        """Write how a run ended and its counters."""
        self._run(run_id)
        assert outcome in OUTCOMES, f"a run cannot end {outcome!r}"
        self._outcomes[run_id] = (outcome, dict(counters))

    def candidates(self, identity: SourceIdentity) -> Sequence[Checkpoint]:
        """Return the sources that may be this one, the greatest checkpoint first."""
        self._assert_open()
        found = [
            source.checkpoint
            for source in self._sources
            if source.checkpoint.identity.fingerprint == identity.fingerprint
            or source.checkpoint.identity.head_bytes < identity.head_bytes
        ]
        return sorted(found, key=lambda checkpoint: (-checkpoint.offset, checkpoint.source_id))

    def sources(self) -> Sequence[KnownSource]:
        """Return all sources, in the order of their ids."""
        self._assert_open()
        return [KnownSource(checkpoint=source.checkpoint, state=source.state) for source in self._sources]

    def add_source(self, identity: SourceIdentity) -> Checkpoint:
        """Remember a source that was never seen; its checkpoint is 0."""
        self._assert_open()
        checkpoint = Checkpoint(source_id=len(self._sources) + 1, offset=0, marker=b"", identity=identity)
        self._sources.append(_Source(checkpoint))
        return checkpoint

    def touch_source(self, source_id: int, identity: SourceIdentity) -> None:
        """Update how a known source was found last, and its fingerprint if the head grew."""
        source = self._source(source_id)
        known = source.checkpoint.identity
        if (known.size_bytes, known.mtime_ns) != (identity.size_bytes, identity.mtime_ns):
            source.state = "open"
        if identity.head_bytes <= known.head_bytes:
            identity = replace(identity, fingerprint=known.fingerprint, head_bytes=known.head_bytes)
        source.checkpoint = replace(source.checkpoint, identity=identity)

    def append(self, run_id: int, source_id: int, batch: Batch) -> Receipt:
        """Take a batch, whole or not at all."""
        started = self._clock()
        run, source = self._run(run_id), self._source(source_id)
        assert_sound(batch)
        lease = self._leases.get(lease_name(source_id))
        refuse_leased(source.checkpoint.identity.path, lease, tenant=self._tenant.name, now=started)
        if source.checkpoint.offset != batch.start:
            message = f"source {source_id} is at {source.checkpoint.offset}, the batch begins at {batch.start}"
            raise CheckpointMoved(message, hint="another run reads the same source")
        new = self._new_rows(batch)
        kept = batch if len(new) == len(batch.events.ts) else self._narrow(batch, new)
        assert_narrowed(kept)
        assert [batch.events.ts[row] for row in new] == kept.events.ts, "narrow kept other rows than asked"
        # Nothing was changed so far, and nothing can fail from here on.
        self._take_events(kept)
        new_sessions = self._summaries.grow(kept.sensors, copy.deepcopy(kept.growth))
        for reject in batch.rejects:
            self._rejects.setdefault(reject.digest, reject)
        source.add_gaps(batch.gaps)
        sealed = self._seal(batch, kept, run=run, run_id=run_id, source_id=source_id)
        self.batches.append(sealed)
        source.checkpoint = replace(source.checkpoint, offset=batch.end, marker=batch.marker)
        seconds = (self._clock() - started) / 1e6
        return Receipt(sealed.id, *sealed.counts, new_sessions=new_sessions, commit_seconds=seconds)

    def lease(self, source_ids: Sequence[int], *, seconds: float) -> Mapping[int, str]:
        """Take or renew leases of sources for this store's tenant; return who holds those it did not get."""
        assert seconds > 0, "a lease that ends before it begins"
        names = self._lease_names(source_ids)
        now = self._clock()
        wanted = {name: lease for name, lease in self._leases.items() if name in names}
        kept = kept_from(self._tenant, wanted, now=now)
        self._leases.update(dict.fromkeys(names.keys() - kept.keys(), (self._tenant.name, lease_end(now, seconds))))
        return {names[name]: owner for name, owner in kept.items()}

    def release(self, source_ids: Sequence[int]) -> None:
        """Give leases of this tenant back; those of others, and none, are left alone."""
        for name in self._lease_names(source_ids):
            if name in self._leases and self._leases[name][0] == self._tenant.name:
                del self._leases[name]

    def settle_source(self, source_id: int, state: str, detail: str, gaps: Sequence[Gap]) -> None:
        """Record that a source was read to its end for now."""
        source = self._source(source_id)
        assert state in STATES, f"a source cannot be {state!r}"
        source.state, source.detail = state, detail
        source.add_gaps(gaps)

    def reader(self) -> Reader:
        """Return the reading side of the same store; this one has none."""
        raise StoreError("the store in memory has no reader", hint="use a SQLite store to ask questions")

    def close(self) -> None:
        """Release the store; a second call does nothing."""
        self._open = False

    def snapshot(self) -> Snapshot:
        """Return all that it holds, in the form of nacre.store.snapshot; also after it was closed."""
        rejects = [(key.hex(), it.reason, it.length, it.line) for key, it in self._rejects.items()]
        gaps = [
            (gap.cause, gap.offset, gap.missing_bytes, gap.detail)
            for source in self._sources
            for gap in source.gaps.values()
        ]
        return {
            "events": ordered(self._events.values()),
            **self._summaries.snapshot(),
            "rejects": ordered(rejects),
            "coverage_gaps": ordered(gaps),
        }

    def _assert_open(self) -> None:
        assert self._open, "the store was closed"

    def _run(self, run_id: int) -> RunStart:
        self._assert_open()
        assert 1 <= run_id <= len(self._runs), f"no run {run_id}"
        assert run_id not in self._outcomes, f"run {run_id} has ended"
        return self._runs[run_id - 1]

    def _source(self, source_id: int) -> _Source:
        self._assert_open()
        assert 1 <= source_id <= len(self._sources), f"no source {source_id}"
        return self._sources[source_id - 1]

    def _lease_names(self, source_ids: Sequence[int]) -> dict[str, int]:
        for source_id in source_ids:
            self._source(source_id)
        return lease_names(source_ids)

    def _new_rows(self, batch: Batch) -> list[int]:
        first: dict[tuple[int, bytes], int] = {}
        for row in range(len(batch.events.ts)):
            first.setdefault(_key(batch, row), row)
        return [row for key, row in first.items() if key not in self._events]

    def _take_events(self, kept: Batch) -> None:
        events = kept.events
        for row, ts in enumerate(events.ts):
            session = events.session[row]
            self._events[_key(kept, row)] = (
                ts,
                _key(kept, row)[1].hex(),
                kept.sensors[events.sensor[row]],
                None if session == NO_SESSION else kept.growth.sessions[session].session,
                *kept.schemas[events.schema[row]],
                events.payload[row],
                events.line(row),
            )

    def _seal(self, batch: Batch, kept: Batch, *, run: RunStart, run_id: int, source_id: int) -> CommittedBatch:
        sent, stored = len(batch.events.ts), len(kept.events.ts)
        counts = (batch.lines, stored, sent - stored, len(batch.rejects), batch.blank)
        previous = self.batches[-1].seal if self.batches else FIRST_SEAL
        digest = blake3.blake3(kept.events.digests).digest()
        places = (source_id, batch.start, batch.end)
        return CommittedBatch(
            id=len(self.batches) + 1,
            run_id=run_id,
            source_id=source_id,
            start=batch.start,
            end=batch.end,
            counts=counts,
            first_ts=min(kept.events.ts, default=None),
            last_ts=max(kept.events.ts, default=None),
            digest=digest,
            previous_seal=previous,
            seal=seal_of(previous, digest, places + counts, key=self._seal_key),
            actor=run.actor,
            host=run.host,
        )


def _key(batch: Batch, row: int) -> tuple[int, bytes]:
    start = row * DIGEST_BYTES
    return batch.events.ts[row], batch.events.digests[start : start + KEY_BYTES]
