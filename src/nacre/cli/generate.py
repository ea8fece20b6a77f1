"""nacre generate: synthetic logs, seeded, in any dialect of Cowrie."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from nacre.cli.options import Moment
from nacre.errors import UsageError
from nacre.generate import Plan, lines

BLOCK_LINES = 2000


@click.command(
    epilog="""\b
Examples:
  nacre generate --events 100000 --out cowrie.json
  nacre generate --dialect 4 --bytes 50000000 --seed 7 | gzip > cowrie.json.gz
  nacre generate --days 30 --sensors 3 --start 2026-01-01 --events 1000000 --out month.json
"""
)
@click.option(
    "--dialect",
    type=click.IntRange(1, 6),
    default=6,
    show_default=True,
    help="1 KIPP … 6 Cowrie 3.0.6 and later.",
)
@click.option("--events", type=click.IntRange(min=1), help="How many events. Default: 10,000.")
@click.option(
    "--bytes", "size_bytes", type=click.IntRange(min=1), help="Stop at the first line that reaches this size."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bytes.")
@click.option(
    "--start",
    type=Moment(),
    default="2026-01-01",
    show_default=True,
    metavar="TIME",
    help="Time of the first event.",
)
@click.option(
    "--days",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Days that the log spans.",
)
@click.option(
    "--sensors",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="How many sensors take turns.",
)
@click.option(
    "--hostile", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="Share of hostile values."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; else standard output.")
def command(size_bytes: int | None, start: int, out: Path | None, **options: Any) -> None:
    """Write a synthetic log: for tests, benchmarks and trying nacre out.

    Events come in order of time from sessions that run at once: scans, brute force, shells, forwards, telnet bots. All
    addresses are of the ranges that are reserved for documentation. Memory does not grow with the size.
    """
    plan = Plan(start_us=start, bytes=size_bytes, **options)
    if out is None:
        _write(plan, sys.stdout.buffer)
        return
    try:
        with out.open("wb") as target:
            _write(plan, target)
    except OSError as exc:
        raise UsageError(f"cannot write {out}", hint="name another file with --out") from exc


def _write(plan: Plan, target: BinaryIO) -> None:
    block: list[bytes] = []
    for line in lines(plan):
        block.append(line)
        if len(block) == BLOCK_LINES:
            target.write(b"".join(block))
            block.clear()
    target.write(b"".join(block))
