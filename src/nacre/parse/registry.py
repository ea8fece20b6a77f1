"""What is known of the events: dialects, JSON Schemas and their fingerprints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import Any

import blake3
import msgspec
from msgspec import UNSET

from nacre.parse.events import EVENTS, Envelope, UnknownEvent

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FINGERPRINT_BYTES = 16


class Dialect(IntEnum):
    """Which releases of Cowrie write an event like this. The numbers are stored: append, never renumber."""

    UNKNOWN = 0  # the event id is not in the registry
    KIPP = 1  # 2015 to v1.0.0-alpha: ids are KIPPnnnn
    COW = 2  # 2015-12-22 to 2016-01-21: ids are COWnnnn
    TWISTED = 3  # v1.1.0 to v1.5.3: with Twisted's `system`, up to v1.3 also `isError`
    COMPACT = 4  # 1.6.0 to v2.8.0: no spaces between the tokens, nothing of Twisted's
    SENSOR_UUID = 5  # v2.8.1 to v3.0.5: `uuid` and `protocol` on every event, the event id first
    IDENTITY_FIRST = 6  # since v3.0.6: session and both addresses on every event, and first of all


# Plain integers for the hot path: an IntEnum's members hash and compare in Python.
_TWISTED, _COMPACT, _SENSOR_UUID, _IDENTITY_FIRST = (int(each) for each in list(Dialect)[3:])
_BY_PREFIX = {"KIPP": int(Dialect.KIPP), "COW0": int(Dialect.COW)}
_BY_STRUCT: dict[type[Envelope], int] = {UnknownEvent: int(Dialect.UNKNOWN)} | {
    struct: _BY_PREFIX[eventid[:4]] for eventid, struct in EVENTS.items() if eventid[:4] in _BY_PREFIX
}
_QUOTE, _S = b'"s'
_SPACED_IDENTITY = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"session"')


def dialect_of(event: Envelope, line: bytes) -> int:
    """Return the Dialect of an event, told by its fields and by how its line begins.

    A line whose keys were sorted or shuffled on its way (logstash) counts as the newest dialect that its
    fields prove.
    """
    if event.__class__ in _BY_STRUCT:
        return _BY_STRUCT[event.__class__]
    # One byte is asked for first: the comparison costs four times as much.
    if line[2] == _S and line.startswith(b'{"session"'):
        return _IDENTITY_FIRST
    if event.uuid is not UNSET:
        spaced = line[1] != _QUOTE and _SPACED_IDENTITY.match(line)
        return _IDENTITY_FIRST if spaced else _SENSOR_UUID
    if event.system is not UNSET or event.isError is not UNSET:
        return _TWISTED
    return _COMPACT


def known(eventid: str) -> bool:
    """Tell whether an event id is in the registry."""
    return eventid in EVENTS


def schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each event id with the JSON Schema (draft 2020-12) of its events, in order of the ids."""
    for eventid in sorted(EVENTS):
        yield eventid, schema(eventid)


@cache  # as many entries as there are ids
def schema(eventid: str) -> dict[str, Any]:
    """Return the JSON Schema of an event id's events; KeyError when it is not in the registry."""
    struct = EVENTS[eventid]
    (reference,), definitions = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
    own = definitions.pop(reference["$ref"].removeprefix("#/$defs/"))
    whole = {"$schema": DRAFT, "$id": f"urn:nacre:event:{eventid}", **own, "title": eventid}
    return whole | ({"$defs": definitions} if definitions else {})


@cache
def fingerprint(eventid: str) -> bytes:
    """Return BLAKE3 (16 bytes) of an event id's schema without its description: of fields and types."""
    bare = {key: value for key, value in schema(eventid).items() if key != "description"}
    text = msgspec.json.encode(bare, order="deterministic")
    return blake3.blake3(text).digest(FINGERPRINT_BYTES)
