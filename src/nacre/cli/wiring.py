"""The one place where concrete objects are built: stores, readers, the clock."""

from __future__ import annotations

import contextlib
import os
import random
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nacre import __version__
from nacre.cli import process
from nacre.errors import NotAStore, StoreDenied, UsageError
from nacre.settings import Settings

if TYPE_CHECKING:
    import sqlite3
    from types import ModuleType

    from sqlalchemy import Engine

    from nacre.ingest.follow import Surroundings
    from nacre.store.contract import Reader, RunStart, Store

_SQLITE = "sqlite:///"

# Within this a bulk load has committed its batch and let others in; stopping takes five seconds at most.
FOLLOW_BUSY_SECONDS = 1.0

# How often to look at followed files: where the system tells of changes, and where it cannot (network mounts).
POLL_SECONDS = 1.0
POLL_SECONDS_DEAF = 0.1


def store_path(settings: Settings) -> Path:
    """Return the file of a SQLite store, which may be missing.

    Raise UsageError for a URL of anything else, StoreDenied where the path cannot be looked at, NotAStore for what is
    no file.
    """
    name = settings.store.removeprefix(_SQLITE)
    if "://" in name or not name:
        raise UsageError(f"{settings.store!r} is not a store that this nacre knows", hint="name a file with --store")
    path = Path(name)
    if name.startswith("file:"):  # some builds of SQLite take a relative one for a URL
        path = path.absolute()
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return path
    except (OSError, ValueError) as exc:  # ValueError: a NUL in the name
        hint = "check the path, and the owner and mode of its directories"
        raise StoreDenied(f"the store {path} cannot be reached", hint=hint) from exc
    if not stat.S_ISREG(mode):  # SQLite would open a device or wait for a FIFO
        raise NotAStore(f"{path} is a directory, a device or the like", hint="name a file with --store")
    return path


def store_url(settings: Settings) -> str:
    """Return the store's URL as SQLAlchemy writes it: a `?` or `%` in the path would change which file it names.

    Raise NotAStore for a database of somebody else: the connections of `store.engine` would change its journal mode.
    """
    from sqlalchemy import URL

    from nacre.store.reader import refuse_foreign

    path = store_path(settings)
    refuse_foreign(path, busy_seconds=settings.busy_seconds)
    try:
        return URL.create("sqlite", database=str(path)).render_as_string()
    except UnicodeError as exc:
        hint = "rename it, or name another with --store"
        raise UsageError(f"the name of the store {path} is not UTF-8", hint=hint) from exc


def open_reader(settings: Settings, *, snapshot: bool = False) -> Reader:
    """Open the store for reading; with `snapshot` all answers are of one moment (for short work only)."""
    from nacre.store.reader import SqliteReader

    return SqliteReader(store_path(settings), busy_seconds=settings.busy_seconds, snapshot=snapshot)


def open_store(settings: Settings, *, writer: str = "fast", mode: str = "load") -> Store:
    """Open the store for writing, made when it is missing. Writers are `fast` and the reference, `orm`.

    `mode` is what its leases are told to be for. A follower does not wait long for a lock: it has to hear signals, and
    tries again by itself.
    """
    from nacre.parse.fold import narrow
    from nacre.store.contract import Tenant

    tenant = Tenant(process.tenant_name(mode), process.is_gone)
    patience = min(settings.busy_seconds, FOLLOW_BUSY_SECONDS) if mode == "follow" else settings.busy_seconds
    options: dict[str, Any] = {"narrow": narrow, "clock": clock, "busy_seconds": patience, "tenant": tenant}

    if writer == "orm":
        from nacre.store.orm import OrmStore

        return OrmStore(store_url(settings), **options)
    from nacre.store.sqlite import SqliteStore

    return SqliteStore(store_path(settings), **options)


def schema() -> ModuleType:
    """Return the room that changes schemas; importing SQLAlchemy and Alembic is left to its calls."""
    from nacre.store import migrate

    return migrate


@contextlib.contextmanager
def maintenance(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Lend a connection for work on the store's file itself; its errors come as the store's."""
    from nacre.store.faults import translating
    from nacre.store.sqlite.connection import open_writer

    path = store_path(settings)
    connection = open_writer(path, create=False, busy_seconds=settings.busy_seconds).connection
    try:
        with translating(path):
            yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def store_engine(settings: Settings) -> Iterator[Engine]:
    """Lend a SQLAlchemy engine for changes of the schema."""
    from nacre.store.engine import open_engine

    engine = open_engine(store_url(settings), busy_seconds=settings.busy_seconds)
    try:
        yield engine
    finally:
        engine.dispose()


def clock() -> int:
    """Return the time as microseconds since 1970 UTC."""
    return time.time_ns() // 1000


def run_start(mode: str) -> RunStart:
    """Return who starts to write, and as what."""
    from nacre.store.contract import RunStart

    return RunStart(mode=mode, version=__version__, actor=_actor(), host=os.uname().nodename)


def _actor() -> str:
    """Return the user's name; a container may run as a user that has none."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def poll_seconds(paths: Sequence[str]) -> float:
    """Return how often to look at followed files."""
    from nacre.store.sqlite.journal import NETWORK_FILE_SYSTEMS, file_system

    is_deaf = any(file_system(Path(path)) in NETWORK_FILE_SYSTEMS for path in paths)
    return POLL_SECONDS_DEAF if is_deaf else POLL_SECONDS


@contextlib.contextmanager
def surroundings(settings: Settings) -> Iterator[Surroundings]:
    """Lend everything outside that a follower asks or tells."""
    from nacre.ingest.follow import Surroundings

    place = store_path(settings).absolute().parent

    def free_bytes() -> int:
        found = os.statvfs(place)
        return found.f_bavail * found.f_frsize

    with _board(settings) as publish:
        yield Surroundings(
            clock=clock,
            monotonic=time.monotonic,
            free_bytes=free_bytes,
            chance=random.random,
            publish=publish,
        )


@contextlib.contextmanager
def _board(settings: Settings) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Lend what tells a follower's state to `nacre status`; where no file can be made, it is not told."""
    from nacre.telemetry.board import Board, board_path, sweep

    path = store_path(settings)
    who = {"pid": os.getpid(), "host": os.uname().nodename, "since": clock()}
    opened: list[Board] = []

    def publish(document: dict[str, Any]) -> None:
        if not opened:
            with contextlib.suppress(OSError):
                opened.append(Board(board_path(path, document["run"])))
        for one in opened:
            one.write({**who, **document})

    sweep(path)
    try:
        yield publish
    finally:
        for one in opened:
            one.close()


def followers(settings: Settings) -> list[dict[str, Any]]:
    """Return what the running followers of the store say of themselves."""
    from nacre.telemetry.board import boards

    return boards(store_path(settings))
