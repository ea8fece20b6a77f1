"""The first schema: every table of a store, and the views over them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from nacre.store import views

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out rather than taken from the models: those move on, and this step must stay what it was.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PAYLOAD = sa.Text().with_variant(postgresql.JSONB(), "postgresql")
STRICT: dict[str, Any] = {"sqlite_strict": True}
CLUSTERED: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}
# "nacr" in ASCII, so that file(1) knows a store (https://www.sqlite.org/pragma.html#pragma_application_id).
APPLICATION_ID = 0x6E616372

# Children before those they refer to.
TABLES = (
    "rejects",
    "coverage_gaps",
    "batches",
    "sources",
    "runs",
    "sensors",
    "event_schemas",
    "raw_events",
    "sessions",
    "entities",
    "entity_days",
    "session_entities",
    "coverage",
    "drift",
    "audit_log",
    "anomalies",
    "exports",
    "leases",
)


def _column(name: str, of: Any, comment: str, *more: Any, **options: Any) -> sa.Column[Any]:
    options.setdefault("nullable", False)
    return sa.Column(name, of, *more, comment=comment, **options)


def _number(name: str, comment: str, *more: Any, **options: Any) -> sa.Column[Any]:
    return _column(name, sa.Integer(), comment, *more, **options)


def _big(name: str, comment: str, *more: Any, **options: Any) -> sa.Column[Any]:
    return _column(name, BIG, comment, *more, **options)


def _text(name: str, comment: str, *more: Any, **options: Any) -> sa.Column[Any]:
    return _column(name, sa.Text(), comment, *more, **options)


def _bytes(name: str, comment: str, *more: Any, **options: Any) -> sa.Column[Any]:
    return _column(name, sa.LargeBinary(), comment, *more, **options)


def upgrade() -> None:
    """Build everything in an empty store."""
    _ledger()
    _events()
    _sessions()
    _entities()
    _evidence()
    dialect = op.get_context().dialect.name
    for statement in views.create_statements(dialect):
        op.execute(statement)
    if dialect == "sqlite":
        op.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def downgrade() -> None:
    """Take everything away, and all data with it."""
    for statement in views.drop_statements():
        op.execute(statement)
    for table in TABLES:
        op.drop_table(table)


def _ledger() -> None:
    """Create where bytes came from."""
    op.create_table(
        "sources",
        _big("id", "opaque id", primary_key=True),
        _bytes("fingerprint", "BLAKE3 of the first head_bytes decompressed bytes"),
        _number("head_bytes", "bytes that the fingerprint covers; grows with a short file"),
        _text("path", "where it was found last"),
        _big("device", "device number when found last; a hint"),
        _big("inode", "inode number when found last; a hint"),
        _text("compression", "plain, gzip, bzip2, xz or zstd when found last"),
        _big("checkpoint", "decompressed bytes that are in the store, from 0"),
        _bytes("marker", "fingerprint of the last bytes before the checkpoint"),
        _text("state", "open, complete or damaged"),
        _text("detail", "what is damaged, for a person"),
        _big("added_at", "when first found, microseconds since 1970 UTC"),
        _big("read_at", "when its checkpoint last moved"),
        comment="log files by the content of their head, with the checkpoint",
        **STRICT,
    )
    op.create_index("ix_sources_fingerprint", "sources", ["fingerprint"])
    op.create_table(
        "runs",
        _big("id", "opaque id", primary_key=True),
        _text("mode", "load, follow, …"),
        _text("version", "version of nacre"),
        _text("actor", "user name of the process"),
        _text("host", "host name of the process"),
        _big("started_at", "microseconds since 1970 UTC"),
        _big("ended_at", "NULL while it runs, or when it was killed", nullable=True),
        _text("outcome", "done, interrupted or failed; NULL while it runs or when killed", nullable=True),
        _text("counters", "the final receipt as JSON"),
        comment="one row a command that wrote",
        **STRICT,
    )
    op.create_table(
        "batches",
        _big("id", "order of commit", primary_key=True),
        _big("run_id", "runs.id", sa.ForeignKey("runs.id")),
        _big("source_id", "sources.id", sa.ForeignKey("sources.id")),
        _big("start_offset", "first byte, in the decompressed source"),
        _big("end_offset", "first byte after the last line"),
        _number("lines", "stored + duplicate + rejected + blank"),
        _number("stored", "events that were new"),
        _number("duplicate", "events that were in the store already"),
        _number("rejected", "lines that are not events"),
        _number("blank", "lines without content"),
        _big("first_ts", "least event time among the stored", nullable=True),
        _big("last_ts", "greatest event time among the stored", nullable=True),
        _bytes("digest", "BLAKE3 over the full digests of the stored events, by offset"),
        _bytes("previous_seal", "seal of the batch before; 32 zero bytes for the first"),
        _bytes("seal", "BLAKE3 over previous_seal, digest, counts and byte range"),
        _big("committed_at", "microseconds since 1970 UTC"),
        comment="byte ranges committed together, chained by seals",
        **STRICT,
    )
    op.create_index("ix_batches_source_id_start", "batches", ["source_id", "start_offset"])
    op.create_table(
        "coverage_gaps",
        _big("id", "opaque id", primary_key=True),
        _big("source_id", "sources.id", sa.ForeignKey("sources.id")),
        _big("byte_offset", "where, in the decompressed source"),
        _big("missing_bytes", "estimate; 0 when nothing can be said"),
        _text("cause", "nul_hole, truncated or corrupt"),
        _text("detail", "one sentence for a person"),
        _big("noticed_at", "microseconds since 1970 UTC"),
        comment="places where a source is known to lack bytes",
        **STRICT,
    )


def _events() -> None:
    """Create the events and their two dictionaries."""
    op.create_table(
        "sensors",
        _big("id", "opaque id", primary_key=True),
        _text("name", "name from the settings, the command line, or the event's own `sensor`"),
        sa.UniqueConstraint("name", name="uq_sensors_name"),
        comment="honeypots by name",
        **STRICT,
    )
    op.create_table(
        "event_schemas",
        _big("id", "opaque id", primary_key=True),
        _text("eventid", "Cowrie's event id; of KIPP and COW numbers the id of today"),
        _number("dialect", "dialect of Cowrie, 1 to 6; 0 for an event id that is not known"),
        sa.UniqueConstraint("eventid", "dialect", name="uq_event_schemas_eventid_dialect"),
        comment="the schema registry: event ids and the dialects in which they were seen",
        **STRICT,
    )
    op.create_table(
        "raw_events",
        _big("id", "order of arrival; opaque", primary_key=True),
        _big("ts", "event time, microseconds since 1970 UTC"),
        _bytes("digest", "first 16 bytes of BLAKE3 over the line; (ts, digest) is the key"),
        _number("sensor_id", "sensors.id"),
        _big("session_id", "sessions.id; 0 for an event without a session"),
        _number("schema_id", "event_schemas.id: event id and dialect"),
        _big("batch_id", "batches.id of the batch that brought it first"),
        _big("byte_offset", "where the line began in the batch's source, decompressed"),
        sa.Column("payload", PAYLOAD, nullable=False, comment="the event as JSON"),
        _bytes("line", "the exact line, where the payload's text is not it; else NULL", nullable=True),
        comment="every event, as the honeypot wrote it; append-only",
        **STRICT,
    )
    op.create_index("ix_raw_events_session_id", "raw_events", ["session_id"])
    op.create_index("uq_raw_events_ts_digest", "raw_events", ["ts", "digest"], unique=True)


def _sessions() -> None:
    """Create the session summary."""
    op.create_table(
        "sessions",
        _big("id", "opaque id", primary_key=True),
        _number("sensor_id", "sensors.id"),
        _text("session", "Cowrie's session id"),
        _big("first_ts", "first event, microseconds since 1970 UTC"),
        _big("last_ts", "last event"),
        _number("events", "number of events"),
        _number("connects", "session.connect events; above 1 the id was used again"),
        _big("connect_ts", "first session.connect", nullable=True),
        _big("closed_ts", "last session.closed", nullable=True),
        _big("duration_ms", "length as Cowrie reported it, milliseconds", nullable=True),
        _text("src_ip", "attacker's address", nullable=True),
        _big("src_port", "attacker's port, from session.connect", nullable=True),
        _text("dst_ip", "honeypot's address, from session.connect", nullable=True),
        _big("dst_port", "honeypot's port, from session.connect", nullable=True),
        _text("protocol", "ssh or telnet, where an event says so", nullable=True),
        _text("client", "version string of the SSH client", nullable=True),
        _text("hassh", "HASSH fingerprint of the client", nullable=True),
        _text("arch", "emulated architecture, from session.params", nullable=True),
        _number("logins_failed", "login.failed events"),
        _number("logins_succeeded", "login.success events"),
        _big("success_ts", "first login.success", nullable=True),
        _text("success_username", "user name of the first login.success", nullable=True),
        _text("success_password", "password of the first login.success, if it had one", nullable=True),
        _number("commands", "command lines entered"),
        _number("commands_failed", "commands that the honeypot did not know"),
        _number("downloads", "session.file_download events"),
        _number("uploads", "session.file_upload events"),
        _number("forwards", "direct-tcpip.request events"),
        _number("ttylogs", "log.closed events: terminal recordings"),
        _big("shape", "equal for sessions with the same multiset of command shapes"),
        _number("flags", "bits: 1 late event, 2 drift, 4 escaped payload, 8 login with a key"),
        sa.UniqueConstraint("sensor_id", "session", name="uq_sessions_sensor_id_session"),
        comment="one row a session, grown from its events",
        **STRICT,
    )
    op.create_index("ix_sessions_first_ts", "sessions", ["first_ts"])


def _entities() -> None:
    """Create entities, their days and edges, and coverage."""
    op.create_table(
        "entities",
        _big("id", "opaque id", primary_key=True),
        _number("kind", "kind, by the numbers of nacre.model.entity.Kind; v_entities has names"),
        _text("value", "the value as seen; over 1,024 characters its head and digest"),
        _big("first_ts", "first seen, event time"),
        _big("last_ts", "last seen, event time"),
        sa.UniqueConstraint("kind", "value", name="uq_entities_kind_value"),
        comment="dictionary of addresses, user names, passwords, commands, …",
        **STRICT,
    )
    op.create_table(
        "entity_days",
        _number("day", "days since 1970-01-01 UTC", primary_key=True),
        _number("kind", "kind of the entity", primary_key=True),
        _number("sensor_id", "sensors.id", primary_key=True),
        _big("entity_id", "entities.id", primary_key=True),
        _number("n", "events that named it; for an ip the connections it opened"),
        comment="counts per entity, sensor and UTC day; every top list is a sum over these",
        **CLUSTERED,
    )
    op.create_table(
        "session_entities",
        _big("entity_id", "entities.id", primary_key=True),
        _big("session_id", "sessions.id", primary_key=True),
        _number("n", "events of the session that named it; for an ip the connections"),
        comment="which session named which entity",
        **CLUSTERED,
    )
    op.create_table(
        "coverage",
        _number("day", "days since 1970-01-01 UTC", primary_key=True),
        _number("sensor_id", "sensors.id", primary_key=True),
        _number("hours", "bit n is set when hour n (UTC) had an event"),
        _number("events", "events"),
        _number("connects", "session.connect events"),
        _number("logins_failed", "login.failed events"),
        _number("logins_succeeded", "login.success events"),
        _number("commands", "command lines entered"),
        _number("downloads", "session.file_download events"),
        _number("uploads", "session.file_upload events"),
        _number("forwards", "direct-tcpip.request events"),
        comment="hours with events and counts per sensor and UTC day",
        **CLUSTERED,
    )


def _evidence() -> None:
    """Create what was refused, odd, changed, exported and leased."""
    op.create_table(
        "rejects",
        _big("id", "opaque id", primary_key=True),
        _bytes("digest", "BLAKE3 of the line: the same refused line is kept once"),
        _big("batch_id", "batches.id that brought it first", sa.ForeignKey("batches.id")),
        _big("byte_offset", "where the line began in the batch's source, decompressed"),
        _big("length", "bytes of the line in the source"),
        _text("reason", "not_json, not_object, no_eventid, no_timestamp or too_long"),
        _text("detail", "one sentence for a person"),
        _bytes("line", "the line, verbatim; only its first 65,536 bytes when too_long"),
        _number("attempts", "how often it was tried"),
        _text("state", "open, recovered or purged"),
        sa.UniqueConstraint("digest", name="uq_rejects_digest"),
        comment="lines that are not events, verbatim, with the reason",
        **STRICT,
    )
    op.create_table(
        "drift",
        _text("eventid", "event id", primary_key=True),
        _text("field", "field; empty when the event id itself is unknown", primary_key=True),
        _text("type", "JSON type as seen", primary_key=True),
        _number("count", "events"),
        _big("first_ts", "first seen, event time"),
        _big("last_ts", "last seen, event time"),
        _text("example", "the least example seen, as JSON, cut"),
        comment="departures from the schema registry",
        **CLUSTERED,
    )
    op.create_table(
        "audit_log",
        _big("id", "order of the changes", primary_key=True),
        _big("at", "microseconds since 1970 UTC"),
        _text("actor", "user name of the process"),
        _text("host", "host name of the process"),
        _big("run_id", "runs.id", nullable=True),
        _text("table_name", "table"),
        _text("key", "key of the row"),
        _text("mutation", "insert, update or delete"),
        _bytes("before_digest", "digest of the row before", nullable=True),
        _bytes("after_digest", "digest of the row after; of a batch its seal", nullable=True),
        comment="who changed what, and when",
        **STRICT,
    )
    op.create_table(
        "anomalies",
        _big("id", "opaque id", primary_key=True),
        _big("found_at", "microseconds since 1970 UTC"),
        _text("kind", "name of the check"),
        _number("sensor_id", "sensors.id", nullable=True),
        _big("session_id", "sessions.id", nullable=True),
        _text("evidence", "JSON"),
        _text("state", "open or acknowledged"),
        comment="findings of checks",
        **STRICT,
    )
    op.create_table(
        "exports",
        _text("target", "name of the target", primary_key=True),
        _big("watermark", "batches.id up to which everything was delivered"),
        _text("schema_version", "version of the documents, locked"),
        _text("outcome", "of the last run"),
        _big("updated_at", "microseconds since 1970 UTC"),
        comment="one row a target",
        **STRICT,
    )
    op.create_table(
        "leases",
        _text("name", "what is leased, e.g. source:17", primary_key=True),
        _text("owner", "host, process id and a random part"),
        _big("expires_at", "microseconds since 1970 UTC"),
        comment="which process may do what only one may do",
        **STRICT,
    )
