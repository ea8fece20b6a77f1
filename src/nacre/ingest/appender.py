"""The one place where a follower's batches become durable."""

from __future__ import annotations

from nacre.errors import CheckpointMoved, SourceLeased
from nacre.ingest.inventory import LEASED_SECONDS
from nacre.ingest.pace import Pace
from nacre.ingest.roster import Roster
from nacre.ingest.sizing import BatchSize
from nacre.ingest.tail import Tail
from nacre.ingest.totals import Totals
from nacre.ingest.watcher import FollowWatcher
from nacre.sources import Skipped, SkipReason
from nacre.store.contract import Store


class Appender:
    """Stores what tails understood, batch by batch."""

    def __init__(self, store: Store, roster: Roster, pace: Pace, *, size: BatchSize, watcher: FollowWatcher) -> None:
        self.totals = Totals()
        self.size = size  # of the batches to come
        self._store = store
        self._roster = roster
        self._pace = pace
        self._watcher = watcher

    def append(self, tail: Tail, now: float) -> bool:
        """Make the tail's next batch durable, if it has one; tell whether the tail is still ours.

        A StoreError leaves the batch with the tail: the same one is appended when this is called again.
        """
        batch = tail.take()
        if batch is None:
            return True
        try:
            receipt = self._store.append(self.totals.run, tail.source_id, batch)
        except (CheckpointMoved, SourceLeased) as exc:
            self.leave(tail, exc.message, now)
            return False
        tail.stored()
        self.totals.add(receipt)
        self._pace.took(batch, now)
        self.size = self.size.after(receipt.commit_seconds)
        self._watcher.stored(tail.path, batch.end - batch.start, receipt)
        for gap in batch.gaps:
            self._watcher.lacking(tail.path, gap)
        self._roster.learn_head(tail)
        return True

    def drain(self, tail: Tail, now: float) -> bool:
        """Make all that the tail understood durable; tell whether the tail is still ours."""
        while tail.is_pending:
            if not self.append(tail, now):
                return False
        return True

    def leave(self, tail: Tail, why: str, now: float) -> None:
        """Another process reads this stream: leave it, and look again later."""
        self._watcher.skipped(Skipped(tail.path, SkipReason.LEASED, why))
        self._roster.drop(tail, again_at=now + LEASED_SECONDS)
