"""nacre follow: live logs into the store, for months."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from nacre.cli import process, wiring
from nacre.cli.following import watcher_for
from nacre.cli.options import RATE, SIZE
from nacre.cli.stopping import Stop
from nacre.ingest.follow import Follow, Follower, drive
from nacre.ingest.pace import Limits
from nacre.ingest.reading import Reading
from nacre.ingest.sizing import BatchSize
from nacre.model.sensor import SensorNames
from nacre.pressure import Rate
from nacre.settings import Settings
from nacre.sources import Watch, discover, may_come

EPILOG = """\b
Examples:
  nacre follow /srv/cowrie/var/log/cowrie
  nacre --store team.db follow '/data/*/cowrie.json*' --max-rate 20MB
  nacre follow --once /srv/cowrie/var/log/cowrie      (from cron)
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--once", "is_once", is_flag=True, help="Store what is there now, then end.")
@click.option(
    "--from-start/--from-end",
    "is_from_start",
    default=True,
    help="Where to begin when nothing under PATH is known yet; the end leaves out what stands there, and records that.",
    show_default=True,
)
@click.option(
    "--poll",
    "poll_seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=0.01, max=3600),
    help="Look this often although nothing was told. Default: 1; 0.1 where the system tells nothing (network mounts).",
)
@click.option("--sensor", metavar="NAME", help="Name the sensor of all events, whatever they say themselves.")
@click.option(
    "--max-rate",
    "rates",
    multiple=True,
    type=RATE,
    help="Store no more than this a second: 5000 (events) or 10MB; may be given for both. In portions of 128 KiB.",
)
@click.option(
    "--min-free",
    "min_free_bytes",
    type=SIZE,
    default="64MiB",
    show_default=True,
    help="Pause while less than this is free on the store's disk.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON when it ends.")
@click.pass_obj
def command(settings: Settings, /, paths: tuple[str, ...], rates: tuple[Rate, ...], **options: Any) -> None:
    """Keep the store seconds behind live logs.

    PATH is a file, a directory (searched to any depth) or a quoted glob; several sensors may be followed at once.
    What is there already is stored first, from where the store left off; then each line as it comes, through rotation,
    truncation, compression and removal of the files. What could not be read is recorded as a gap.

    SIGTERM and Ctrl-C end it well: what is whole is stored, within five seconds, and the exit status is 0 (with --once:
    130, 143). A second one ends it at once; nothing is lost by it. A full or locked store is waited for.
    """
    is_once: bool = options["is_once"]
    whole = tuple(str(Path(path).absolute()) for path in paths)
    _check(whole, is_once=is_once)
    reading = Reading(
        paths=whole,
        store=wiring.store_path(settings),
        sensors=SensorNames(options["sensor"], settings.sensors),
        line_bytes_max=settings.line_bytes_max,
        from_end=not options["is_from_start"],
        closed_after_seconds=settings.closed_after_seconds,
        tails_max=process.files_max(),
    )
    follow = Follow(
        reading=reading,
        limits=Limits(rates=rates, min_free_bytes=options["min_free_bytes"]),
        poll_seconds=options["poll_seconds"] or wiring.poll_seconds(whole),
        age_seconds=settings.batch_age_seconds,
        size=BatchSize(target_bytes=settings.batch_bytes, bytes_min=min(settings.batch_bytes, BatchSize().bytes_min)),
    )
    watch = Watch(whole, ignored=str(wiring.store_path(settings)))
    stop = Stop()
    watcher = watcher_for(verbose=settings.verbose)
    with (
        closing(watch),
        closing(wiring.open_store(settings, mode="follow")) as store,
        wiring.surroundings(settings) as around,
    ):
        follower = Follower(store, follow, around=around, watcher=watcher)
        began = time.perf_counter()
        try:
            stop.listen()
            drive(follower, wiring.run_start("follow"), watch, stop=stop, is_once=is_once)
        finally:
            watcher.close()
            if follower.totals.run and (follower.totals.batches or sys.exc_info()[0] is None):
                receipt = follower.totals.receipt(time.perf_counter() - began)
                click.echo(json.dumps(receipt) if options["as_json"] else as_text(receipt, store.url))
    if is_once:
        stop.raise_again()


def _check(paths: tuple[str, ...], *, is_once: bool) -> None:
    """Raise NoSuchPath for a path that cannot be meant; a live log may be absent for a moment, its folder may not."""
    for path in paths:
        if is_once or not may_come(path):
            discover((path,))


def as_text(receipt: dict[str, int | float], store: str) -> str:
    """Say what following did."""
    lines = (
        f"{receipt['lines']:,} lines in {receipt['seconds']:.1f} s; {receipt['skipped']:,} files skipped",
        f"  stored {receipt['stored']:,}   duplicate {receipt['duplicate']:,}   "
        f"rejected {receipt['rejected']:,}   blank {receipt['blank']:,}   new sessions {receipt['sessions']:,}",
        f"  in {store}; next: nacre report daily",
    )
    return "\n".join(lines)
