"""What a caller owes a store, as assertions: MemoryStore complains where a real store would believe."""

from __future__ import annotations

from collections.abc import Sequence

from nacre.model.batch import DIGEST_BYTES, NO_SESSION, Batch, EventColumns, Growth


def assert_sound(batch: Batch) -> None:
    """Raise AssertionError, with what is wrong, unless the batch keeps what model.batch promises."""
    events, growth = batch.events, batch.growth
    count = len(events.ts)
    assert 0 <= batch.start <= batch.end, "a batch ends before it begins"
    assert batch.blank >= 0, "a negative number of blank lines"
    assert batch.lines == count + len(batch.rejects) + batch.blank, "lines are not events + rejects + blank"
    assert_narrowed(batch)
    assert len(set(batch.sensors)) == len(batch.sensors), "a sensor is named twice"
    assert len({tuple(schema) for schema in batch.schemas}) == len(batch.schemas), "a schema is named twice"
    _assert_growth(growth, sensors=len(batch.sensors))
    assert sum(day.events for day in growth.days) == count, "the days do not count the events"
    with_session = sum(session != NO_SESSION for session in events.session)
    assert sum(session.events for session in growth.sessions) == with_session, "sessions miscount the events"
    for reject in batch.rejects:
        assert batch.start <= reject.offset < batch.end, "a reject lies outside the batch"
        assert len(reject.digest) == DIGEST_BYTES, "a reject's digest is cut"
        assert len(reject.line) <= reject.length, "a reject holds more than was read"


def assert_narrowed(batch: Batch) -> None:
    """Raise AssertionError unless the columns fit each other and point into the batch's own lists."""
    events = batch.events
    count = len(events.ts)
    columns: list[Sequence[object]] = [
        events.sensor,
        events.session,
        events.schema,
        events.offset,
        events.payload,
    ]
    assert all(len(column) == count for column in columns), "the columns differ in length"
    assert len(events.digests) == count * DIGEST_BYTES, "the digests do not fit the events"
    assert all(0 <= sensor < len(batch.sensors) for sensor in events.sensor), "an event of no sensor"
    assert all(0 <= schema < len(batch.schemas) for schema in events.schema), "an event of no schema"
    known = len(batch.growth.sessions)
    assert all(NO_SESSION <= session < known for session in events.session), "an event of no known session"
    assert all(batch.start <= offset < batch.end for offset in events.offset), "an event outside the batch"
    assert events.offset == sorted(set(events.offset)), "events out of order"
    assert all(0 <= row < count for row in events.exact), "an exact line of no event"
    _assert_storable(events)


def _assert_storable(events: EventColumns) -> None:
    for payload in events.payload:
        assert "\0" not in payload, "a payload with NUL"
        assert not any("\ud800" <= char <= "\udfff" for char in payload), "a payload with a lone surrogate"


def _assert_growth(growth: Growth, *, sensors: int) -> None:
    sessions, entities = len(growth.sessions), len(growth.entities)
    keys = {(session.sensor, session.session) for session in growth.sessions}
    assert len(keys) == sessions, "a session grows twice in one batch"
    values = {(entity.kind, entity.value) for entity in growth.entities}
    assert len(values) == entities, "an entity grows twice in one batch"
    assert all(0 <= session.sensor < sensors for session in growth.sessions), "a session of no sensor"
    assert all(0 <= day.sensor < sensors for day in growth.days), "a day of no sensor"
    assert len(growth.entity_days) % 4 == 0, "entity_days are not quadruples"
    assert len(growth.edges) % 3 == 0, "edges are not triples"
    assert all(0 <= entity < entities for entity in growth.entity_days[0::4]), "a day of no entity"
    assert all(0 <= sensor < sensors for sensor in growth.entity_days[1::4]), "an entity's day of no sensor"
    assert all(0 <= session < sessions for session in growth.edges[0::3]), "an edge of no session"
    assert all(0 <= entity < entities for entity in growth.edges[1::3]), "an edge to no entity"
