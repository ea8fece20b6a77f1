"""What one event costs at the insert: generated columns, page size, rows a statement.

Run: python bench/insert.py [LOG.gz ...]; without a name the real logs, or else generated ones.

CPU seconds of the inserting thread, so that neighbours on the machine count less; variants in turn, medians.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import load
import measure
from nacre.ingest.batcher import Batcher
from nacre.ingest.sizing import BatchSize
from nacre.model.batch import DIGEST_BYTES, KEY_BYTES, Batch
from nacre.store.migrate import schema_statements

HOT = ("src_ip", "username", "password", "input", "url", "shasum", "hassh")
EVENTS = (
    "INSERT OR IGNORE INTO raw_events "
    "(ts, digest, sensor_id, session_id, schema_id, batch_id, byte_offset, payload, line) VALUES "
)
TURNS = 5


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to hold and to insert the events."""

    name: str
    page_bytes: int = 8192
    rows: int = 50
    generated: Sequence[str] = ()


VARIANTS = (
    Variant("as nacre does it"),
    Variant("with 7 virtual generated columns", generated=HOT),
    Variant("with 1 virtual generated column", generated=HOT[:1]),
    Variant("4 KiB pages", page_bytes=4096),
    Variant("16 KiB pages", page_bytes=16384),
    Variant("1 row a statement", rows=1),
    Variant("200 rows a statement", rows=200),
)


def batches(paths: Sequence[Path]) -> Iterator[Batch]:
    """Parse logs into batches of the usual size."""
    for path in paths:
        batcher = Batcher(lambda raw: raw)
        data = gzip.decompress(path.read_bytes())
        for start in range(0, len(data), 512 * 1024):
            batcher.feed(data[start : start + 512 * 1024])
            if batcher.is_full(BatchSize(target_bytes=4 << 20)) and (batch := batcher.take()):
                yield batch
        batcher.finish()
        if batch := batcher.take():
            yield batch


def flat(number: int, batch: Batch) -> list[object]:
    """Lay a batch's rows out as parameters."""
    events, count = batch.events, len(batch.events.ts)
    row: list[object] = [None] * (9 * count)
    row[0::9] = events.ts
    row[1::9] = [events.digests[at : at + KEY_BYTES] for at in range(0, count * DIGEST_BYTES, DIGEST_BYTES)]
    row[2::9] = [1] * count
    row[3::9] = events.session
    row[4::9] = events.schema
    row[5::9] = [number] * count
    row[6::9] = events.offset
    row[7::9] = events.payload
    return row


def insert(variant: Variant, loaded: Sequence[Batch], folder: Path) -> tuple[float, int]:
    """Insert everything in the variant's way; return CPU seconds and the size of the file."""
    path = folder / "insert.db"
    for stale in folder.glob("insert.db*"):
        stale.unlink()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA page_size={variant.page_bytes}")
    for statement in schema_statements():
        connection.execute(statement)
    for name in variant.generated:
        expression = f"json_extract(payload, '$.{name}')"
        connection.execute(f"ALTER TABLE raw_events ADD COLUMN {name} TEXT AS ({expression}) VIRTUAL")
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536", "wal_autocheckpoint=0"):
        connection.execute(f"PRAGMA {pragma}")
    step = variant.rows * 9
    sql = EVENTS + ",".join(["(?,?,?,?,?,?,?,?,?)"] * variant.rows)
    started = time.thread_time()
    for number, batch in enumerate(loaded):
        parameters = flat(number, batch)
        connection.execute("BEGIN IMMEDIATE")
        whole = len(parameters) - len(parameters) % step
        for at in range(0, whole, step):
            connection.execute(sql, parameters[at : at + step])
        connection.execute("COMMIT")
    seconds = time.thread_time() - started
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return seconds, path.stat().st_size


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    found: dict[str, list[tuple[float, int]]] = {variant.name: [] for variant in VARIANTS}
    with tempfile.TemporaryDirectory(prefix="nacre-bench-") as name:
        loaded = list(batches(load.given_logs(arguments, Path(name))))
        events = sum(len(batch.events.ts) for batch in loaded)
        for _ in range(TURNS):
            for variant in VARIANTS:
                found[variant.name].append(insert(variant, loaded, Path(name)))
    cost: Callable[[str], float] = lambda name: measure.median([seconds for seconds, _ in found[name]])  # noqa: E731
    first = cost(VARIANTS[0].name)
    rows = [
        (
            v.name,
            f"{cost(v.name) / events * 1e6:.2f}",
            f"{cost(v.name) / first:.2f}",
            f"{found[v.name][0][1] / 1e6:.0f}",
        )
        for v in VARIANTS
    ]
    print(f"{events:,} events, {TURNS} turns, medians")
    print(measure.machine() + "\n")
    print(measure.table(("variant", "CPU µs per event", "against the first", "MB"), rows))


if __name__ == "__main__":
    main(sys.argv[1:])
