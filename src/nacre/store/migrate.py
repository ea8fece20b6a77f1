"""Schema steps forward and back, and the finished schema for a new SQLite store.

Importing this file is cheap: SQLAlchemy and Alembic (0.5 s together) are imported only by the calls that
need them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from io import StringIO
from typing import TYPE_CHECKING

from nacre.errors import NotAStore, StoreError, StoreTooNew, StoreTooOld
from nacre.store.revision import HEAD_REVISION, KNOWN_REVISIONS

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

UPGRADE_HINT = "run: nacre store upgrade"


def head() -> str:
    """Return the schema revision that this nacre reads and writes."""
    return HEAD_REVISION


def create_schema_sql() -> str:
    """Return the SQL that makes an empty SQLite database a store at the head revision.

    Neither BEGIN nor COMMIT is in it: run it inside a transaction, so that a crash leaves an empty file. It
    is generated (tools/write_schema.py) and a test holds it equal to what the migrations build.
    """
    return files("nacre.store").joinpath("sqlite/schema.sql").read_text(encoding="utf-8")


def schema_statements() -> list[str]:
    """Return the statements of `create_schema_sql` one by one: sqlite3's executescript would commit first."""
    return create_schema_sql().removesuffix(";\n").split(";\n")


def check_revision(revision: str | None, url: str) -> None:
    """Raise StoreTooOld or StoreTooNew unless `revision`, found in the store at `url`, is the head."""
    if revision == HEAD_REVISION:
        return
    if revision is None or revision in KNOWN_REVISIONS:
        message = f"the store {url} has schema {revision or 'none'}, not {HEAD_REVISION}"
        raise StoreTooOld(message, hint=UPGRADE_HINT)
    hint = "use the nacre that wrote it, or a newer one"
    raise StoreTooNew(f"the store {url} has schema {revision}, which this nacre does not know", hint=hint)


def current(store: str | Engine) -> str | None:
    """Return the store's schema revision, or None for an empty database and after a downgrade to base.

    Raise NotAStore for a database that holds somebody else's tables.
    """
    with _engine(store) as engine, engine.execution_options(reading=True).begin() as connection:
        return _current(connection)


def prepare(store: str | Engine) -> None:
    """Make an empty database a store at the head revision; raise unless one that is not empty is at it."""
    with _engine(store) as engine:
        url = engine.url.render_as_string(hide_password=True)
        with engine.begin() as connection:
            empty = not _tables(connection)
            if not empty:
                check_revision(_current(connection), url)
            elif engine.dialect.name == "sqlite":
                for statement in schema_statements():
                    connection.exec_driver_sql(statement)
        if empty and engine.dialect.name != "sqlite":
            upgrade(engine)


def upgrade(store: str | Engine, revision: str = "head") -> None:
    """Take the store forward to `revision`, all steps in one transaction; at it already, do nothing."""
    _step(store, "upgrade", revision)


def downgrade(store: str | Engine, revision: str) -> None:
    """Take the store back to `revision`, or to `base`: an empty database, and all data gone."""
    _step(store, "downgrade", revision)


def upgrade_sql(dialect: str, revision: str = "head") -> str:
    """Return the SQL of all steps from an empty `sqlite` or `postgresql` database, for people to read."""
    from alembic import command

    written = StringIO()
    steps = config(output=written)
    steps.set_main_option("nacre.dialect", dialect)
    command.upgrade(steps, revision, sql=True)
    return written.getvalue()


def _step(store: str | Engine, direction: str, revision: str) -> None:
    from alembic import command
    from alembic.util import CommandError

    with _engine(store) as engine, engine.begin() as connection:
        url = engine.url.render_as_string(hide_password=True)
        now = _current(connection)
        if now is not None and now not in KNOWN_REVISIONS:
            check_revision(now, url)
        steps = config()
        steps.attributes["connection"] = connection
        try:
            (command.upgrade if direction == "upgrade" else command.downgrade)(steps, revision)
        except CommandError as exc:
            hint = "known are: base, " + ", ".join(KNOWN_REVISIONS)
            raise StoreError(f"cannot {direction} the store {url} to {revision!r}", hint=hint) from exc


def config(*, output: StringIO | None = None) -> Config:
    """Return what Alembic must know to find the steps; no alembic.ini is read."""
    from alembic.config import Config

    steps = Config(output_buffer=output) if output is not None else Config()
    steps.set_main_option("script_location", "nacre.store:migrations")
    steps.set_main_option("path_separator", "os")
    return steps


@contextmanager
def _engine(store: str | Engine) -> Iterator[Engine]:
    """Lend an engine: the caller's own, or one for a URL, put away afterwards."""
    from sqlalchemy.exc import SQLAlchemyError

    from nacre.store.engine import open_engine
    from nacre.store.faults import translating

    engine = open_engine(store) if isinstance(store, str) else store
    try:
        with translating(engine.url.render_as_string(hide_password=True), raised=SQLAlchemyError):
            yield engine
    finally:
        if isinstance(store, str):
            engine.dispose()


def _tables(connection: Connection) -> set[str]:
    from sqlalchemy import inspect

    return set(inspect(connection).get_table_names())


def _current(connection: Connection) -> str | None:
    tables = _tables(connection)
    if not tables:
        return None
    revision = None
    if "alembic_version" in tables:
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    ours = "raw_events" in tables if revision is not None else tables == {"alembic_version"}
    if not ours:
        url = connection.engine.url.render_as_string(hide_password=True)
        raise NotAStore(f"{url} is a database, but none of nacre's", hint="name another file with --store")
    return str(revision) if revision is not None else None
