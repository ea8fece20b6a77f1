"""What a database says when it fails, told as the store's own errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from nacre.errors import NotAStore, StoreCorrupt, StoreDenied, StoreError, StoreFull, StoreLocked

# Extended result codes (https://www.sqlite.org/rescode.html), else their low byte: the primary one.
_SQLITE: dict[int, tuple[type[StoreError], str, str]] = {
    sqlite3.SQLITE_BUSY: (StoreLocked, "is locked by another process", "wait for it to end"),
    sqlite3.SQLITE_LOCKED: (StoreLocked, "is locked by another process", "wait for it to end"),
    sqlite3.SQLITE_FULL: (StoreFull, "has no space left", "free some space and run the command again"),
    sqlite3.SQLITE_PERM: (StoreDenied, "may not be used by this user", "check the permissions of the file"),
    sqlite3.SQLITE_READONLY: (StoreDenied, "cannot be written", "check the file and its directory"),
    sqlite3.SQLITE_AUTH: (StoreDenied, "may not be used by this user", "check the permissions of the file"),
    sqlite3.SQLITE_CANTOPEN: (StoreDenied, "cannot be opened", "check that its directory exists"),
    sqlite3.SQLITE_CORRUPT: (StoreCorrupt, "is damaged", "restore a backup, or load the logs again"),
    sqlite3.SQLITE_NOTADB: (
        NotAStore,
        "is not a SQLite database",
        "name another file with --store; if nacre made this one, restore a backup",
    ),
    sqlite3.SQLITE_IOERR: (StoreError, "met an I/O error", "look at the disk and at dmesg, then run again"),
    # The write-ahead log's index could not grow; more than a full disk rarely stops it.
    sqlite3.SQLITE_IOERR_SHMSIZE: (StoreFull, "has no space left", "free some space and run the command again"),
}


def store_error(exc: Exception, url: str) -> StoreError:
    """Return the StoreError that tells what `exc` means for the store at `url`."""
    cause = exc.orig if isinstance(exc, DBAPIError) else exc
    code = getattr(cause, "sqlite_errorcode", None)
    known = _SQLITE.get(code) or _SQLITE.get(code & 0xFF) if code is not None else None
    if known is not None:
        kind, says, hint = known
        return kind(f"the store {url} {says}", hint=hint)
    if isinstance(cause, (OverflowError, UnicodeError)):
        message = f"the store {url} cannot hold a value of this batch: {type(cause).__name__}"
        return StoreError(message, hint="load without --writer orm, and report this line as a defect")
    return StoreError(f"the store {url} failed: {type(cause).__name__}: {cause}", hint="look with: nacre store check")


@contextmanager
def told_of(url: str) -> Iterator[None]:
    """Turn whatever SQLAlchemy or the driver raise inside into a StoreError about `url`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OverflowError, UnicodeError) as exc:
        # SQLAlchemy's wrapping says nothing more to a person; what it wraps is the cause.
        cause = exc.orig if isinstance(exc, DBAPIError) and exc.orig is not None else exc
        raise store_error(exc, url) from cause
