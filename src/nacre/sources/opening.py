"""Decide whether a path is a log of Cowrie, and open it."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

from nacre.sources.compression import Compression
from nacre.sources.evidence import Verdict, judge
from nacre.sources.reader import OPENING_BYTES, Source
from nacre.sources.trouble import Damage, DamageKind, Skipped, SkipReason, skipped_for, special_kind

# How much of the head is looked at, step by step, before a file is called foreign. The last step is only
# for a first line that has no end within the step before: the longest event known has 12,000,304 bytes.
_LOOK_BYTES = (OPENING_BYTES, 1024 * 1024)
_LOOK_BYTES_LONG_LINE = 32 * 1024 * 1024


def open_source(path: Path) -> Source | Skipped:
    """Open `path` when it is a regular file in which Cowrie's events can be found, else say why not.

    Never blocks on a FIFO, never opens a device, never raises for what it finds. Close the Source.
    """
    try:
        file = _open_regular(path)
    except OSError as exc:
        return skipped_for(path, exc)
    if isinstance(file, Skipped):
        return file
    try:
        source = Source(path, file)
    except OSError as exc:
        file.close()
        return skipped_for(path, exc)
    verdict = _examine(source)
    if verdict is None:
        return source
    source.close()
    return Skipped(path, verdict.reason, verdict.detail)


def _open_regular(path: Path) -> io.FileIO | Skipped:
    try:
        mode = path.stat().st_mode
    except ValueError:  # a NUL byte in the name
        return Skipped(path, SkipReason.NO_SUCH, "no such file")
    if not stat.S_ISREG(mode):  # asked before opening, since opening a device may already do something
        return Skipped(path, SkipReason.SPECIAL, special_kind(mode))
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(fd).st_mode):  # replaced since
        os.close(fd)
        return Skipped(path, SkipReason.SPECIAL, "replaced while it was opened")
    return io.FileIO(fd, "rb")


def _examine(source: Source) -> Verdict | None:
    if not source.head:
        return _judge_nothing(source)
    verdict = None
    for limit in (*_LOOK_BYTES, _LOOK_BYTES_LONG_LINE):
        head = source.read_head(limit)
        verdict = judge(head, is_whole=len(head) < limit)
        is_open = verdict is not None and verdict.reason in (SkipReason.FOREIGN, SkipReason.EMPTY)
        if not is_open or len(head) < limit or (limit == _LOOK_BYTES[-1] and b"\n" in head):
            break
    damage = source.damage
    if verdict is not None and damage is not None and damage.loses_content:
        return Verdict(_reason(damage), damage.detail)
    return verdict


def _judge_nothing(source: Source) -> Verdict:
    damage = source.damage
    if damage is not None and damage.loses_content:
        return Verdict(_reason(damage), damage.detail)
    if source.compression is not Compression.PLAIN and not source.hole_bytes:
        return Verdict(SkipReason.EMPTY, f"an empty {source.compression} archive")
    if source.hole_bytes:
        return Verdict(SkipReason.EMPTY, f"nothing but {source.hole_bytes} NUL bytes")
    return Verdict(SkipReason.EMPTY, "no bytes")


def _reason(damage: Damage) -> SkipReason:
    return SkipReason.UNREADABLE if damage.kind is DamageKind.IO else SkipReason.CORRUPT
