"""What SQLite says when it fails, told as the store's own errors: one table for every way into a store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nacre.errors import NotAStore, StoreCorrupt, StoreDenied, StoreError, StoreFull, StoreLocked, UsageError

Meaning = tuple[type[StoreError], str, str]  # the error, what it says of the store, what to do next

_LOCKED: Meaning = (StoreLocked, "is locked by another process", "wait for it to end, then run again")
_FULL: Meaning = (
    StoreFull,
    "has no space left",
    "free some space and run the same command again: it goes on where it stopped",
)
_FORBIDDEN: Meaning = (StoreDenied, "may not be used by this user", "check its owner and mode")

# Extended result codes (https://www.sqlite.org/rescode.html), else their low byte: the primary one.
_MEANINGS: dict[int, Meaning] = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,  # the log's index could not grow; more than a full disk rarely stops it
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_AUTH: _FORBIDDEN,
    sqlite3.SQLITE_READONLY: (StoreDenied, "cannot be written", "check its owner, mode and file system"),
    sqlite3.SQLITE_CANTOPEN: (
        StoreDenied,
        "cannot be opened",
        "check that its directory exists, and owner and mode of the file, its -wal and -shm, and the directory",
    ),
    sqlite3.SQLITE_CORRUPT: (
        StoreCorrupt,
        "is damaged",
        "look with: nacre store check; then restore a backup, or load the logs into a new store",
    ),
    sqlite3.SQLITE_NOTADB: (
        NotAStore,
        "is not a SQLite database",
        "name another file with --store; if nacre made this one, restore a backup",
    ),
    sqlite3.SQLITE_IOERR: (
        StoreError,
        "met an I/O error",
        "look at the disk and at dmesg, then run the same command again",
    ),
}
# A writer died in the middle, and only somebody who may write can clean up behind it.
_UNFINISHED: Meaning = (StoreDenied, "was left in the middle of a write", "clean up with: nacre store check")


def told(exc: BaseException, name: str | Path, *, reading: bool = False) -> StoreError:
    """Return the StoreError that tells what the driver's `exc` means for the store of this name."""
    code = getattr(exc, "sqlite_errorcode", None)
    known = None if code is None else _MEANINGS.get(code) or _MEANINGS.get(code & 0xFF)
    if reading and code is not None and code & 0xFF == sqlite3.SQLITE_READONLY:
        known = _UNFINISHED
    if known is not None:
        kind, says, hint = known
        return kind(f"the store {name} {says}", hint=hint)
    return StoreError(f"the store {name} failed: {type(exc).__name__}: {exc}", hint="look with: nacre store check")


@contextmanager
def translating(name: str | Path, *, reading: bool = False, raised: type[Exception] = sqlite3.Error) -> Iterator[None]:
    """Turn the driver's errors into nacre's at the door of the store.

    `raised` is what the caller's library raises, with the driver's error in `orig` where it wraps one. Raises
    StoreError, or UsageError for a number in a question that is too large to be asked.
    """
    try:
        yield
    except (raised, sqlite3.Error) as exc:
        if reading and isinstance(exc, sqlite3.ProgrammingError):  # a parameter is missing: a defect of ours
            raise
        # A library's wrapping says nothing more to a person; what it wraps is the cause.
        cause = getattr(exc, "orig", None) or exc
        if isinstance(cause, OverflowError | UnicodeError):
            raise _unstorable(cause, name) from cause
        raise told(cause, name, reading=reading) from cause
    except (OverflowError, UnicodeError) as exc:
        if reading and isinstance(exc, OverflowError):  # numbers reach a query from options, cursors and settings only
            raise UsageError("a number is larger than the store can compare", hint="take a smaller one") from exc
        raise _unstorable(exc, name) from exc


def _unstorable(exc: Exception, name: str | Path) -> StoreError:
    """Tell of a value that the parser should have escaped."""
    message = f"the store {name} cannot hold a value of this batch: {type(exc).__name__}"
    return StoreError(message, hint="report this line as a defect of nacre")
