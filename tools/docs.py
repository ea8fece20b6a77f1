"""Write the reference pages under docs/reference from the code, or check that they still equal it."""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import importlib
import inspect
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
HEADER = "<!-- Written by `make docs` from {origin}; edits here are lost. -->\n\n# {title}\n\n{intro}\n"
DIFF_LINES_MAX = 40


def rows(head: Sequence[str], body: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *body]
    return "".join("| " + " | ".join(cell(each) for each in line) + " |\n" for line in lines)


def cell(value: object) -> str:
    """Return a value as one line that does not break a table."""
    return " ".join(str(value).replace("|", "\\|").split())


def code(value: object) -> str:
    """Return a value in code type, or nothing for an empty one."""
    return f"`{value}`" if str(value) else ""


# --- commands


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Yield a command and all below it, in the order in which help lists them."""
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from commands(child, click.Context(child, info_name=name, parent=context))


def parameters(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield how each parameter is written and what it means."""
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option) and "--help" not in parameter.opts:
            yield code(record[0]), record[1]


def prose(text: str | None) -> str:
    """Return a help text without click's mark for paragraphs that are not to be wrapped."""
    return inspect.cleandoc((text or "").replace("\b\n", ""))


def examples(command: click.Command) -> str:
    """Return the epilog's examples as a block."""
    lines = prose(command.epilog).removeprefix("Examples:").strip("\n").splitlines()
    return "".join(f"    {line.strip()}\n" for line in lines)


def command_section(command: click.Command, context: click.Context) -> str:
    """Return what stands about one command."""
    pieces = " ".join(command.collect_usage_pieces(context))
    options = list(parameters(command, context))
    parts = [
        f"## {context.command_path}\n",
        f"    {context.command_path} {pieces}\n",
        f"{prose(command.help or command.short_help)}\n",
        rows(["option", "meaning"], options) if options else "",
        f"For example:\n\n{examples(command)}" if command.epilog else "",
    ]
    return "".join(f"\n{part}" for part in parts if part)


def commands_page() -> str:
    """Describe every command and its options."""
    cli = importlib.import_module("nacre.cli.main").cli
    intro = "Data goes to stdout, talk and progress to stderr. [Exit codes](../how-to/errors-and-exit-codes.md)."
    header = HEADER.format(origin="nacre.cli", title="Commands", intro=intro)
    sections = (command_section(*each) for each in commands(cli, click.Context(cli, info_name="nacre")))
    return header + "".join(sections)


# --- settings


def default_of(field: dataclasses.Field[Any]) -> str:
    """Return how a setting's default is written."""
    factory = field.default_factory
    value = field.default if factory is dataclasses.MISSING else factory()
    return "" if value is dataclasses.MISSING or value in (None, "", (), {}) else str(value)


def settings_page() -> str:
    """Describe every setting, its variable and its default."""
    settings = importlib.import_module("nacre.settings").Settings
    intro = "The command line goes before the environment, the environment before the settings file."
    body = [
        (
            code(field.name),
            code(field.metadata.get("env", "")),
            code(default_of(field)),
            field.metadata["help"],
        )
        for field in dataclasses.fields(settings)
    ]
    header = HEADER.format(origin="nacre.settings", title="Settings", intro=intro)
    return header + "\n" + rows(["setting", "variable", "default", "meaning"], body)


# --- tables


def views() -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, comment and columns of each public view, as SQLite sees them after all migrations."""
    migrate = importlib.import_module("nacre.store.migrate")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        migrate.upgrade(f"sqlite:///{path}")
        connection = sqlite3.connect(path)
        for view in importlib.import_module("nacre.store.views").VIEWS:
            found = connection.execute("SELECT name FROM pragma_table_info(?)", (view.name,)).fetchall()
            yield view.name, view.comment, [name for (name,) in found]
        connection.close()


def tables_page() -> str:
    """Describe the public views, and the tables with every column."""
    from sqlalchemy.dialects import sqlite

    base = importlib.import_module("nacre.store.schema").Base
    intro = "The views are public and stable. The tables may change with any release, which then migrates them."
    parts = [HEADER.format(origin="nacre.store", title="Views and tables", intro=intro)]
    parts += [f"\n## {name}\n\n{comment}\n\n{', '.join(map(code, found))}\n" for name, comment, found in views()]
    for table in base.metadata.sorted_tables:
        body = [
            (
                code(column.name),
                column.type.compile(dialect=sqlite.dialect()),
                "key" if column.primary_key else "" if column.nullable else "not null",
                column.comment or "",
            )
            for column in table.columns
        ]
        parts.append(f"\n## {table.name}\n\n{table.comment}\n\n{rows(['column', 'type', '', 'meaning'], body)}")
    return "".join(parts)


# --- signals


def signals_page() -> str:
    """Describe every signal."""
    signals = importlib.import_module("nacre.telemetry.signals").SIGNALS
    intro = "Everything that nacre says about itself has its name here."
    body = [
        (
            code(each.name),
            getattr(each.kind, "value", each.kind),
            each.unit,
            ", ".join(map(code, each.labels)),
            each.meaning,
        )
        for each in signals
    ]
    header = HEADER.format(origin="nacre.telemetry.signals", title="Signals", intro=intro)
    return header + "\n" + rows(["signal", "kind", "unit", "labels", "meaning"], body)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "settings.md": settings_page,
    "signals.md": signals_page,
    "tables.md": tables_page,
}


def difference(name: str, page: str) -> list[str]:
    """Return what is not equal between a page on disk and the same page from the code."""
    path = REFERENCE / name
    standing = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = difflib.unified_diff(
        standing.splitlines(), page.splitlines(), f"docs/reference/{name}", "the code", "", "", 0, ""
    )
    return list(lines)


def pages() -> tuple[dict[str, str], list[str]]:
    """Return the pages that the code gives, and why others cannot be written."""
    built, missing = {}, []
    for name, build in PAGES.items():
        try:
            built[name] = build()
        except ModuleNotFoundError as exc:
            missing.append(f"docs/reference/{name} cannot be written: {exc}")
    return built, missing


def main() -> int:
    """Write the pages, or check them; return 1 when one differs or cannot be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a page differs")
    is_check = parser.parse_args().check
    built, found = pages()
    for name, page in built.items():
        if is_check:
            found += difference(name, page)
        else:
            REFERENCE.mkdir(parents=True, exist_ok=True)
            (REFERENCE / name).write_text(page, encoding="utf-8")
    for line in found[:DIFF_LINES_MAX]:
        print(line, file=sys.stderr)
    if found and is_check:
        print(f"docs/reference differs from the code in {len(found)} lines: run make docs", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
