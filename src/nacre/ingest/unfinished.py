"""Sources that were not at their end when a follower began: found again, explained by a hole, or vanished."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from nacre.ingest.ending import shortened, vanished
from nacre.ingest.reading import LEASE_SECONDS, File
from nacre.ingest.watcher import FollowWatcher
from nacre.model.coverage import Gap
from nacre.model.source import Checkpoint, KnownSource, SourceIdentity
from nacre.sources import covers
from nacre.store.contract import Store


class Unfinished:
    """Keeps account of them: nobody saw the end of what is not found again, so that is a gap."""

    def __init__(
        self, store: Store, known: Iterable[KnownSource], *, paths: Sequence[str], watcher: FollowWatcher
    ) -> None:
        self._store = store
        self._paths = paths
        self._watcher = watcher
        self._sources = {one.checkpoint.source_id: one.checkpoint for one in known if one.state == "open"}
        self._suspects: set[int] = set()  # those that were not found at the last look

    def found(self, source_id: int) -> None:
        """A source is being read."""
        self._sources.pop(source_id, None)

    def explain(self, file: File, hole_bytes: int) -> bool:
        """Tell whether one of them was in a file that has a hole now; what it lacks is recorded then, exactly."""
        for source_id, known in list(self._sources.items()):
            if (known.identity.device, known.identity.inode) == file:
                self._record(known, shortened(known.offset, 0, hole_bytes))
                self.found(source_id)
                return True
        return False

    def miss(self, here: Collection[int]) -> bool:
        """Record which of them are not `here`, where everything in sight is known; tell whether another look is needed.

        It takes two looks, because a file that is renamed while its folder is listed is under neither name.
        """
        absent = {
            source_id: known
            for source_id, known in self._sources.items()
            if source_id not in here and self._is_gone(known.identity)
        }
        is_doubtful = not absent.keys() <= self._suspects
        for source_id in absent.keys() & self._suspects:
            self._record(absent[source_id], [vanished(absent[source_id].offset)])
            self.found(source_id)
        self._suspects = set(absent)
        return is_doubtful

    def _is_gone(self, identity: SourceIdentity) -> bool:
        """Tell whether a file should be in sight. Where its file system is away, nothing can be said: then the folder
        is on another device, or, as a mount point without its mount, empty.
        """
        folder = Path(identity.path).absolute().parent
        if not covers(self._paths, identity.path):
            return False
        try:
            return folder.stat().st_dev == identity.device and any(folder.iterdir())
        except OSError:
            return False

    def _record(self, known: Checkpoint, gaps: list[Gap]) -> None:
        """Settle a source whose file is not its own any more, unless somebody else reads it elsewhere."""
        if self._store.lease([known.source_id], seconds=LEASE_SECONDS):
            return
        detail = gaps[0].detail if gaps else "its file was overwritten after it was read to its end"
        self._store.settle_source(known.source_id, "complete", detail, gaps)
        self._store.release([known.source_id])
        for gap in gaps:
            self._watcher.lacking(Path(known.identity.path), gap)
