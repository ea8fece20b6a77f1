"""What every event carries, and the types that the events' own fields are made of.

The files of this folder do without `from __future__ import annotations`: msgspec would evaluate the text of
the envelope's annotations once for each of 82 structs, which doubles the time of the import.
"""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType

# What every store can hold in an integer column. JSON and Python know larger numbers: those are drift.
INTEGER_MIN = -(2**63)
INTEGER_MAX = 2**63 - 1

Integer = Annotated[int, Meta(ge=INTEGER_MIN, le=INTEGER_MAX)]
# Two levels and no more: without a bound here a known field could nest as deep as an attacker likes.
Scalar = str | Integer | float | bool | None
Record = dict[str, Scalar | list[Scalar] | dict[str, Scalar]]

# Every field may be absent: which ones a release wrote changed often, and an event is stored whatever it
# lacks. Absent is UNSET, never None: Cowrie does not write null, so null is drift.
Text = str | UnsetType
Whole = Integer | UnsetType
Truth = bool | UnsetType
Texts = list[str] | UnsetType
WholeOrText = Integer | str | UnsetType
Seconds = float | str | UnsetType  # text "12.3" from v2.7.0 to v3.0.3, a number before
Entries = Record | UnsetType
EntriesOrText = Record | str | UnsetType


class Envelope(Struct, tag_field="eventid", forbid_unknown_fields=True, gc=False, kw_only=True):
    """What Cowrie puts around every event, as core/events.py (since v3.0.6) and core/output.py write it.

    A struct is the validator, the schema and the documentation of its event: a line that its struct takes
    holds nothing that this registry does not know.
    """

    EVENTID: ClassVar[str] = ""  # the id of today, which for KIPP and COW numbers is not the one in the line

    session: Text = UNSET  # id of the connection: 12 hex digits, 8 before v1.2.0
    protocol: Text = UNSET  # "ssh" or "telnet"; on session.connect since v1.3.0, everywhere since v2.8.1
    src_ip: Text = UNSET  # the peer's address
    src_port: Whole = UNSET  # the peer's port; on direct-tcpip.* before v3.0.6 what the client claimed
    dst_ip: Text = UNSET  # the honeypot's address; on direct-tcpip.* the client's wish, often a host name
    dst_port: Whole = UNSET  # the port to dst_ip
    sensor: Text = UNSET  # the sensor's name in Cowrie's settings, else the host's name; may be ""
    uuid: Text = UNSET  # the sensor's own id, may be "unknown"; since v2.8.1
    timestamp: Text = UNSET  # ISO 8601 with a zone; see nacre.parse.timestamps
    message: str | list[str] | UnsetType = UNSET  # the event in English; [] on session.params before v3.0.6
    format: Text = UNSET  # the message's template, left over where Cowrie failed to fill it in
    late: Truth = UNSET  # true when the event was written after its connection had closed; since v3.0.6
    epoch: Whole = UNSET  # the event's time in milliseconds since 1970 UTC, when Cowrie is set to write it
    isError: Whole = UNSET  # Twisted's, up to v1.3
    system: Text = UNSET  # Twisted's name for the part that logged, up to 1.5


class UnknownEvent(Envelope, tag=False, kw_only=True):
    """An event whose id is not in the registry: a newer Cowrie, or a local patch. Stored like any other."""

    eventid: str = ""  # as the line has it, cut where it is very long
