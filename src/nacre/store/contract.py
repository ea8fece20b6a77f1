"""What every store promises; the floors above know a store only through this page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from nacre.model.batch import Batch, Receipt
from nacre.model.coverage import Gap
from nacre.model.source import Checkpoint, KnownSource, SourceIdentity

Row = tuple[Any, ...]

# No lease lasts longer without being renewed. A follower renews every few seconds; a lease that outlives a process on
# another host keeps a source unread for this long at most.
LEASE_SECONDS_MAX = 60.0

# Given a batch and the rows of it that were new, return the batch of only those: same range and line counts,
# growth folded anew. The parser's room provides it; a store calls it when a batch held known events.
Narrow = Callable[[Batch, Sequence[int]], Batch]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStart:
    """Who starts to write, and as what."""

    mode: str  # load, follow, …
    version: str  # of nacre
    actor: str  # user name of the process
    host: str  # host name of the process


@dataclass(frozen=True, slots=True)
class Tenant:
    """Who takes leases. Two stores with tenants of one name are one to the leases."""

    name: str = "nobody"
    # Whether the process of another tenant is known to have ended, so that its leases need not be waited for.
    is_gone: Callable[[str], bool] = field(default=lambda name: False)


class Store(Protocol):
    """A place that keeps batches.

    Durable: what a method changed has been committed when it returns; after a kill -9 the store is as it was before
    or after the call, never between. A power cut may lose the last commits (SQLite with synchronous=NORMAL), but always
    rows together with the checkpoint that vouches for them, so they are read again.
    Concurrent: one instance belongs to one thread. Several instances, also in several processes, may write to one
    store; writers take turns, a batch at a time.
    Repeatable: appending lines that the store holds changes nothing but the ledger (runs, batches, checkpoints).
    Errors: StoreError and its children, nothing else; after one, the transaction was rolled back and the store is
    usable.
    """

    @property
    def url(self) -> str:
        """Name the store as a person would on the command line, without a password."""

    def start_run(self, start: RunStart) -> int:
        """Open a run and return its id."""

    def end_run(self, run_id: int, outcome: str, counters: Mapping[str, Any]) -> None:
        """Write how a run ended (done, interrupted or failed) and its counters, stored as JSON."""

    def candidates(self, identity: SourceIdentity) -> Sequence[Checkpoint]:
        """Return the sources that may be this one: equal fingerprints, and all whose known head is shorter.

        The greatest checkpoint comes first. Whether one really is this source the caller decides by its bytes.
        """

    def sources(self) -> Sequence[KnownSource]:
        """Return all sources, in the order of their ids; for the quick look at a folder of thousands of files."""

    def add_source(self, identity: SourceIdentity) -> Checkpoint:
        """Remember a source that was never seen; its checkpoint is 0."""

    def touch_source(self, source_id: int, identity: SourceIdentity) -> None:
        """Update how a known source was found last: path, compression, inode, size and time, and its fingerprint if the
        head grew. A source whose size or time is another than it was is open again.
        """

    def append(self, run_id: int, source_id: int, batch: Batch) -> Receipt:
        """Commit a batch in one transaction: events, rejects, summaries, gaps, seal, audit row and checkpoint.

        Only events whose (ts, digest) the store did not hold are added, and only they grow the summaries; of equal
        lines in one batch the first counts. The batch must begin where the source's checkpoint stands, else
        CheckpointMoved is raised and nothing changes: two readers of one source cannot interleave. While another tenant
        holds the source's lease, SourceLeased is raised and nothing changes.
        """

    def lease(self, source_ids: Sequence[int], *, seconds: float) -> Mapping[int, str]:
        """Take the leases of sources for this store's tenant, or renew them; return who holds those it did not get.

        All in one transaction. A lease is to be had when nobody holds it, when it has expired, when its tenant is gone,
        and when it ends later than LEASE_SECONDS_MAX from now: the clock was set back since. A lease that is not
        renewed ends after `seconds`, at most LEASE_SECONDS_MAX.
        """

    def release(self, source_ids: Sequence[int]) -> None:
        """Give leases of this tenant back; those of others, and none, are left alone."""

    def settle_source(self, source_id: int, state: str, detail: str, gaps: Sequence[Gap]) -> None:
        """Record that a source was read to its end for now: its state (open, complete, damaged) and new gaps.

        A gap at an offset and of a cause that is known already is not recorded again.
        """

    def reader(self) -> Reader:
        """Return the reading side of the same store; it sees what was committed before each query."""

    def close(self) -> None:
        """Release the store; a second call does nothing."""


class Reader(Protocol):
    """Named questions to a store. Queries are listed, with their parameters, in the files of store/sql."""

    def rows(self, name: str, /, **parameters: Any) -> Iterator[Row]:
        """Run the named query and stream its rows; memory does not grow with their number."""

    def row(self, name: str, /, **parameters: Any) -> Row | None:
        """Run the named query and return its first row."""

    def facts(self) -> Mapping[str, Any]:
        """Return what is worth knowing of the store itself: size, journal mode, schema revision, WAL size."""

    def close(self) -> None:
        """Release the reader; a second call does nothing."""
