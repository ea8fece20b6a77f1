"""A batch: consecutive lines of one source with everything that the store needs to commit them together."""

from __future__ import annotations

from dataclasses import dataclass

import blake3
import msgspec

from nacre.model.coverage import DayGrowth, DriftGrowth, Gap
from nacre.model.entity import EntityGrowth
from nacre.model.reject import Reject
from nacre.model.session import SessionGrowth

DIGEST_BYTES = 32  # of a line, a batch, a seal
KEY_BYTES = 16  # of the digest, as the second half of an event's key
NO_SESSION = -1  # in Batch.session, for an event without a session id


class EventColumns(msgspec.Struct, array_like=True, gc=False):
    """The batch's events, a list a column; row i is the i-th event in order of its offset."""

    ts: list[int]  # microseconds UTC
    digests: bytes  # BLAKE3 of each line, DIGEST_BYTES each, joined
    sensor: list[int]  # index into Batch.sensors
    session: list[int]  # index into Growth.sessions, or NO_SESSION
    schema: list[int]  # index into Batch.schemas
    offset: list[int]  # of the line's first byte, in the decompressed source
    payload: list[str]  # JSON text that every store can hold
    exact: dict[int, bytes]  # row -> line, only where the payload is not the line byte for byte

    def line(self, row: int) -> bytes:
        """Return the bytes of the line as the honeypot wrote it, without its newline."""
        kept = self.exact.get(row)
        return self.payload[row].encode() if kept is None else kept


class Growth(msgspec.Struct, array_like=True, gc=False):
    """What a batch's events add to the summaries; references are indices into its own lists."""

    sessions: list[SessionGrowth]
    entities: list[EntityGrowth]
    entity_days: list[int]  # flat quadruples: entity, sensor, day, count
    edges: list[int]  # flat triples: session, entity, count
    days: list[DayGrowth]
    drift: list[DriftGrowth]


class Batch(msgspec.Struct, array_like=True, gc=False):
    """Consecutive lines [start, end) of one source. lines = events + rejects + blank, always."""

    start: int  # first byte, in the decompressed source
    end: int  # first byte after the last line
    lines: int
    blank: int
    marker: bytes  # fingerprint of the last bytes before `end`, to recognise the place again
    sensors: list[str]  # names
    schemas: list[tuple[str, int]]  # (event id, dialect)
    events: EventColumns
    growth: Growth
    rejects: list[Reject]
    gaps: list[Gap]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the store says of a batch once it is durable. lines = stored + duplicate + rejected + blank."""

    batch_id: int
    lines: int
    stored: int
    duplicate: int
    rejected: int
    blank: int
    new_sessions: int
    commit_seconds: float  # of the whole append, by the store's own clock


def digest_of(line: bytes) -> bytes:
    """Return the digest that identifies a line: BLAKE3, 32 bytes."""
    return blake3.blake3(line).digest()


def seal_of(previous: bytes, batch_digest: bytes, counts: tuple[int, ...], *, key: bytes | None = None) -> bytes:
    """Return the seal of a batch: BLAKE3 over the seal before it, its digest, and its counts and byte range.

    `counts` is (source id, start, end, lines, stored, duplicate, rejected, blank); each number goes in as 8 bytes
    big-endian. With a key (32 bytes) the seal is BLAKE3's keyed hash.
    """
    numbers = b"".join(number.to_bytes(8, "big") for number in counts)
    hasher = blake3.blake3(key=key) if key else blake3.blake3()
    hasher.update(previous + batch_digest + numbers)
    return hasher.digest()
