-- name: status_totals
-- What the store holds: events, sessions, batches, sources, departures from the registry.
SELECT (SELECT coalesce(sum(stored), 0) FROM batches),
       (SELECT count(*) FROM sessions),
       (SELECT count(*) FROM batches),
       (SELECT count(*) FROM sources),
       (SELECT count(*) FROM drift),
       (SELECT count(*) FROM coverage_gaps),
       (SELECT min(ts) FROM raw_events),
       (SELECT max(ts) FROM raw_events);

-- name: status_rejects
-- How many refused lines wait, by reason.
SELECT reason, count(*) FROM rejects WHERE state = 'open' GROUP BY reason ORDER BY count(*) DESC, reason;

-- name: status_runs
-- The last commands that wrote, newest first.
SELECT id, mode, version, actor, host, started_at, ended_at, outcome, counters FROM runs ORDER BY id DESC LIMIT :most;

-- name: status_sources
-- How many sources are in which state.
SELECT state, count(*) FROM sources GROUP BY state ORDER BY state;

-- name: status_unfinished
-- Sources that are not complete, damaged ones first.
SELECT path, state, detail, checkpoint, read_at
FROM sources
WHERE state <> 'complete'
ORDER BY state = 'damaged' DESC, read_at DESC, id
LIMIT :most;

-- name: status_gaps
-- The places where sources lack bytes, and why, newest first.
SELECT s.path, g.cause, g.byte_offset, g.missing_bytes, g.detail, g.noticed_at
FROM coverage_gaps AS g
JOIN sources AS s ON s.id = g.source_id
ORDER BY g.noticed_at DESC, g.id DESC
LIMIT :most;

-- name: status_sensors
-- Each sensor with the days on which it was seen, its events, and the hours of its last day.
SELECT n.name, count(*), sum(c.events), min(c.day), max(c.day),
       (SELECT l.hours FROM coverage AS l WHERE l.sensor_id = n.id ORDER BY l.day DESC LIMIT 1)
FROM coverage AS c
JOIN sensors AS n ON n.id = c.sensor_id
GROUP BY n.id
ORDER BY n.name;
