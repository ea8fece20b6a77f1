"""Migrations: from nothing they build the tables in code, and they can be taken back."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from tests.contract.batches import line, narrow, ticking
from tests.contract.writers import Feeder, held, identity, open_store

from nacre.errors import NotAStore, StoreDenied, StoreError, StoreTooNew, StoreTooOld
from nacre.model.calendar import DAY_US
from nacre.model.coverage import Gap, GapCause
from nacre.store import migrate, views
from nacre.store.engine import open_engine
from nacre.store.orm import OrmStore
from nacre.store.revision import KNOWN_REVISIONS
from nacre.store.schema import Base
from nacre.store.snapshot import snapshot

LINES = [line("command", 20_000 * DAY_US + n, "a1", input="id") for n in range(3)] + [b"{"]


def url_of(path: Path) -> str:
    """Return the SQLAlchemy URL of a file."""
    return f"sqlite:///{path}"


def normal(sql: str) -> str:
    """Return SQL with its spaces and commas evened out."""
    return re.sub(r"\s+", " ", sql).replace(" ,", ",").replace("( ", "(").replace(" )", ")").strip()


def objects(path: Path) -> dict[str, str]:
    """Return the SQL of every table, index and view of a file, by name."""
    others = "'alembic_version', 'sqlite_stat1', 'sqlite_stat4'"  # those of ANALYZE
    query = f"SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT IN ({others})"
    with closing(sqlite3.connect(path)) as connection:
        return {name: normal(sql) for name, sql in connection.execute(query)}


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    """Ask a file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_head_is_alembics_head() -> None:
    """The constants that the hot path compares are Alembic's own script directory."""
    steps = list(ScriptDirectory.from_config(migrate.config()).walk_revisions())

    assert [migrate.head()] == ScriptDirectory.from_config(migrate.config()).get_heads()
    assert list(KNOWN_REVISIONS) == [step.revision for step in reversed(steps)]


def test_migrations_build_the_metadata(tmp_path: Path) -> None:
    """After all migrations Alembic finds no difference to the models."""
    engine = open_engine(url_of(tmp_path / "store.db"))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()

    assert [] == difference


def test_migrations_build_the_sql_of_the_models(tmp_path: Path) -> None:
    """The migrated file holds, statement for statement, what the models and views compile to."""
    migrate.upgrade(url_of(tmp_path / "store.db"))

    dialect = sqlite.dialect()
    expected = {}
    for table in Base.metadata.sorted_tables:
        expected[table.name] = normal(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            expected[str(index.name)] = normal(str(CreateIndex(index).compile(dialect=dialect)))
    for view, statement in zip(views.VIEWS, views.create_statements(), strict=True):
        expected[view.name] = normal(statement)
    assert expected == objects(tmp_path / "store.db")


def test_schema_file_is_what_migrations_build(tmp_path: Path) -> None:
    """The packaged schema.sql makes the same file as the migrations; else run tools/write_schema.py."""
    migrate.upgrade(url_of(tmp_path / "migrated.db"))
    with closing(sqlite3.connect(tmp_path / "made.db")) as connection:
        connection.executescript(migrate.create_schema_sql())

    stamp = "SELECT version_num FROM alembic_version"
    mark = "PRAGMA application_id"
    assert objects(tmp_path / "migrated.db") == objects(tmp_path / "made.db")
    assert ask(tmp_path / "migrated.db", stamp) == ask(tmp_path / "made.db", stamp)
    assert ask(tmp_path / "migrated.db", mark) == ask(tmp_path / "made.db", mark)


def test_schema_statements_are_whole() -> None:
    """Cut into statements the schema file loses nothing, and each piece is one whole statement."""
    statements = migrate.schema_statements()

    assert migrate.create_schema_sql() == "".join(f"{statement};\n" for statement in statements)
    assert [True] * len(statements) == [sqlite3.complete_statement(f"{statement};") for statement in statements]


def test_there_and_back_without_data(tmp_path: Path) -> None:
    """Up, down to base and up again: nothing is left in between, and everything is back after."""
    path = tmp_path / "store.db"
    migrate.upgrade(url_of(path))
    first = objects(path)
    migrate.downgrade(url_of(path), "base")
    between = objects(path), migrate.current(url_of(path))
    migrate.upgrade(url_of(path))

    assert ({}, None) == between
    assert first == objects(path)
    assert migrate.head() == migrate.current(url_of(path))


def test_there_and_back_with_data(disk_writer: str, tmp_path: Path) -> None:
    """A store that holds data can be taken down to base, up again, and loaded again."""
    path = tmp_path / "store.db"
    for _ in range(2):
        with closing(open_store(disk_writer, path)) as store:
            Feeder(store).feed("log", LINES)
            assert held(LINES) == snapshot(store)
        migrate.downgrade(url_of(path), "base")
        migrate.upgrade(url_of(path))

        assert [(0,)] == ask(path, "SELECT count(*) FROM raw_events")


def table_rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table of a file, in the columns of the first schema, without the revision."""
    tables = {str(name): "*" for (name,) in ask(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    del tables["alembic_version"]
    tables["sources"] = (
        "id, fingerprint, head_bytes, path, device, inode, compression, checkpoint, marker, state, detail, "
        "added_at, read_at"
    )
    return {name: sorted(ask(path, f"SELECT {columns} FROM {name}"), key=repr) for name, columns in tables.items()}


def test_size_and_time_come_and_go(disk_writer: str, tmp_path: Path) -> None:
    """Back to the first schema and forward again keeps every row; size and time of old sources are 0."""
    path, first = tmp_path / "store.db", tmp_path / "first.db"
    migrate.upgrade(url_of(first), "0001")
    with closing(open_store(disk_writer, path)) as store:
        Feeder(store).feed("log", LINES, gaps=[Gap(0, 9, GapCause.NUL_HOLE, "9 NUL bytes")])
        store.touch_source(1, replace(identity("log"), size_bytes=7, mtime_ns=8))
    before = table_rows(path)
    migrate.downgrade(url_of(path), "0001")

    assert (before, objects(first)) == (table_rows(path), objects(path))
    migrate.upgrade(url_of(path))
    assert (before, "0002") == (table_rows(path), migrate.current(url_of(path)))
    assert [(0, 0)] == ask(path, "SELECT size_bytes, mtime_ns FROM sources")
    with closing(open_store(disk_writer, path)) as store:
        assert held(LINES)["events"] == snapshot(store)["events"]
        assert [identity("log")] == [it.checkpoint.identity for it in store.sources()]


def test_upgrade_at_head_keeps_the_data(disk_writer: str, tmp_path: Path) -> None:
    """An upgrade of a store that is at the head changes nothing."""
    path = tmp_path / "store.db"
    with closing(open_store(disk_writer, path)) as store:
        Feeder(store).feed("log", LINES)
    migrate.upgrade(url_of(path))

    with closing(open_store(disk_writer, path)) as store:
        assert held(LINES) == snapshot(store)


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """A migration that fails half way takes its tables and its record back."""
    path = tmp_path / "store.db"
    engine = open_engine(url_of(path))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW v_rejects AS SELECT 1")
    with pytest.raises(StoreError):
        migrate.upgrade(engine)
    engine.dispose()

    assert {"v_rejects": "CREATE VIEW v_rejects AS SELECT 1"} == objects(path)


def test_unknown_target_is_refused(tmp_path: Path) -> None:
    """A revision that does not exist raises StoreError and changes nothing."""
    migrate.upgrade(url_of(tmp_path / "store.db"))
    with pytest.raises(StoreError, match="to 'nonsense'"):
        migrate.downgrade(url_of(tmp_path / "store.db"), "nonsense")

    assert migrate.head() == migrate.current(url_of(tmp_path / "store.db"))


@pytest.mark.parametrize(
    "act",
    [
        migrate.prepare,
        migrate.upgrade,
        lambda url: migrate.downgrade(url, "base"),
        lambda url: OrmStore(url, narrow=narrow, clock=ticking()),
    ],
    ids=["prepare", "upgrade", "downgrade", "open"],
)
def test_other_databases_are_refused(act: Callable[[str], object], tmp_path: Path) -> None:
    """Somebody else's file is left alone: a newer store, another program's database, no database at all."""
    newer, foreign, text = tmp_path / "newer.db", tmp_path / "foreign.db", tmp_path / "notes.txt"
    migrate.upgrade(url_of(newer))
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with closing(sqlite3.connect(foreign)) as connection:
        connection.executescript("CREATE TABLE alembic_version (version_num); CREATE TABLE mine (x);")
    text.write_text("not a database, but long enough to be looked at as if it were one\n" * 20)
    before = foreign.read_bytes(), text.read_bytes()

    with pytest.raises(StoreTooNew):
        act(url_of(newer))
    with pytest.raises(NotAStore):
        act(url_of(foreign))
    with pytest.raises(NotAStore):
        act(url_of(text))
    assert before[0][100:] == foreign.read_bytes()[100:]
    assert before[1] == text.read_bytes()


def test_store_without_schema_must_be_upgraded(tmp_path: Path) -> None:
    """A store that was taken down to base is opened again only after an upgrade."""
    migrate.upgrade(url_of(tmp_path / "store.db"))
    migrate.downgrade(url_of(tmp_path / "store.db"), "base")

    with pytest.raises(StoreTooOld):
        OrmStore(url_of(tmp_path / "store.db"), narrow=narrow, clock=ticking())


def test_missing_folder_is_told(tmp_path: Path) -> None:
    """A store in a folder that does not exist cannot be opened, and says so."""
    with pytest.raises(StoreDenied):
        migrate.upgrade(url_of(tmp_path / "nowhere" / "store.db"))


def test_url_without_driver_is_told() -> None:
    """A URL that names no known database raises StoreError, without showing its password."""
    with pytest.raises(StoreError) as caught:
        migrate.upgrade("nodb://ann:secret@host/db")

    assert "secret" not in caught.value.message


def test_everything_compiles_for_postgresql() -> None:
    """Tables, indexes and all migrations can be written in PostgreSQL's words."""
    dialect = postgresql.dialect()
    for table in Base.metadata.sorted_tables:
        CreateTable(table).compile(dialect=dialect)
        for index in table.indexes:
            CreateIndex(index).compile(dialect=dialect)
    script = migrate.upgrade_sql("postgresql")

    written = StringIO()
    steps = migrate.config(output=written)
    steps.set_main_option("nacre.dialect", "postgresql")
    command.downgrade(steps, "0002:0001", sql=True)

    assert "digest BYTEA NOT NULL" in script
    assert "ADD COLUMN mtime_ns BIGINT DEFAULT 0 NOT NULL" in script
    assert "corrupt, shortened, vanished or skipped'" in script
    assert "DROP COLUMN mtime_ns" in written.getvalue()
    assert "truncated or corrupt'" in written.getvalue()
    assert len(views.VIEWS) == script.count("CREATE VIEW")


def test_looking_at_the_revision_is_cheap() -> None:
    """What the hot path needs of migrations imports neither Alembic nor SQLAlchemy."""
    program = (
        "import sys, nacre.store.migrate as m; m.head(); m.create_schema_sql();"
        "sys.exit(bool({'alembic', 'sqlalchemy'} & set(sys.modules)))"
    )

    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", program], check=False, env=environment)

    assert 0 == ended.returncode
