"""nacre load: files, directories and globs into the store."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from nacre.cli import wiring
from nacre.cli.options import Moment
from nacre.cli.progress import watcher_for
from nacre.errors import SourceError
from nacre.ingest.bulk import Load, Loader
from nacre.ingest.crew import default_jobs
from nacre.ingest.sizing import BatchSize
from nacre.ingest.totals import Totals
from nacre.model.sensor import SensorNames
from nacre.settings import Settings
from nacre.sources import SkipReason, discover


@click.command(
    epilog="""\b
Examples:
  nacre load /srv/cowrie/var/log/cowrie
  nacre load 'logs/**/cowrie.json*' --sensor attic
  nacre --store team.db load backup/2024 --since 2024-03-01 --json
"""
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--since", metavar="TIME", type=Moment(), help="Leave out files that were last written before this time.")
@click.option(
    "--until",
    metavar="TIME",
    type=Moment(),
    help="Leave out files whose first event is at this time or later.",
)
@click.option("--sensor", metavar="NAME", help="Name the sensor of all events, whatever they say themselves.")
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    help="Parsing processes; 0 parses in this one. Default: by processors.",
)
@click.option(
    "--writer",
    type=click.Choice(["fast", "orm"]),
    default="fast",
    show_default=True,
    help="How rows are written.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
@click.pass_obj
def command(settings: Settings, /, paths: tuple[str, ...], **options: Any) -> None:
    """Load logs into the store.

    PATH is a file, a directory (searched to any depth) or a quoted glob. Plain, gzip, bzip2, xz and zstd are told
    apart by content. Lines that the store holds are counted as duplicates, so loading again, or loading copies,
    changes nothing. Interrupted, the same command goes on where it stopped. With --since and --until whole files are
    left out; a file that overlaps the range is loaded in full.
    """
    jobs = options["jobs"]
    load = Load(
        # A path that names nothing is told here, before a store is made for it.
        files=discover(paths, store=wiring.store_path(settings)),
        sensors=SensorNames(options["sensor"], settings.sensors),
        jobs=default_jobs() if jobs is None else jobs,
        line_bytes_max=settings.line_bytes_max,
        size=BatchSize(target_bytes=settings.batch_bytes, bytes_min=min(settings.batch_bytes, BatchSize().bytes_min)),
        closed_after_seconds=settings.closed_after_seconds,
        since_us=options["since"],
        until_us=options["until"],
    )
    watcher = watcher_for(verbose=settings.verbose)
    store = wiring.open_store(settings, writer=options["writer"])
    try:
        began = time.perf_counter()
        loader = Loader(store, load, clock=wiring.clock, watcher=watcher)
        is_done = False
        try:
            missed = _missed(loader.run(wiring.run_start("load")), paths)
            is_done = missed is None
        finally:
            watcher.close()
            receipt = loader.totals.receipt(time.perf_counter() - began)
            if loader.totals.run:
                text = as_text(receipt, store.url, is_done=is_done)
                click.echo(json.dumps(receipt) if options["as_json"] else text)
    finally:
        store.close()
    if missed is not None:
        raise missed


def _missed(totals: Totals, paths: tuple[str, ...]) -> SourceError | None:
    """Return the error to end with when a load came to its end but did not read what it was asked to read.

    A file that was only found in a directory or by a glob is skipped and told, which is no error while others are read.
    """
    # An empty log is a log, as it is after each rotation; and to be out of the range was asked for.
    fine = (SkipReason.EMPTY, SkipReason.OUTSIDE, SkipReason.LEASED)
    expected = totals.files + sum(totals.skipped[reason] for reason in fine)
    named = set(totals.unreadable) & set(map(Path, paths))
    if named or (totals.unreadable and not expected):
        return SourceError(
            f"{len(totals.unreadable):,} files or directories could not be read; all others are stored",
            hint="let this user read what is named above, then run the same command again",
        )
    if expected:
        return None
    hint = "name a log, a directory of logs or a quoted glob; nacre -v load names each file left out"
    return SourceError(f"no log of Cowrie in {' '.join(paths)}", hint=hint)


def as_text(receipt: dict[str, int | float], store: str, *, is_done: bool = True) -> str:
    """Say what a load did, in three lines; only one that read everything sends the user on to a report."""
    lines = (
        f"{receipt['lines']:,} lines of {receipt['files']:,} files in {receipt['seconds']:.1f} s, "
        f"{receipt['events_per_second']:,} events a second; {receipt['skipped']:,} files skipped",
        f"  stored {receipt['stored']:,}   duplicate {receipt['duplicate']:,}   "
        f"rejected {receipt['rejected']:,}   blank {receipt['blank']:,}   new sessions {receipt['sessions']:,}",
        f"  in {store}; " + ("next: nacre report daily" if is_done else "not all was read"),
    )
    return "\n".join(lines)
