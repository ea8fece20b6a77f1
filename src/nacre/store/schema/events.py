"""The raw events, and the two dictionaries their rows refer to."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nacre.store.schema.base import BIG, PAYLOAD, STRICT, Base, RowId


class Sensor(Base):
    """A honeypot by the name that the settings give it."""

    __tablename__ = "sensors"
    __table_args__ = (
        UniqueConstraint("name", name="uq_sensors_name"),
        {"comment": "honeypots by name", **STRICT},
    )

    id: Mapped[RowId] = mapped_column(comment="opaque id")
    name: Mapped[str] = mapped_column(comment="name from the settings, the command line, or the event's own `sensor`")


class EventSchema(Base):
    """An event id in one of Cowrie's dialects."""

    __tablename__ = "event_schemas"
    __table_args__ = (
        UniqueConstraint("eventid", "dialect", name="uq_event_schemas_eventid_dialect"),
        {"comment": "the schema registry: event ids and the dialects in which they were seen", **STRICT},
    )

    id: Mapped[RowId] = mapped_column(comment="opaque id")
    eventid: Mapped[str] = mapped_column(comment="Cowrie's event id; of KIPP and COW numbers the id of today")
    dialect: Mapped[int] = mapped_column(comment="dialect of Cowrie, 1 to 6; 0 for an event id that is not known")


class RawEvent(Base):
    """A line that is an event.

    The fields that people filter by are columns of the view v_events, not generated columns of this table: SQLite
    computes even virtual ones at each insert, which was half of its cost (docs/decisions/0008).
    """

    __tablename__ = "raw_events"
    __table_args__ = (
        Index("uq_raw_events_ts_digest", "ts", "digest", unique=True),
        Index("ix_raw_events_session_id", "session_id"),
        {"comment": "every event, as the honeypot wrote it; append-only", **STRICT},
    )

    id: Mapped[RowId] = mapped_column(comment="order of arrival; opaque")
    ts: Mapped[int] = mapped_column(BIG, comment="event time, microseconds since 1970 UTC")
    digest: Mapped[bytes] = mapped_column(comment="first 16 bytes of BLAKE3 over the line; (ts, digest) is the key")
    sensor_id: Mapped[int] = mapped_column(comment="sensors.id")
    session_id: Mapped[int] = mapped_column(BIG, comment="sessions.id; 0 for an event without a session")
    schema_id: Mapped[int] = mapped_column(comment="event_schemas.id: event id and dialect")
    batch_id: Mapped[int] = mapped_column(BIG, comment="batches.id of the batch that brought it first")
    byte_offset: Mapped[int] = mapped_column(BIG, comment="where the line began in the batch's source, decompressed")
    payload: Mapped[str] = mapped_column(PAYLOAD, comment="the event as JSON")
    line: Mapped[bytes | None] = mapped_column(comment="the exact line, where the payload's text is not it; else NULL")
