"""Waiting until something happens to files: told by the system where it can, else by the clock."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from threading import Event
from typing import Final

from nacre.sources.sightings import folders

# The library looks every step whether the system told of an event, and hands over what came when a step brought
# nothing more. Short while lines come; longer when none came for a while, so that an idle machine may sleep.
STEP_MS: Final = 20
STEP_IDLE_MS: Final = 50
GROUP_MS: Final = 40

MODIFIED: Final = 2  # watchfiles.Change


class Watch:
    """Waits, on one thread, until a name or a file below some paths changed, a time has passed, or it is to stop.

    Events are a hint: they may be missing (network file systems, too many watches) or say too much. Whoever waits must
    look for himself now and then. `why_deaf` says why there are none ("" when there are).
    """

    def __init__(self, paths: Sequence[str], *, ignored: str = "") -> None:
        """Begin to listen; names that begin with `ignored` are not reported: the store may lie among the logs."""
        from watchfiles._rust_notify import RustNotify

        self._kind = RustNotify
        self._paths = paths
        self._ignored = os.path.realpath(ignored) if ignored else ""
        self._notify: RustNotify | None = None
        self._heard: list[tuple[str, int, int]] = []  # directories listened to: name, device, inode
        self.why_deaf = ""
        self.listen()

    def listen(self) -> None:
        """Listen to the directories that exist now; call it again when one may have come, gone or been mounted."""
        is_deep = any(Path(path).is_dir() or "**" in path for path in self._paths)
        wanted = _identities(folders(self._paths, is_deep=is_deep))
        if wanted == self._heard and self._notify is not None:
            return
        self.close()
        self._heard = wanted
        try:
            self._notify = self._kind([name for name, *_ in wanted], False, False, 0, is_deep, True)
            self.why_deaf = ""
        except (OSError, RuntimeError) as exc:  # too many watches, no such directory, a file system that cannot
            self.why_deaf = str(exc) or type(exc).__name__

    def wait(self, seconds: float, *, known: Collection[str], stop: Event, is_idle: bool = False) -> bool:
        """Wait at most so long; return whether a name appeared, went or was renamed, rather than `known` files grew.

        Returns soon after `stop` is set. `is_idle` trades a tenth of a second of notice for fewer wake-ups.
        """
        if self._notify is None:
            stop.wait(seconds)
            return False
        step = STEP_IDLE_MS if is_idle else STEP_MS
        found = self._notify.watch(GROUP_MS, step, max(1, round(seconds * 1000)), stop)
        if isinstance(found, str):
            return False
        heard = [(kind, name) for kind, name in found if not (self._ignored and name.startswith(self._ignored))]
        return any(kind != MODIFIED or name not in known for kind, name in heard)

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        if self._notify is not None:
            self._notify.close()
            self._notify = None


def _identities(wanted: Sequence[Path]) -> list[tuple[str, int, int]]:
    found = []
    for folder in wanted:
        try:
            info = folder.stat()
        except OSError:
            continue
        found.append((str(folder), info.st_dev, info.st_ino))
    return found
