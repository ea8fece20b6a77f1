"""Every error that nacre raises on purpose, as one tree.

NacreError                   code, message, hint, exit code
├── UsageError            2  the command line or the settings cannot be followed
│   ├── NoSuchPath           a path or glob that names nothing
│   └── SettingsError        a settings file or variable that cannot be read
├── DataError             3  the data is not what the command needs
│   ├── SourceError          a log cannot be used as a whole
│   └── NotFound             a session, period or row that the store does not hold
└── StoreError            4  the store cannot do what was asked
    ├── NotAStore            the file is not a SQLite database, or not one of nacre's
    ├── StoreTooNew          written by a newer nacre than this one
    ├── StoreTooOld          its schema must be upgraded first
    ├── StoreLocked          another process holds the write lock for too long
    ├── StoreFull            no space left for the store
    ├── StoreDenied          no permission to read or write the store
    ├── StoreCorrupt         SQLite says that the file is damaged
    ├── CheckpointMoved      another run moved the source's checkpoint
    ├── SourceLeased         another process reads the source
    └── StoreGone            the file of the store was removed or replaced while it was open
"""

from __future__ import annotations

from typing import ClassVar


class NacreError(Exception):
    """An expected failure: `message` names the thing, `hint` names what to do next."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(NacreError):
    """The command line or the settings cannot be followed as they stand."""

    code = "usage"
    exit_code = 2


class NoSuchPath(UsageError):
    """A path or glob that names nothing."""

    code = "no-such-path"


class SettingsError(UsageError):
    """A settings file or environment variable that cannot be read."""

    code = "settings"


class DataError(NacreError):
    """The data is not what the command needs."""

    code = "data"
    exit_code = 3


class SourceError(DataError):
    """A log cannot be used as a whole."""

    code = "source"


class NotFound(DataError):
    """A session, period or row that the store does not hold."""

    code = "not-found"


class StoreError(NacreError):
    """The store cannot do what was asked. `is_passing` says whether waiting may mend it."""

    code = "store"
    exit_code = 4
    is_passing: ClassVar[bool] = True


class NotAStore(StoreError):
    """The file is not a SQLite database, or not one that nacre made."""

    code = "not-a-store"
    is_passing = False


class StoreTooNew(StoreError):
    """The store was written by a newer nacre than this one."""

    code = "store-too-new"
    is_passing = False


class StoreTooOld(StoreError):
    """The store's schema must be upgraded before this nacre can use it."""

    code = "store-too-old"
    is_passing = False


class StoreLocked(StoreError):
    """Another process held the write lock for longer than the busy timeout."""

    code = "store-locked"


class StoreFull(StoreError):
    """No space is left where the store lies."""

    code = "store-full"


class StoreDenied(StoreError):
    """The store may not be read or written by this user."""

    code = "store-denied"


class StoreCorrupt(StoreError):
    """SQLite reports that the file is damaged."""

    code = "store-corrupt"
    is_passing = False


class CheckpointMoved(StoreError):
    """Another run moved the source's checkpoint while this one was reading it."""

    code = "checkpoint-moved"
    is_passing = False


class SourceLeased(StoreError):
    """Another process holds the lease of the source."""

    code = "source-leased"
    is_passing = False


class StoreGone(StoreError):
    """The file of the store was removed or replaced while it was open: what is written now would be lost."""

    code = "store-gone"
    is_passing = False
