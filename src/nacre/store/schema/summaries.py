"""What grows from the events: sessions, entities and coverage. All of it can be rebuilt from raw_events."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from nacre.store.schema.base import BIG, CLUSTERED, STRICT, Base, RowId


class Session(Base):
    """All events of one (sensor, session id)."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("sensor_id", "session", name="uq_sessions_sensor_id_session"),
        Index("ix_sessions_first_ts", "first_ts"),
        {"comment": "one row a session, grown from its events", **STRICT},
    )

    id: Mapped[RowId] = mapped_column(comment="opaque id")
    sensor_id: Mapped[int] = mapped_column(comment="sensors.id")
    session: Mapped[str] = mapped_column(comment="Cowrie's session id")
    first_ts: Mapped[int] = mapped_column(BIG, comment="first event, microseconds since 1970 UTC")
    last_ts: Mapped[int] = mapped_column(BIG, comment="last event")
    events: Mapped[int] = mapped_column(comment="number of events")
    connects: Mapped[int] = mapped_column(comment="session.connect events; above 1 the id was used again")
    connect_ts: Mapped[int | None] = mapped_column(BIG, comment="first session.connect")
    closed_ts: Mapped[int | None] = mapped_column(BIG, comment="last session.closed")
    duration_ms: Mapped[int | None] = mapped_column(BIG, comment="length as Cowrie reported it, milliseconds")
    src_ip: Mapped[str | None] = mapped_column(comment="attacker's address")
    src_port: Mapped[int | None] = mapped_column(BIG, comment="attacker's port, from session.connect")
    dst_ip: Mapped[str | None] = mapped_column(comment="honeypot's address, from session.connect")
    dst_port: Mapped[int | None] = mapped_column(BIG, comment="honeypot's port, from session.connect")
    protocol: Mapped[str | None] = mapped_column(comment="ssh or telnet, where an event says so")
    client: Mapped[str | None] = mapped_column(comment="version string of the SSH client")
    hassh: Mapped[str | None] = mapped_column(comment="HASSH fingerprint of the client")
    arch: Mapped[str | None] = mapped_column(comment="emulated architecture, from session.params")
    logins_failed: Mapped[int] = mapped_column(comment="login.failed events")
    logins_succeeded: Mapped[int] = mapped_column(comment="login.success events")
    success_ts: Mapped[int | None] = mapped_column(BIG, comment="first login.success")
    success_username: Mapped[str | None] = mapped_column(comment="user name of the first login.success")
    success_password: Mapped[str | None] = mapped_column(comment="password of the first login.success, if it had one")
    commands: Mapped[int] = mapped_column(comment="command lines entered")
    commands_failed: Mapped[int] = mapped_column(comment="commands that the honeypot did not know")
    downloads: Mapped[int] = mapped_column(comment="session.file_download events")
    uploads: Mapped[int] = mapped_column(comment="session.file_upload events")
    forwards: Mapped[int] = mapped_column(comment="direct-tcpip.request events")
    ttylogs: Mapped[int] = mapped_column(comment="log.closed events: terminal recordings")
    shape: Mapped[int] = mapped_column(BIG, comment="equal for sessions with the same multiset of command shapes")
    flags: Mapped[int] = mapped_column(comment="bits: 1 late event, 2 drift, 4 escaped payload, 8 login with a key")


class Entity(Base):
    """Something that analysts pivot on."""

    __tablename__ = "entities"
    __table_args__ = (
        UniqueConstraint("kind", "value", name="uq_entities_kind_value"),
        {"comment": "dictionary of addresses, user names, passwords, commands, …", **STRICT},
    )

    id: Mapped[RowId] = mapped_column(comment="opaque id")
    kind: Mapped[int] = mapped_column(comment="kind, by the numbers of nacre.model.entity.Kind; v_entities has names")
    value: Mapped[str] = mapped_column(comment="the value as seen; over 1,024 characters its head and digest")
    first_ts: Mapped[int] = mapped_column(BIG, comment="first seen, event time")
    last_ts: Mapped[int] = mapped_column(BIG, comment="last seen, event time")


class EntityDay(Base):
    """How often an entity occurred on a sensor in a UTC day."""

    __tablename__ = "entity_days"
    __table_args__ = (
        {"comment": "counts per entity, sensor and UTC day; every top list is a sum over these", **CLUSTERED},
    )

    day: Mapped[int] = mapped_column(primary_key=True, comment="days since 1970-01-01 UTC")
    kind: Mapped[int] = mapped_column(primary_key=True, comment="kind of the entity")
    sensor_id: Mapped[int] = mapped_column(primary_key=True, comment="sensors.id")
    entity_id: Mapped[int] = mapped_column(BIG, primary_key=True, comment="entities.id")
    n: Mapped[int] = mapped_column(comment="events that named it; for an ip the connections it opened")


class SessionEntity(Base):
    """That a session named an entity."""

    __tablename__ = "session_entities"
    __table_args__ = ({"comment": "which session named which entity", **CLUSTERED},)

    entity_id: Mapped[int] = mapped_column(BIG, primary_key=True, comment="entities.id")
    session_id: Mapped[int] = mapped_column(BIG, primary_key=True, comment="sessions.id")
    n: Mapped[int] = mapped_column(comment="events of the session that named it; for an ip the connections")


class Coverage(Base):
    """What a sensor was seen doing in a UTC day."""

    __tablename__ = "coverage"
    __table_args__ = ({"comment": "hours with events and counts per sensor and UTC day", **CLUSTERED},)

    day: Mapped[int] = mapped_column(primary_key=True, comment="days since 1970-01-01 UTC")
    sensor_id: Mapped[int] = mapped_column(primary_key=True, comment="sensors.id")
    hours: Mapped[int] = mapped_column(comment="bit n is set when hour n (UTC) had an event")
    events: Mapped[int] = mapped_column(comment="events")
    connects: Mapped[int] = mapped_column(comment="session.connect events")
    logins_failed: Mapped[int] = mapped_column(comment="login.failed events")
    logins_succeeded: Mapped[int] = mapped_column(comment="login.success events")
    commands: Mapped[int] = mapped_column(comment="command lines entered")
    downloads: Mapped[int] = mapped_column(comment="session.file_download events")
    uploads: Mapped[int] = mapped_column(comment="session.file_upload events")
    forwards: Mapped[int] = mapped_column(comment="direct-tcpip.request events")
