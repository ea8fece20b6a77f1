"""A random player against a tiny model: after all that can happen to a log, the store holds every line that was ever
completed, once, but for those that a recorded gap covers.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.follow.hand import START, Hand, joined
from tests.follow.player import Player, Stream
from tests.quiet import Quiet

from nacre.ingest.bulk import Load, Loader
from nacre.parse.fold import narrow
from nacre.store.contract import Tenant
from nacre.store.memory import MemoryStore
from nacre.store.snapshot import snapshot
from nacre.store.sqlite import SqliteStore

EXAMPLES = int(os.environ.get("NACRE_EXAMPLES", "40"))
INDEX = st.integers(0, 7)


class Following(RuleBasedStateMachine):
    """One player, one follower at a time, killed and started at any moment."""

    @initialize()
    def begin(self) -> None:
        """Begin with an empty folder."""
        self.folder = Path(tempfile.mkdtemp(prefix="nacre-follow-"))
        self.hand = Hand(self.folder)
        self.player = Player(self.hand)
        self.is_running = True

    @rule(count=st.integers(1, 4))
    def append(self, count: int) -> None:
        """Lines are written."""
        self.player.append(count)

    @rule(share=st.floats(0.01, 0.99))
    def tear(self, share: float) -> None:
        """Half a line is written."""
        self.player.tear(share)

    @rule()
    def complete(self) -> None:
        """The other half is written."""
        self.player.complete()

    @rule()
    def glue(self) -> None:
        """The writer is killed in a line and started again."""
        self.player.glue()

    @rule()
    def rotate(self) -> None:
        """Midnight."""
        self.player.rotate()

    @rule(keeps_copy=st.booleans(), keeps_offset=st.booleans())
    def truncate(self, keeps_copy: bool, keeps_offset: bool) -> None:
        """The file is emptied in place."""
        self.player.copy_and_truncate(keeps_copy=keeps_copy, keeps_offset=keeps_offset)

    @rule(with_more=st.booleans())
    def replace(self, with_more: bool) -> None:
        """Another file takes the name."""
        self.player.replace(with_more=with_more)

    @rule(index=INDEX)
    def compress(self, index: int) -> None:
        """A rotated file is packed."""
        self.player.compress(index)

    @rule(index=INDEX)
    def delete(self, index: int) -> None:
        """A file is removed."""
        self.player.delete(index)

    @rule()
    def look(self) -> None:
        """The follower does what there is to do."""
        self._run()
        self.player.show()

    @rule(seconds=st.sampled_from([2.0, 10.0, 70.0, 4000.0]))
    def wait(self, seconds: float) -> None:
        """Time passes; half a line that stands for more than an hour is a torn one."""
        if seconds > 3600:
            self.player.half = b""
        self.hand._ahead += seconds

    @rule()
    def kill(self) -> None:
        """The follower is killed, and not started yet."""
        if self.is_running:
            self.hand.kill()
            self.is_running = False

    @rule()
    def stop(self) -> None:
        """The follower is asked to end."""
        if self.is_running:
            self.hand.stop()
            self.is_running = False

    @rule()
    def load(self) -> None:
        """Somebody loads the folder into the same store."""
        store = SqliteStore(self.hand.db, narrow=narrow, clock=self.hand.clock, tenant=Tenant("load"))
        load = Load(files=sorted(self.hand.logs.iterdir()), jobs=0)
        with closing(store):
            Loader(store, load, clock=self.hand.clock, watcher=Quiet()).run(START)

    def _run(self) -> None:
        if not self.is_running:
            self.hand.start()
            self.is_running = True

    def teardown(self) -> None:
        """Come to rest and compare."""
        if not hasattr(self, "hand"):
            return
        try:
            self._run()
            self.player.show()
            self.hand.rest()
            self.hand.stop()
            self._compare()
        finally:
            shutil.rmtree(self.folder)

    def _compare(self) -> None:
        streams, stored = self.player.streams, self.hand.stored()
        written = {line for one in streams for line in one.ends}
        assert stored <= written
        gaps = self._gaps()
        for stream in streams:
            missing = {line: end for line, end in stream.ends.items() if line not in stored}
            assert not missing or stream.was_hurt
            if stream.was_shown:
                # A gap begins where reading stopped: every line that it covers ends behind that.
                covered = min(gaps.get(stream, [1 << 60]))
                assert all(stream.hole + end > covered for end in missing.values()), "lost without a gap"
        assert all(stream.was_hurt for stream in gaps), "a gap where nothing was removed"
        for reject in self.hand.rejects():
            assert any(reject.strip(b"\0") in line for line in self.player.torn), "refused without being torn"
        account = self.hand.account()
        assert account["balanced"], account["findings"]
        self._compare_summaries(stored)

    def _gaps(self) -> dict[Stream, list[int]]:
        """Return where the recorded gaps of each stream begin."""
        found: dict[Stream, list[int]] = {}
        rows = self.hand.rows(
            "SELECT s.fingerprint, s.head_bytes, g.byte_offset, g.cause FROM coverage_gaps AS g "
            "JOIN sources AS s ON s.id = g.source_id WHERE g.cause <> 'nul_hole'"
        )
        for fingerprint, head_bytes, offset, cause in rows:
            owners = [one for one in self.player.streams if one.holds(fingerprint, head_bytes)]
            assert owners, f"a gap ({cause}) in something that was never written"
            for one in owners:
                found.setdefault(one, []).append(offset)
        return found

    def _compare_summaries(self, stored: set[bytes]) -> None:
        """Hold everything derived against a store that was told the same lines at once."""
        path = self.folder / "all.json"
        path.write_bytes(joined(sorted(stored)))
        fresh = MemoryStore(narrow=narrow, clock=self.hand.clock)
        Loader(fresh, Load(files=(path,), jobs=0), clock=self.hand.clock, watcher=Quiet()).run(START)
        mine, theirs = self.hand.tables(), snapshot(fresh)
        for name in ("events", "sessions", "entities", "entity_days", "session_entities", "coverage"):
            assert theirs[name] == mine[name], name


Following.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestFollowing = Following.TestCase
