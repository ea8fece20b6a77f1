"""What every connection to a SQLite file has in common, whoever opens it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from nacre.errors import StoreError, StoreGone

SQLITE_MIN = (3, 37, 0)  # STRICT tables
BUSY_SECONDS = 30.0  # how long to wait for a turn; a bulk batch commits within one, so many may queue


def refuse_old_sqlite() -> None:
    """Raise StoreError when this Python's SQLite cannot hold a store."""
    if sqlite3.sqlite_version_info < SQLITE_MIN:
        needed = ".".join(map(str, SQLITE_MIN))
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} is too old", hint=f"use a Python with SQLite {needed} or newer"
        )


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Which file lay at a path when it was opened."""

    path: Path  # absolute: the process may change its directory
    device: int
    inode: int

    def refuse_when_gone(self) -> None:
        """Raise StoreGone when another file lies there now, or none: SQLite would go on writing to the one that it has
        open, whose name is lost, and with the last process that has it open its content
        (https://www.sqlite.org/howtocorrupt.html, "Unlinking or renaming a database file while in use").
        """
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            found = None
        except OSError:  # it cannot be said
            return
        if found is None:
            hint = "run the command again; what was written since is lost with the file"
            raise StoreGone(f"the store {self.path} was removed while it was open", hint=hint)
        if (found.st_dev, found.st_ino) != (self.device, self.inode):
            # SQLite would take the log for that of the new file, and damage it
            # (https://www.sqlite.org/howtocorrupt.html, "Mispairing database files and hot journals").
            hint = f"see that no {self.path.name}-wal is left from the file before, then run the command again"
            raise StoreGone(f"the store {self.path} was replaced while it was open", hint=hint)


def open_file(path: Path) -> OpenFile:
    """Return which file lies at a path. Raises OSError."""
    found = path.stat()
    return OpenFile(path.absolute(), found.st_dev, found.st_ino)
