"""Where a load's time goes: CPU per event of each stage, run alone, one after the other.

Run: python bench/stages.py [LOG.gz ...]; without a name the real logs, or else generated ones.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from blake3 import blake3

import load
import measure
from nacre.ingest import collector
from nacre.ingest.sizing import BatchSize
from nacre.ingest.wire import BATCH, Read, decode_batch, encode_frame
from nacre.ingest.worker import BLOCK_BYTES, BatchReader
from nacre.model.sensor import SensorNames
from nacre.model.source import SourceIdentity
from nacre.parse.events import decode_strict
from nacre.parse.fold import Fold, narrow
from nacre.parse.parser import ParsedEvent, Parser
from nacre.sources import Skipped, open_source
from nacre.store.contract import RunStart
from nacre.store.sqlite import SqliteStore

TURNS = 5
SIZE = BatchSize(target_bytes=BatchSize().bytes_max)


def frames(path: Path) -> list[bytes]:
    """Return the batches of a log as they go from the parsing to the writing process."""
    order = Read(os.fsencode(path), str(path), 0, True, SensorNames(), SIZE.bytes_max)
    return [encode_frame(BATCH, batch)[1] for batch in BatchReader(order, SIZE)]


def blocks(path: Path) -> list[bytes]:
    """Return a log's content as the parser gets it."""
    source = open_source(path)
    assert not isinstance(source, Skipped)
    with source:
        return list(source.blocks(0, BLOCK_BYTES))


def parse(contents: Sequence[Sequence[bytes]]) -> Iterator[list[ParsedEvent]]:
    """Parse blocks into events."""
    for each in contents:
        parser = Parser()
        for block in each:
            yield [item for item in parser.feed(block) if isinstance(item, tuple)]


def exhaust(items: Iterable[object]) -> None:
    """Take all and keep none, as a load does: what is kept leaves the cache and is dearer."""
    for _ in items:
        pass


def fold(parsed: Sequence[Sequence[ParsedEvent]]) -> None:
    """Fold events in batches of the usual size."""
    folding = Fold(lambda raw: raw)
    for each in parsed:
        folding.add(each)
        if SIZE.is_reached(folding.bytes, len(folding)):
            folding.take()
    folding.take()


def append(messages: Sequence[Sequence[bytes]]) -> None:
    """Decode batches and append them to a new store."""
    with tempfile.TemporaryDirectory(prefix="nacre-bench-") as name:
        store = SqliteStore(Path(name) / "nacre.db", narrow=narrow, clock=lambda: time.time_ns() // 1000)
        with closing(store):
            run = store.start_run(RunStart(mode="load", version="0", actor="bench", host="bench"))
            for number, each in enumerate(messages):
                identity = SourceIdentity(
                    fingerprint=number.to_bytes(32, "big"),
                    head_bytes=1,
                    path=str(number),
                    device=0,
                    inode=number,
                    compression="gzip",
                )
                source = store.add_source(identity).source_id
                for message in each:
                    store.append(run, source, decode_batch(message))


def cost(stage: Callable[[], object]) -> float:
    """Return the median of the CPU seconds that a stage takes in this thread."""
    found = []
    for _ in range(TURNS):
        started = time.thread_time()
        stage()
        found.append(time.thread_time() - started)
    return measure.median(found)


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="nacre-bench-") as name, collector.seldom():
        paths = load.given_logs(arguments, Path(name))
        contents = [blocks(path) for path in paths]
        parsed = list(parse(contents))
        lines = [event[1] for each in parsed for event in each]
        messages = [frames(path) for path in paths]
        decoding = cost(lambda: exhaust(decode_batch(message) for each in messages for message in each))
        stages = {
            "unpack and cut into blocks": cost(lambda: exhaust(map(blocks, paths))),
            "parse": cost(lambda: exhaust(parse(contents))),
            "  of which strict decoding": cost(lambda: exhaust(map(decode_strict, lines))),
            "fold": cost(lambda: fold(parsed)),
            "  of which BLAKE3": cost(lambda: exhaust(blake3(line).digest() for line in lines)),
            "all of the parsing process": cost(lambda: exhaust(map(frames, paths))),
            "decode": decoding,
            "append": cost(lambda: append(messages)) - decoding,
        }
    print(f"{len(lines):,} events; CPU of the thread that does the work; medians of {TURNS}")
    print(measure.machine() + "\n")
    rows = [(stage, f"{seconds / len(lines) * 1e6:.2f}") for stage, seconds in stages.items()]
    print(measure.table(("stage", "µs per event"), rows))


if __name__ == "__main__":
    main(sys.argv[1:])
