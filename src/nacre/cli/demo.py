"""nacre demo: sample logs in, report out, in a temporary store."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import time
from pathlib import Path

import click

from nacre.cli import wiring
from nacre.cli.load import as_text
from nacre.cli.progress import QuietWatcher
from nacre.errors import UsageError
from nacre.ingest.bulk import Load, Loader
from nacre.model.calendar import Span
from nacre.report.build import build_report, latest_period
from nacre.report.records import Question
from nacre.report.text import Style, render_text
from nacre.sample import sample_files
from nacre.settings import Settings
from nacre.upkeep.account import account


@click.command(
    epilog="""\b
Examples:
  nacre demo
  nacre demo --keep sample.db && nacre --store sample.db sessions
"""
)
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the store as this file.")
@click.pass_obj
def command(settings: Settings, keep: Path | None) -> None:
    """Load the sample that ships with nacre and report on its last day.

    The sample is what a real Cowrie wrote on loopback under a scripted attack (tools/sample). Nothing is left behind
    unless --keep is given.
    """
    if keep is not None and keep.exists():  # it may be somebody's store
        raise UsageError(f"{keep} exists already", hint="name a new file with --keep")
    if keep is not None and not keep.parent.is_dir():  # told now, not after a whole report
        raise UsageError(f"there is no directory for {keep}", hint="name another file with --keep")
    with tempfile.TemporaryDirectory(prefix="nacre-demo-") as folder:
        path = Path(folder) / "demo.db"
        trial = dataclasses.replace(settings, store=str(path))
        click.echo(f"$ nacre load {' '.join(one.name for one in sample_files())}")
        click.echo(_load(trial) + "\n")
        reader = wiring.open_reader(trial)
        try:
            balanced = "balanced" if account(reader).balanced else "NOT balanced"
            click.echo(f"$ nacre account\n{balanced}: lines = stored + duplicate + rejected + blank\n")
            period = latest_period(reader, Span.DAILY, ())
            click.echo(f"$ nacre report daily {period.name}")
            report = build_report(reader, Question(period=period, sensors=(), top=5))
            click.echo(render_text(report, Style(is_raw=False)))
        finally:
            reader.close()
        if keep is not None:
            _keep(path, keep)
            click.echo(f"\nthe store is {keep}; next: nacre --store {keep} sessions")
        else:
            click.echo("\nnext, with your own logs: nacre load /srv/cowrie/var/log/cowrie")


def _keep(path: Path, keep: Path) -> None:
    try:
        shutil.move(path, keep)
    except OSError as exc:
        raise UsageError(f"cannot write {keep}", hint="name another file with --keep") from exc


def _load(settings: Settings) -> str:
    began = time.perf_counter()
    store = wiring.open_store(settings)
    try:
        # Three small files: starting a process for them would take longer than reading them.
        load = Load(files=sample_files(), jobs=0)
        totals = Loader(store, load, clock=wiring.clock, watcher=QuietWatcher()).run(wiring.run_start("load"))
    finally:
        store.close()
    return as_text(totals.receipt(time.perf_counter() - began), "a temporary store")
