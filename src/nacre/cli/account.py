"""nacre account: prove that no line was lost or counted twice."""

from __future__ import annotations

import json
import sys

import click

from nacre.cli import wiring
from nacre.model.present import counted, terminal
from nacre.settings import Settings
from nacre.upkeep.account import Account, SourceAccount, account, as_json, problems

FINDINGS = 1


@click.command(
    epilog="""\b
Examples:
  nacre account
  nacre account --recount --json
"""
)
@click.option("--recount", is_flag=True, help="Read the files again and hold every line against the store.")
@click.option("--json", "json_wanted", is_flag=True, help="Print the account as JSON.")
@click.pass_obj
def command(settings: Settings, recount: bool, json_wanted: bool) -> None:
    """Show that lines = stored + duplicate + rejected + blank, for each source and in total.

    The byte ranges of each source must follow each other from 0 to its checkpoint. Exit status 1 when anything does
    not add up.
    """
    reader = wiring.open_reader(settings)
    try:
        drawn = account(reader)
        if recount:
            from nacre.upkeep.recount import recount as read_again

            told = _tell if sys.stderr.isatty() else _ignore
            drawn = read_again(reader, drawn, line_bytes_max=settings.line_bytes_max, told=told)
    finally:
        reader.close()
    click.echo(json.dumps(as_json(drawn)) if json_wanted else _text(drawn))
    if not drawn.balanced:
        sys.exit(FINDINGS)


def _tell(one: SourceAccount) -> None:
    print(f"reading {terminal(one.path)}", file=sys.stderr)


def _ignore(one: SourceAccount) -> None:
    """Say nothing."""


def _text(drawn: Account) -> str:
    head = ("lines", "stored", "duplicate", "rejected", "blank", "bytes", "source")
    rows = [_row(one) for one in drawn.sources]
    totals = drawn.totals
    numbers = (totals.lines, totals.stored, totals.duplicate, totals.rejected, totals.blank)
    rows.append([*(f"{number:,}" for number in numbers), f"{sum(s.checkpoint for s in drawn.sources):,}", "total"])
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(6)]
    lines = [
        "  ".join([*(cell.rjust(width) for cell, width in zip(row, widths, strict=False)), row[6]])
        for row in (head, *rows)
    ]
    gaps = sum(one.gaps for one in drawn.sources)
    if gaps:
        missing = sum(one.missing_bytes for one in drawn.sources)
        known = f"at least {missing:,} bytes" if missing else "an unknown number of bytes"
        lines.append(f"{counted(gaps, 'gap')}: {known} of logs could not be read; see nacre status")
    skipped = sum(one.skipped_bytes for one in drawn.sources)
    if skipped:
        lines.append(f"{skipped:,} bytes stood there when following began at the end; nacre load reads them")
    found = problems(drawn)
    lines += [f"not balanced: {terminal(problem)}" for problem in found] or ["balanced: every line is accounted for"]
    return "\n".join(lines)


def _row(one: SourceAccount) -> list[str]:
    tally = one.tally
    numbers = (tally.lines, tally.stored, tally.duplicate, tally.rejected, tally.blank, one.checkpoint)
    return [
        *(f"{number:,}" for number in numbers),
        terminal(one.path) + ("" if one.balanced else "  (not balanced)"),
    ]
