"""The slow path: any line to an event with what was odd about it, or to the reason why it is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from nacre.model.entity import bounded
from nacre.model.reject import Reason
from nacre.model.text import clean, clean_json
from nacre.parse.document import ODD, Document, Raw, json_type, read_document
from nacre.parse.events import EVENTS, Envelope, UnknownEvent
from nacre.parse.timestamps import event_time

EXAMPLE_CHARS_MAX = 200
# A file that is nothing like Cowrie's could bring new names with every line; an event has 30 fields at most.
DRIFT_MAX = 64

# Documents that logstash wrote for Elasticsearch (T-Pot): what it adds, and what it renames.
_SINK_FIELDS = frozenset(
    (
        *("@timestamp", "@version", "type", "path", "host", "geoip", "geoip_ext"),
        *("t-pot_ip_ext", "t-pot_ip_int", "t-pot_hostname"),
    )
)
_SINK_MARKS = ("t-pot_hostname", "dest_ip", "@version")
_SINK_RENAMED = {"dest_ip": "dst_ip", "dest_port": "dst_port"}
_SINK_TYPE = "Cowrie"  # logstash's own `type`, which overwrites the type of a public key

_HOSTILE_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


class DriftSighting(Struct, frozen=True, gc=False):
    """Something in an event that the registry does not know."""

    eventid: str  # the id of today where it is registered
    field: str  # "" when the id itself is not registered
    type: str  # JSON type, or what is odder: bigint, nan, deep, duplicate
    example: str  # the value as JSON text, cut


class Tolerant(Struct, frozen=True, gc=False):
    """An event that was read with patience."""

    event: Envelope  # fields that the struct would not take are UNSET
    ts: int  # microseconds UTC
    payload: str  # JSON text that every store can hold
    exact: bool  # the payload is the line byte for byte
    drift: tuple[DriftSighting, ...]
    escaped: bool  # the payload was written anew: the line holds what no store can keep as it is


class Refused(Struct, frozen=True, gc=False):
    """Why a line is not an event."""

    reason: Reason
    detail: str  # one sentence for a person


def decode_tolerant(line: bytes) -> Tolerant | Refused:
    """Read one line that the strict decoder would not take, or that holds escapes of hostile characters.

    Nothing is raised, whatever the line holds, and nothing is left out of the payload. A line that the strict
    decoder takes, and that has no key twice, gives the same event here.

    * A byte order mark and white space around the JSON are not part of the event.
    * Bytes that are not UTF-8, NUL and lone surrogates are escaped (nacre.model.text); NaN and infinity
      become text; a value that nests deeper than DEPTH_MAX becomes the text that it was.
    * Of a key that is written twice the last value counts.
    * Integers beyond 64 bits stay in the payload as they are; the event's field is UNSET.
    * An unknown field, or a known one of a wrong type, is drift and no reason to refuse.
    """
    document = read_document(line)
    if isinstance(document, str):
        return Refused(Reason.NOT_JSON, document)
    if not isinstance(document.value, dict):
        return Refused(Reason.NOT_OBJECT, f"a JSON {json_type(document.value)}, not an object")
    return _tolerate(line, document, document.value)


def _tolerate(line: bytes, document: Document, value: dict[str, Any]) -> Tolerant | Refused:
    eventid = value.get("eventid")
    if not eventid or json_type(eventid) != "string":
        return Refused(Reason.NO_EVENTID, _lack("event id", value, "eventid"))
    cleaned = value
    rewrite = document.rewrite
    if rewrite or _HOSTILE_ESCAPE.search(document.text):
        cleaned = clean_json(value)
        rewrite = rewrite or cleaned != value
    # What is text in the payload only because no store can hold it is not to be taken for text in the event.
    fields = cleaned
    if document.odd:
        fields = cleaned | {clean(key): item for key, item in value.items() if json_type(item) in ODD}
    struct = EVENTS.get(fields["eventid"], UnknownEvent)
    if struct is UnknownEvent:
        fields = fields | {"eventid": bounded(fields["eventid"])}
    event, wrong = _event(struct, _renamed(struct, fields), odd=document.odd)
    ts = event_time(event.timestamp, event.epoch)
    if ts is None:
        return Refused(Reason.NO_TIMESTAMP, _lack("timestamp", fields, "timestamp"))
    payload = json.dumps(cleaned, separators=(",", ":")) if rewrite else document.text
    drift = tuple(_drift(event, wrong, document.repeated))
    exact = not rewrite and not document.trimmed
    return Tolerant(event, ts, payload, exact, drift, rewrite)


def _lack(noun: str, fields: dict[str, Any], key: str) -> str:
    """Say what is wrong with a key without which a line is not an event."""
    if key not in fields:
        return f"no {noun}"
    value = fields[key]
    if json_type(value) != "string":
        return f"the {noun} is of type {json_type(value)}, not a string"
    return f"the {noun} {_example(value)} is not usable" if value else f"the {noun} is empty"


def _renamed(struct: type[Envelope], fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields under Cowrie's names, without those that a sink put around them."""
    if "@timestamp" not in fields or not any(mark in fields for mark in _SINK_MARKS):
        return fields
    own = {}
    for key, value in fields.items():
        cowrie = _SINK_RENAMED.get(key, key)
        keeps_type = key == "type" and value != _SINK_TYPE and "type" in _types(struct)
        if (key in _SINK_FIELDS and not keeps_type) or (cowrie != key and cowrie in fields):
            continue
        own[cowrie] = value
    return own


@cache  # as many entries as there are structs
def _types(struct: type[Envelope]) -> dict[str, Any]:
    return {field.encode_name: field.type for field in msgspec.structs.fields(struct)}


def _event(struct: type[Envelope], fields: dict[str, Any], *, odd: bool) -> tuple[Envelope, dict[str, Any]]:
    """Return the event of what the struct takes, and what it does not."""
    types = _types(struct)
    known = {key: value for key, value in fields.items() if key in types or key == "eventid"}
    # Of an event that is unknown as a whole, fields that are unknown say nothing more.
    wrong = {} if struct is UnknownEvent else {key: fields[key] for key in fields if key not in known}
    try:
        if not odd:
            return msgspec.convert(known, struct, strict=True), wrong
    except (msgspec.ValidationError, OverflowError):
        pass
    taken = {key: _take(value, types[key]) for key, value in known.items() if key in types}
    return struct(**taken), wrong | {key: known[key] for key, value in taken.items() if value is UNSET}


def _take(value: Any, kind: Any) -> Any:
    """Return the value as the field's type has it, or UNSET when it has it not."""
    if isinstance(value, Raw) or json_type(value) == "nan":
        return UNSET
    try:
        return msgspec.convert(value, kind, strict=True)
    except (msgspec.ValidationError, OverflowError):
        return UNSET


def _drift(event: Envelope, wrong: dict[str, Any], repeated: dict[str, Any]) -> Iterator[DriftSighting]:
    eventid = event.EVENTID
    if isinstance(event, UnknownEvent):
        eventid = event.eventid
        yield DriftSighting(eventid, "", "string", _example(eventid))
    for key, value in list(wrong.items())[:DRIFT_MAX]:
        yield DriftSighting(eventid, _name(key), json_type(value), _example(value))
    for key, value in list(repeated.items())[:DRIFT_MAX]:
        yield DriftSighting(eventid, _name(key), "duplicate", _example(value))


def _name(key: str) -> str:
    """Return a field's name as drift has it: "" is taken, it stands for an unknown event id."""
    return bounded(clean(key)) or '""'


def _example(value: Any) -> str:
    """Return the value as JSON text, cut."""
    if isinstance(value, Raw):
        return clean(value[:EXAMPLE_CHARS_MAX])[:EXAMPLE_CHARS_MAX]
    if isinstance(value, str):
        value = value[:EXAMPLE_CHARS_MAX]
    return json.dumps(value)[:EXAMPLE_CHARS_MAX]
