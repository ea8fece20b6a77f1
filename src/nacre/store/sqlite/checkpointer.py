"""The write-ahead log's checkpoints: ours, on a thread of their own, with a limit on how far the log may grow."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path

# Copy pages back once this much is new: far more than a batch, far less than memory.
START_BYTES = 16 * 1024 * 1024
# A passive checkpoint cannot reset the log under a busy writer; past this the writer waits for one that can.
LIMIT_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CheckpointSigns:
    """What the checkpoints of this store did so far."""

    runs: int
    seconds: float
    pages: int
    log_bytes: int  # size of the write-ahead log now


class Checkpointer:
    """Moves pages from the log to the file while the writer goes on.

    The thread has a connection of its own, and SQLite releases the interpreter while it copies. Errors of the thread
    are not raised: a checkpoint that failed is tried again, and the writer meets the same error on its own.
    """

    def __init__(self, path: Path, writer: sqlite3.Connection) -> None:
        self._path = path
        self._log = Path(f"{path}-wal")
        self._writer = writer
        self._writer.execute("PRAGMA wal_autocheckpoint=0")
        self._wanted = threading.Event()
        self._ended = False
        self._runs, self._seconds, self._pages = 0, 0.0, 0
        self._copied_bytes = 0  # size of the log at the last checkpoint
        self._thread: threading.Thread | None = None

    def maybe_run(self) -> None:
        """Called by the writer after a commit: wake the thread, or checkpoint at once when the log is at its limit."""
        size = self._log_bytes()
        if size > LIMIT_BYTES:
            self._checkpoint(self._writer, "TRUNCATE")
        elif abs(size - self._copied_bytes) > START_BYTES:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="nacre-checkpoint", daemon=True)
                self._thread.start()
            self._wanted.set()

    def signs(self) -> CheckpointSigns:
        """Return what was done so far."""
        return CheckpointSigns(self._runs, self._seconds, self._pages, self._log_bytes())

    def close(self) -> None:
        """End the thread; wait for a checkpoint that it is in."""
        self._ended = True
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _log_bytes(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def _loop(self) -> None:
        with contextlib.closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            while True:
                self._wanted.wait()
                self._wanted.clear()
                if self._ended:
                    return
                self._checkpoint(connection, "PASSIVE")

    def _checkpoint(self, connection: sqlite3.Connection, mode: str) -> None:
        started = time.perf_counter()
        with contextlib.suppress(sqlite3.Error):
            self._copied_bytes = self._log_bytes()
            _, _, moved = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
            self._pages += max(moved, 0)
        self._runs += 1
        self._seconds += time.perf_counter() - started
