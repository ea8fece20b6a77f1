"""The state of each running follower, in a small file beside the store: told also when the store takes nothing."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# One page, written in place: a file that has its room already can be written on a full disk, and a page is written
# and read as a whole (a reader that meets half a write finds no JSON, and reads again).
BOARD_BYTES = 4096
TRIES = 5


class Board:
    """Says what a process does, for as long as it lives.

    The process holds a lock on the file (flock(2)), which ends with it however it ends: so a reader tells a follower
    that was killed from one that is busy.
    """

    def __init__(self, path: Path) -> None:
        """Make the file. Raises OSError."""
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.write({})
        except OSError:
            os.close(self._fd)
            raise

    def write(self, document: Mapping[str, Any]) -> None:
        """Replace what was said before; what cannot be written is not said."""
        text = json.dumps(document).encode()
        if len(text) <= BOARD_BYTES:
            with contextlib.suppress(OSError):
                os.pwrite(self._fd, text.ljust(BOARD_BYTES), 0)

    def close(self) -> None:
        """Take the file away."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        os.close(self._fd)


def board_path(store: Path, run: int) -> Path:
    """Return the name of the file of a run."""
    return store.with_name(f"{store.name}-follow-{run}")


def boards(store: Path) -> list[dict[str, Any]]:
    """Return what the running followers of a store say, in the order of their runs."""
    found = []
    for path in _files(store):
        with contextlib.suppress(OSError), path.open("rb") as file:
            if not _is_alive(file.fileno()):
                continue
            for _ in range(TRIES):
                with contextlib.suppress(ValueError):
                    said = json.loads(os.pread(file.fileno(), BOARD_BYTES, 0))
                    if isinstance(said, dict) and said:
                        found.append(said)
                    break
    return found


def sweep(store: Path) -> None:
    """Remove the files of followers that were killed."""
    for path in _files(store):
        with contextlib.suppress(OSError), path.open("rb") as file:
            if not _is_alive(file.fileno()):
                path.unlink()


def _files(store: Path) -> Iterator[Path]:
    prefix = board_path(store, 0).name.removesuffix("0")
    with contextlib.suppress(OSError):
        names = [path for path in store.parent.iterdir() if path.name.startswith(prefix)]
        runs = [(path.name.removeprefix(prefix), path) for path in names]
        yield from (path for run, path in sorted((int(run), path) for run, path in runs if run.isdecimal()))


def _is_alive(fd: int) -> bool:
    """Tell whether somebody holds the lock; nobody else than its process ever keeps it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    fcntl.flock(fd, fcntl.LOCK_UN)
    return False
