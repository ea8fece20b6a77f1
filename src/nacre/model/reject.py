"""Rejects: lines that are not events, with the reason, kept verbatim."""

from __future__ import annotations

from enum import StrEnum

import msgspec

# Of a line over the line limit only its head is kept; the source, offset and length say where the rest is.
REJECT_BYTES_MAX = 64 * 1024


class Reason(StrEnum):
    """Why a line is not an event. The list is closed: everything else is stored."""

    NOT_JSON = "not_json"
    NOT_OBJECT = "not_object"
    NO_EVENTID = "no_eventid"
    NO_TIMESTAMP = "no_timestamp"
    TOO_LONG = "too_long"


class Reject(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One refused line: its bytes, where they stood and why they were refused."""

    offset: int  # of the first byte, in the decompressed source
    length: int  # bytes in the source, which is more than len(line) only for Reason.TOO_LONG
    reason: str  # a Reason
    detail: str  # one sentence for a person
    line: bytes  # verbatim, without its newline
    digest: bytes  # BLAKE3 of all the bytes of the line, 32 bytes
