"""nacre store: the schema and the file."""

from __future__ import annotations

from pathlib import Path

import click

from nacre.cli import wiring
from nacre.errors import StoreCorrupt, StoreError, UsageError
from nacre.model.present import size, terminal
from nacre.settings import Settings

FINDINGS = 1
PROBLEMS_MAX = 100  # as many as SQLite's own default

EXAMPLES = """\b
Examples:
  nacre store current
  nacre store upgrade
  nacre --store team.db store check
"""


@click.group(epilog=EXAMPLES)
def command() -> None:
    """Make, upgrade and check the store."""


@command.command()
@click.pass_obj
def init(settings: Settings) -> None:
    """Make an empty store; one that exists is left as it is."""
    wiring.open_store(settings).close()
    click.echo(f"{terminal(settings.store)} is a store at schema {_revision(settings)}")


@command.command()
@click.pass_obj
def current(settings: Settings) -> None:
    """Print the schema revision of the store, and the one that this nacre needs when it differs."""
    _existing(settings)
    revision, head = _revision(settings), wiring.schema().head()
    click.echo(revision if revision == head else f"{revision} (this nacre needs {head})")


@command.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the schema to the one that this nacre needs, in one transaction."""
    _existing(settings)
    before = _revision(settings)
    with wiring.store_engine(settings) as engine:
        wiring.schema().upgrade(engine)
    click.echo(f"schema {before} -> {_revision(settings)}")


@command.command(epilog="\b\nExample:\n  nacre store downgrade base --yes")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do it, though data may be lost.")
@click.pass_obj
def downgrade(settings: Settings, revision: str, yes: bool) -> None:
    """Take the schema back to REVISION, or to `base`, which deletes everything.

    What the later schema kept and the earlier one cannot is lost.
    """
    _existing(settings)
    if not yes:
        raise UsageError(
            "a downgrade can delete data",
            hint=f"copy the store, then: nacre store downgrade {revision} --yes",
        )
    before = _revision(settings)
    with wiring.store_engine(settings) as engine:
        wiring.schema().downgrade(engine, revision)
    click.echo(f"schema {before} -> {_revision(settings)}")


@command.command()
@click.option("--quick", is_flag=True, help="Leave out the comparison of indexes with tables.")
@click.pass_obj
def check(settings: Settings, quick: bool) -> None:
    """Have SQLite check the file, and references between tables. Exit status 1 when something is wrong."""
    path = _existing(settings)
    try:
        found = _problems(settings, "quick_check" if quick else "integrity_check")
    except StoreCorrupt as exc:  # its own hint would send the user here
        hint = "restore a backup, or load the logs into a new store"
        raise StoreCorrupt(f"{path} is too damaged to be checked", hint=hint) from exc.__cause__
    for problem in found:
        click.echo(terminal(problem))
    click.echo(f"{terminal(str(path))}: {len(found)} problems" if found else f"{terminal(str(path))}: sound")
    if found:
        raise SystemExit(FINDINGS)


@command.command()
@click.pass_obj
def optimize(settings: Settings) -> None:
    """Refresh SQLite's statistics, fold the write-ahead log into the file and give free pages back.

    Worth it after a large first load, or after much was deleted. Writers wait meanwhile.
    """
    path = _existing(settings)
    before = _bytes(path)
    with wiring.maintenance(settings) as connection:
        connection.execute("PRAGMA analysis_limit=1000")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA incremental_vacuum").fetchall()
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    click.echo(f"{size(before)} -> {size(_bytes(path))}" + ("; others use it: its log stays for now" if busy else ""))


def _problems(settings: Settings, question: str) -> list[str]:
    with wiring.maintenance(settings) as connection:
        found = [str(row[0]) for row in connection.execute(f"PRAGMA {question}({PROBLEMS_MAX})") if row[0] != "ok"]
        for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(PROBLEMS_MAX):
            found.append(f"row {row} of {table} refers to a row of {parent} that is not there")
    return found


def _revision(settings: Settings) -> str:
    with wiring.store_engine(settings) as engine:
        return wiring.schema().current(engine) or "none"


def _existing(settings: Settings) -> Path:
    """Return the store's file; SQLAlchemy would make one that is missing."""
    path = wiring.store_path(settings)
    if not path.exists():
        raise StoreError(f"there is no store at {path}", hint="make one with: nacre store init")
    return path


def _bytes(path: Path) -> int:
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
