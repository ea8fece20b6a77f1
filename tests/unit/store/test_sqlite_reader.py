"""Opening a store for reading: what it refuses, what it reads beside a writer, and what it never does."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from nacre.errors import (
    NotAStore,
    StoreCorrupt,
    StoreDenied,
    StoreError,
    StoreLocked,
    StoreTooNew,
    StoreTooOld,
)
from nacre.store.reader import SqliteReader
from nacre.store.revision import HEAD_REVISION

NOBODY = 65534


@pytest.fixture
def copy(store: Path, tmp_path: Path) -> Path:
    """Return a copy of the small store, to be changed."""
    return Path(shutil.copy(store, tmp_path / "copy.db"))


def change(path: Path, sql: str) -> None:
    """Change a store behind nacre's back."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()


def sessions(reader: SqliteReader) -> int:
    """Count the sessions."""
    return int((reader.row("sessions_begun", start_us=0, end_us=2**62) or (-1,))[0])


def empty(path: Path) -> None:
    """Leave a file without a byte."""
    path.write_bytes(b"")


def absent(path: Path) -> None:
    """Leave no file."""
    path.unlink()


def text(path: Path) -> None:
    """Leave a file that is no database."""
    path.write_text("not a database, but long enough to have a header of one hundred bytes" * 4, encoding="utf-8")


def foreign(path: Path) -> None:
    """Leave somebody else's database."""
    path.unlink()
    change(path, "CREATE TABLE bookmarks (url TEXT)")


def newer(path: Path) -> None:
    """Leave a store of a nacre to come."""
    change(path, "UPDATE alembic_version SET version_num = '9999'")


def undone(path: Path) -> None:
    """Leave a store whose schema was taken back."""
    change(path, "DELETE FROM alembic_version")


def torn(path: Path) -> None:
    """Leave a store that lost the pages behind its first one."""
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (absent, StoreError),
        (empty, StoreError),
        (text, NotAStore),
        (foreign, NotAStore),
        (newer, StoreTooNew),
        (undone, StoreTooOld),
        (torn, StoreCorrupt),
    ],
)
def test_what_is_refused(copy: Path, damage: Callable[[Path], None], error: type[StoreError]) -> None:
    """What is not a store at the right schema is refused: the error names the file and what to do."""
    damage(copy)

    with pytest.raises(StoreError) as caught:
        closing_row(SqliteReader(copy))

    assert (type(caught.value), str(copy) in caught.value.message, caught.value.hint != "") == (error, True, True)


def closing_row(reader: SqliteReader) -> None:
    """Read something, and close."""
    with closing(reader):
        list(reader.rows("status_sensors"))


def test_folder_is_no_store(tmp_path: Path) -> None:
    """A folder is refused as a file of another kind is."""
    with pytest.raises(NotAStore):
        SqliteReader(tmp_path)


def test_nothing_can_be_written(reader: SqliteReader) -> None:
    """The reader's connection refuses to write."""
    with pytest.raises(sqlite3.OperationalError) as caught:
        reader._connection.execute("DELETE FROM raw_events")

    assert "readonly" in str(caught.value)


def test_opening_changes_nothing(copy: Path) -> None:
    """A store that is read has the same bytes afterwards."""
    before = copy.read_bytes()
    closing_row(SqliteReader(copy))

    assert copy.read_bytes() == before


def test_reads_beside_a_writer(copy: Path) -> None:
    """While a writer is in a transaction the reader answers with what was committed before."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as writer, closing(SqliteReader(copy)) as reader:
        before = sessions(reader)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM sessions")
        during = sessions(reader)
        writer.execute("COMMIT")

        assert (before, during, sessions(reader)) == (4, 4, 0)


def test_snapshot_stays_at_one_moment(copy: Path) -> None:
    """With `snapshot` what is committed after the opening does not show."""
    with closing(SqliteReader(copy, snapshot=True)) as reader:
        change(copy, "DELETE FROM sessions")

        assert sessions(reader) == 4


def test_lock_is_told(copy: Path) -> None:
    """A store without a write-ahead log that somebody holds exclusively is reported as locked."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=DELETE")
        writer.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StoreLocked):
            SqliteReader(copy, busy_seconds=0.01)


def test_rows_stream(reader: SqliteReader) -> None:
    """The first row comes before the second is asked for, and an unfinished stream does no harm."""
    rows: Iterator[tuple[object, ...]] = reader.rows("sensors")

    assert (next(rows)[1], [name for _, name in reader.rows("sensors")]) == ("attic", ["attic", "cellar"])


def test_missing_parameter_is_a_defect(reader: SqliteReader) -> None:
    """A parameter that was forgotten is not blamed on the store."""
    with pytest.raises(sqlite3.ProgrammingError):
        reader.row("entity_id", kind=1)


def test_facts(store: Path, reader: SqliteReader) -> None:
    """The facts name the file, its size, its journal and its schema."""
    facts = reader.facts()
    names = ("store", "size_bytes", "journal_mode", "schema_revision", "immutable")

    assert [facts[name] for name in names] == [str(store), store.stat().st_size, "wal", HEAD_REVISION, False]


def test_close_twice(store: Path) -> None:
    """Closing again does nothing."""
    reader = SqliteReader(store)
    reader.close()
    reader.close()

    with pytest.raises(sqlite3.ProgrammingError):
        sessions(reader)


@pytest.fixture
def sealed(store: Path) -> Iterator[Path]:
    """Return a copy in a folder that only root may write; skip where nobody is root."""
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        copied = Path(shutil.copy(store, folder))
        copied.chmod(0o444)
        yield copied


def as_nobody(answer: Callable[[], object]) -> str:
    """Return what a process says that may write nothing: an answer, or the name of an error."""
    receiving, sending = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: the child uses none of their locks
        child = os.fork()
    if child == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        try:
            said = repr(answer())
        except BaseException as exc:  # noqa: BLE001 - whatever it is, it must reach the test
            said = type(exc).__name__
        os.write(sending, said.encode())
        os._exit(0)
    os.close(sending)
    os.waitpid(child, 0)
    with os.fdopen(receiving, encoding="utf-8") as stream:
        return stream.read()


def test_medium_that_nobody_can_write(sealed: Path) -> None:
    """A whole store in a folder where no log can be made is read without one."""

    def answer() -> object:
        with closing(SqliteReader(sealed)) as reader:
            return sessions(reader), reader.facts()["immutable"]

    assert as_nobody(answer) == "(4, True)"


def test_log_is_never_passed_over(sealed: Path) -> None:
    """Where a write-ahead log has content and cannot be read, the store is refused, not read without it."""
    log, memory = (sealed.with_name(sealed.name + suffix) for suffix in ("-wal", "-shm"))
    with closing(sqlite3.connect(sealed, isolation_level=None)) as writer:
        writer.execute("DELETE FROM sessions")
        kept = log.read_bytes()
    log.write_bytes(kept)
    log.chmod(0o400)
    memory.unlink(missing_ok=True)

    assert as_nobody(lambda: SqliteReader(sealed)) == StoreDenied.__name__
