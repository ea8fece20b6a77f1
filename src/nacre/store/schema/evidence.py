"""What was refused, what departed from the registry, who changed what, and what was exported."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nacre.store.schema.base import BIG, CLUSTERED, STRICT, Base, RowId


class RejectRow(Base):
    """A line that is not an event: the dead letter queue."""

    __tablename__ = "rejects"
    __table_args__ = (
        UniqueConstraint("digest", name="uq_rejects_digest"),
        {"comment": "lines that are not events, verbatim, with the reason", **STRICT},
    )

    id: Mapped[RowId] = mapped_column(comment="opaque id")
    digest: Mapped[bytes] = mapped_column(comment="BLAKE3 of the line: the same refused line is kept once")
    batch_id: Mapped[int] = mapped_column(BIG, ForeignKey("batches.id"), comment="batches.id that brought it first")
    byte_offset: Mapped[int] = mapped_column(BIG, comment="where the line began in the batch's source, decompressed")
    length: Mapped[int] = mapped_column(BIG, comment="bytes of the line in the source")
    reason: Mapped[str] = mapped_column(comment="not_json, not_object, no_eventid, no_timestamp or too_long")
    detail: Mapped[str] = mapped_column(comment="one sentence for a person")
    line: Mapped[bytes] = mapped_column(comment="the line, verbatim; only its first 65,536 bytes when too_long")
    attempts: Mapped[int] = mapped_column(comment="how often it was tried")
    state: Mapped[str] = mapped_column(comment="open, recovered or purged")


class Drift(Base):
    """A field, type or event id that the registry did not know."""

    __tablename__ = "drift"
    __table_args__ = ({"comment": "departures from the schema registry", **CLUSTERED},)

    eventid: Mapped[str] = mapped_column(primary_key=True, comment="event id")
    field: Mapped[str] = mapped_column(primary_key=True, comment="field; empty when the event id itself is unknown")
    type: Mapped[str] = mapped_column(primary_key=True, comment="JSON type as seen")
    count: Mapped[int] = mapped_column(comment="events")
    first_ts: Mapped[int] = mapped_column(BIG, comment="first seen, event time")
    last_ts: Mapped[int] = mapped_column(BIG, comment="last seen, event time")
    example: Mapped[str] = mapped_column(comment="the least example seen, as JSON, cut")


class AuditEntry(Base):
    """A change, with who made it."""

    __tablename__ = "audit_log"
    __table_args__ = ({"comment": "who changed what, and when", **STRICT},)

    id: Mapped[RowId] = mapped_column(comment="order of the changes")
    at: Mapped[int] = mapped_column(BIG, comment="microseconds since 1970 UTC")
    actor: Mapped[str] = mapped_column(comment="user name of the process")
    host: Mapped[str] = mapped_column(comment="host name of the process")
    run_id: Mapped[int | None] = mapped_column(BIG, comment="runs.id")
    table_name: Mapped[str] = mapped_column(comment="table")
    key: Mapped[str] = mapped_column(comment="key of the row")
    mutation: Mapped[str] = mapped_column(comment="insert, update or delete")
    before_digest: Mapped[bytes | None] = mapped_column(comment="digest of the row before")
    after_digest: Mapped[bytes | None] = mapped_column(comment="digest of the row after; of a batch its seal")


class Anomaly(Base):
    """Something unusual that a check found."""

    __tablename__ = "anomalies"
    __table_args__ = ({"comment": "findings of checks", **STRICT},)

    id: Mapped[RowId] = mapped_column(comment="opaque id")
    found_at: Mapped[int] = mapped_column(BIG, comment="microseconds since 1970 UTC")
    kind: Mapped[str] = mapped_column(comment="name of the check")
    sensor_id: Mapped[int | None] = mapped_column(comment="sensors.id")
    session_id: Mapped[int | None] = mapped_column(BIG, comment="sessions.id")
    evidence: Mapped[str] = mapped_column(comment="JSON")
    state: Mapped[str] = mapped_column(comment="open or acknowledged")


class Export(Base):
    """How far a target has been fed."""

    __tablename__ = "exports"
    __table_args__ = ({"comment": "one row a target", **STRICT},)

    target: Mapped[str] = mapped_column(primary_key=True, comment="name of the target")
    watermark: Mapped[int] = mapped_column(BIG, comment="batches.id up to which everything was delivered")
    schema_version: Mapped[str] = mapped_column(comment="version of the documents, locked")
    outcome: Mapped[str] = mapped_column(comment="of the last run")
    updated_at: Mapped[int] = mapped_column(BIG, comment="microseconds since 1970 UTC")


class Lease(Base):
    """Who may write as what, and until when."""

    __tablename__ = "leases"
    __table_args__ = ({"comment": "which process may do what only one may do", **STRICT},)

    name: Mapped[str] = mapped_column(primary_key=True, comment="what is leased, e.g. source:17")
    owner: Mapped[str] = mapped_column(comment="host, process id and a random part")
    expires_at: Mapped[int] = mapped_column(BIG, comment="microseconds since 1970 UTC")
