"""Follow: live files through the pipeline, in one process; the same batches and the same append as a load."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from nacre.errors import StoreError, StoreFull
from nacre.ingest import collector
from nacre.ingest.appender import Appender
from nacre.ingest.closing import Closing
from nacre.ingest.inventory import UNREADABLE_SECONDS
from nacre.ingest.pace import Limits, Pace
from nacre.ingest.reading import LEASE_SECONDS, Moment, Reading
from nacre.ingest.roster import Roster
from nacre.ingest.sizing import BatchSize
from nacre.ingest.tail import Pull, Tail
from nacre.ingest.totals import Totals
from nacre.ingest.watcher import FollowWatcher
from nacre.sources import Skipped, SkipReason, Watch
from nacre.store.contract import RunStart, Store

# Of the age that a line may reach this part is spent on waiting for others; the rest is for noticing it and the commit.
WAITING_SHARE = 0.6

# A batch of this size is stored at once: waiting for more would not make it cheaper.
EARLY_BYTES = 128 * 1024

# Looking at the folders takes at most a fiftieth of the time, however many files there are; a tenth when names change.
LOOK_SHARE = 50
LOOK_SHARE_ASKED = 10

# After so long without a line, noticing the next one may take a tenth of a second longer.
IDLE_SECONDS = 10.0

# Asked to end, a follower is gone within five seconds: an attempt that is under way may wait a second for the store,
# and so may the last one, and closing the store.
STOP_SECONDS = 1.5
STOP_PAUSE_SECONDS = 0.1

STATUS_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """What to follow, and how."""

    reading: Reading
    limits: Limits = field(default_factory=Limits)
    poll_seconds: float = 1.0  # how often to look although nothing was told
    age_seconds: float = 0.25  # a line should be in the store when it is this old
    size: BatchSize = field(default_factory=BatchSize)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything outside that a follower asks or tells."""

    clock: Callable[[], int]  # microseconds since 1970 UTC
    monotonic: Callable[[], float]  # seconds
    free_bytes: Callable[[], int]  # on the store's disk
    chance: Callable[[], float]  # from 0 up to 1
    publish: Callable[[dict[str, Any]], None]  # the follower's state, for `nacre status`


class Follower:
    """Keeps a store seconds behind live files.

    `step` does what there is to do and says how long nothing will have to be done. The files are the queue: while the
    store is slow or away they are not read, and what is held in memory is one batch of each file at most.
    """

    def __init__(self, store: Store, follow: Follow, *, around: Surroundings, watcher: FollowWatcher) -> None:
        self.roster = Roster(store, follow.reading, watcher=watcher)
        self.is_caught_up = False  # whether the last step left nothing to read
        self.error: StoreError | None = None  # why the last step could do nothing
        self._store = store
        self._follow = follow
        self._around = around
        self._watcher = watcher
        self._pace = Pace(follow.limits, free_bytes=around.free_bytes, chance=around.chance)
        size = follow.limits.portioned(follow.size)
        self._appender = Appender(store, self.roster, self._pace, size=size, watcher=watcher)
        after = follow.reading.closed_after_seconds
        self._closing = Closing(store, self.roster, self._appender, watcher=watcher, closed_after_seconds=after)
        self._look_at = self._look_from = self._renew_at = self._due = self._grown_at = float("-inf")
        self._turn = 0  # whose turn it is when a rate does not let all files be read
        self._committed_us = 0
        self._publish_at, self._state_told, self._batches_told = float("-inf"), ("", False), 0

    @property
    def totals(self) -> Totals:
        """Return what this follower did so far."""
        return self._appender.totals

    @property
    def is_idle(self) -> bool:
        """Tell whether no line has come for a while."""
        return self._around.monotonic() - self._grown_at > IDLE_SECONDS

    def begin(self, start: RunStart) -> None:
        """Open the run."""
        self.totals.run = self._store.start_run(start)

    def has_given_up(self) -> bool:
        """Tell whether nothing will be tried for a while: the breaker is open, or the store's disk is full."""
        return self._pace.is_paused() or self._pace.is_open(self._around.monotonic())

    def look_soon(self) -> None:
        """Look at the folders in the next step: a name appeared, went or changed."""
        self._look_at = min(self._look_at, self._look_from)

    # -- one step ---------------------------------------------------------------------------------------------------

    def step(self) -> float:
        """Do what there is to do now; return for how many seconds, at most, nothing will have to be done.

        A store that cannot take anything now is not an error but time to wait. Raises StoreError for one that never
        will, and SourceLeased when another follower reads these files.
        """
        now = self._around.monotonic()
        wait = self._pace.hold_seconds(now)
        if wait > 0:
            self.is_caught_up = False
            if self._pace.is_paused():
                self.error = StoreFull(f"only {self._pace.free} bytes are free on the store's disk", hint="make room")
                self._watcher.troubled(self.error.message, wait)
        else:
            wait = self._try(now)
        self._publish(now)
        return wait

    def _publish(self, now: float) -> None:
        """Tell the state where `nacre status` finds it: when it changed, and not at every batch."""
        state = self._state(now), self._pace.is_open(now)
        if state != self._state_told or (now >= self._publish_at and self.totals.batches != self._batches_told):
            self._state_told, self._batches_told, self._publish_at = state, self.totals.batches, now + STATUS_SECONDS
            self._around.publish(self.document(now))

    def _try(self, now: float) -> float:
        try:
            wait = self._pass(now)
        except StoreError as exc:
            if not exc.is_passing:
                raise
            self.error, self.is_caught_up = exc, False
            wait = self._pace.failed(exc.message, now)
            self._watcher.troubled(exc.message, wait)
            return wait
        self._pace.succeeded(now)
        if self.error is not None:
            self.error = None
            self._watcher.troubled("", 0.0)
        return wait

    def _pass(self, now: float) -> float:
        self._renew(now)
        if now >= self._look_at:
            self.roster.look(Moment(now, self._around.clock()))
            took = self.roster.look_seconds  # without the store's part: it may have been waited for
            self._look_at = now + max(self._follow.poll_seconds, LOOK_SHARE * took)
            self._look_from = now + LOOK_SHARE_ASKED * took
        is_more = self._read(now)
        wait = self._pace.wait_seconds(now)
        if wait > 0:
            self.is_caught_up = False
            return min(wait, max(0.0, min(self._look_at, self._renew_at) - now))
        is_waiting = self._commit(now)
        if self._closing.run(self._around.monotonic()):
            self.look_soon()
        self.is_caught_up = not (is_more or is_waiting or self.roster.is_waiting or now >= self._look_at)
        until = min(self._look_at, self._renew_at, self._due if is_waiting else self._look_at)
        return 0.0 if is_more else max(0.0, until - now)

    def _renew(self, now: float) -> None:
        """Renew the leases; while the store fails, also the way to try it with little."""
        if now < self._renew_at and not self._pace.is_failing():
            return
        refused = self._store.lease(self.roster.source_ids(), seconds=LEASE_SECONDS)
        self._renew_at = now + LEASE_SECONDS / 3
        for tail in self.roster.read_by_others(refused):
            self._appender.leave(tail, f"read by {refused[tail.source_id]}", now)

    def _read(self, now: float) -> bool:
        """Read all files on and store what is worth a batch; tell whether one of them has more at once."""
        is_more = False
        tails = list(self.roster.tails.values())
        for place in range(len(tails)):
            if self._pace.wait_seconds(now) > 0:
                self._turn += place  # the next time goes on with this one
                return True
            is_more |= self._read_one(tails[(self._turn + place) % len(tails)], now)
        return is_more

    def _read_one(self, tail: Tail, now: float) -> bool:
        if tail.is_finished and not tail.is_archive:
            return False
        if tail.batch is not None and not self._appender.append(tail, now):
            return True
        pull = tail.pull(self._appender.size, now)
        self._grown_at = max(self._grown_at, tail.grown_at)
        is_worth = pull is Pull.FULL or tail.batcher.size_bytes >= EARLY_BYTES
        if is_worth and not self._append(tail, now):
            return True
        if pull is Pull.CHANGED:
            self.roster.lose(tail)
            self.look_soon()
        elif pull is Pull.FAILED:
            self._watcher.skipped(Skipped(tail.path, SkipReason.UNREADABLE, tail.failure))
            self.roster.drop(tail, again_at=now + UNREADABLE_SECONDS)
        elif pull is Pull.ENDED:
            self._closing.end_archive(tail, Moment(now, self._around.clock()))
            self.look_soon()
        return pull not in (Pull.END, Pull.FAILED)

    def _append(self, tail: Tail, now: float) -> bool:
        self._committed_us = self._around.clock()
        return self._appender.append(tail, now)

    def _commit(self, now: float) -> bool:
        """Store what is pending, if it is time; tell whether something is left for later.

        A line that comes after a pause is stored at once. When lines keep coming, so many are taken together that
        none waits longer than its share of `age_seconds`: each batch has its row in the ledger.
        """
        tails = [*self.roster.tails.values(), *(lost.tail for lost in self.roster.lost.values())]
        pending = [tail for tail in tails if tail.is_pending]
        if pending and now >= self._due:
            began = self._around.monotonic()
            for tail in pending:
                self._appender.drain(tail, now)
            self._committed_us = self._around.clock()
            ended = self._around.monotonic()
            self._due = ended + max(WAITING_SHARE * self._follow.age_seconds, 3 * (ended - began))
            return False
        return bool(pending)

    # -- the end ----------------------------------------------------------------------------------------------------

    def finish(self, outcome: str, seconds: float) -> None:
        """Store what is whole, say where each file was left, and end the run; tried for STOP_SECONDS at most.

        What cannot be stored by then is read again by the next follower: it stands behind the checkpoints.
        """
        until = self._around.monotonic() + STOP_SECONDS
        while True:
            try:
                self._leave_all(until)
                self._store.end_run(self.totals.run, outcome, self.totals.receipt(seconds))
                break
            except StoreError as exc:
                if not exc.is_passing or self._around.monotonic() > until:
                    self._watcher.troubled(exc.message, 0.0)
                    break
            time.sleep(STOP_PAUSE_SECONDS)
        self.roster.close()

    def _leave_all(self, until: float) -> None:
        """Store what is whole, and say of each file where it was left; what is not done by then is left as it is."""
        now = self._around.monotonic()
        leased = self.roster.source_ids()
        for tail in list(self.roster.tails.values()):
            if self._around.monotonic() > until:
                break
            if not tail.is_finished and tail.batch is None and tail.pull(self._appender.size, now) is Pull.CHANGED:
                self.roster.lose(tail)
        # Of a stream that was truncated in place the copy is found, or missed, by the next follower.
        for tail in [*self.roster.tails.values(), *(lost.tail for lost in self.roster.lost.values())]:
            if self._around.monotonic() > until:
                break
            if self._appender.drain(tail, now):
                self._leave(tail, now)
        self._store.release(leased)

    def _leave(self, tail: Tail, now: float) -> None:
        is_lost = tail.source_id in self.roster.lost
        if tail.is_removed() and tail.sighting() is not None and not (is_lost or tail.is_archive):
            self._closing.end(tail, now)  # nobody can ever read on here
        else:
            self._closing.leave_open(tail)
            self.roster.drop(tail)

    def document(self, now: float) -> dict[str, Any]:
        """Return the follower's state as `nacre status` shows it."""
        tails = self.roster.tails.values()
        return {
            "run": self.totals.run,
            "state": self._state(now),
            "at": self._around.clock(),
            "committed_at": self._committed_us,
            "files": len(tails),
            "lag_bytes": sum(tail.lag_bytes for tail in tails),
            "held_bytes": sum(tail.batcher.held_bytes for tail in tails),
            "lines": self.totals.lines,
            "stored": self.totals.stored,
            "duplicate": self.totals.duplicate,
            "rejected": self.totals.rejected,
            "batches": self.totals.batches,
            **self._pace.document(now),
        }

    def _state(self, now: float) -> str:
        if self._pace.is_paused():
            return "paused"
        if self._pace.is_failing():
            return "retrying"
        return "following" if self.is_caught_up else "catching_up"


def drive(follower: Follower, start: RunStart, watch: Watch, *, stop: Event, is_once: bool) -> Totals:
    """Follow until `stop` is set, or, with `is_once`, until everything that is there now is stored.

    The run's outcome is written in any case. With `is_once`, a store that takes nothing is an error after a few tries.
    """
    began = time.perf_counter()
    follower.begin(start)
    outcome = "failed"
    try:
        with collector.seldom():
            while not stop.is_set():
                wait = follower.step()
                if is_once and follower.is_caught_up:
                    break
                if is_once and follower.error is not None and follower.has_given_up():
                    raise follower.error
                is_new = wait > 0 and watch.wait(wait, known=follower.roster.names, stop=stop, is_idle=follower.is_idle)
                if is_new:
                    follower.look_soon()
                watch.listen()
        outcome = "interrupted" if is_once and stop.is_set() else "done"
    finally:
        follower.finish(outcome, time.perf_counter() - began)
    return follower.totals
