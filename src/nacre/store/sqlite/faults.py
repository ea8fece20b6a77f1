"""What SQLite reports when it fails, told as the store's own errors."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from nacre.errors import NotAStore, StoreCorrupt, StoreDenied, StoreError, StoreFull, StoreLocked

_BY_CODE: dict[int, tuple[type[StoreError], str, str]] = {
    sqlite3.SQLITE_BUSY: (
        StoreLocked,
        "{path} is locked by another process",
        "wait for it to end, or run again",
    ),
    sqlite3.SQLITE_LOCKED: (
        StoreLocked,
        "{path} is locked by another process",
        "wait for it to end, or run again",
    ),
    sqlite3.SQLITE_FULL: (
        StoreFull,
        "no space left for {path}",
        "free some space and run the same command again: it goes on where it stopped",
    ),
    # The write-ahead log's index could not grow; more than a full disk rarely stops it.
    sqlite3.SQLITE_IOERR_SHMSIZE: (
        StoreFull,
        "no space left for {path}",
        "free some space and run the same command again: it goes on where it stopped",
    ),
    sqlite3.SQLITE_NOTADB: (
        NotAStore,
        "{path} is not a SQLite database",
        "name another file with --store; if nacre made this one, restore a backup",
    ),
    sqlite3.SQLITE_CORRUPT: (
        StoreCorrupt,
        "{path} is damaged",
        "look with: nacre store check; then restore a backup, or load the logs into a new store",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreDenied,
        "{path} cannot be written",
        "check its owner, mode and file system",
    ),
    sqlite3.SQLITE_PERM: (StoreDenied, "no permission for {path}", "check its owner and mode"),
    sqlite3.SQLITE_CANTOPEN: (
        StoreDenied,
        "{path} cannot be opened",
        "check that its directory exists and that you may write there",
    ),
}


def translate(exc: sqlite3.Error, path: Path) -> StoreError:
    """Say in nacre's words what SQLite reported."""
    code = getattr(exc, "sqlite_errorcode", None)
    if code is not None:
        # The low byte is the primary result code (https://www.sqlite.org/rescode.html#extrc).
        known = _BY_CODE.get(code) or _BY_CODE.get(code & 0xFF)
        if known is None and code & 0xFF == sqlite3.SQLITE_IOERR:
            return StoreError(f"{path}: {exc}", hint="look at the disk and at dmesg, then run the same command again")
        if known is not None:
            kind, message, hint = known
            return kind(message.format(path=path), hint=hint)
    return StoreError(f"{path}: {exc}", hint="look with: nacre store check")


@contextlib.contextmanager
def translating(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into nacre's at the door of the store."""
    try:
        yield
    except sqlite3.Error as exc:
        raise translate(exc, path) from exc
    except (
        OverflowError,
        UnicodeError,
    ) as exc:  # the parser escapes what cannot be stored; who else calls may not
        hint = "report this line as a defect of nacre"
        raise StoreError(f"{path} cannot hold a value of this batch: {exc}", hint=hint) from exc
