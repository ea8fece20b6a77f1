"""The one definition of the schema: SQLAlchemy models, split by what they hold."""

from nacre.store.schema.base import Base
from nacre.store.schema.events import EventSchema, RawEvent, Sensor
from nacre.store.schema.evidence import Anomaly, AuditEntry, Drift, Export, Lease, RejectRow
from nacre.store.schema.ledger import BatchRow, CoverageGap, Run, SourceRow
from nacre.store.schema.summaries import Coverage, Entity, EntityDay, Session, SessionEntity

__all__ = [
    "Anomaly",
    "AuditEntry",
    "Base",
    "BatchRow",
    "Coverage",
    "CoverageGap",
    "Drift",
    "Entity",
    "EntityDay",
    "EventSchema",
    "Export",
    "Lease",
    "RawEvent",
    "RejectRow",
    "Run",
    "Sensor",
    "Session",
    "SessionEntity",
    "SourceRow",
]
