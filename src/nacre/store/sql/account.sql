-- name: account_sources
-- Every source with the sums of its batches, and how many of its batches do not begin where the one before ended.
WITH chained AS (
    SELECT source_id, start_offset, end_offset, lines, stored, duplicate, rejected, blank,
           start_offset - lag(end_offset, 1, 0) OVER (PARTITION BY source_id ORDER BY start_offset, id) AS hole
    FROM batches
)
SELECT s.id, s.path, s.compression, s.state, s.checkpoint,
       coalesce(sum(c.lines), 0), coalesce(sum(c.stored), 0), coalesce(sum(c.duplicate), 0),
       coalesce(sum(c.rejected), 0), coalesce(sum(c.blank), 0),
       coalesce(sum(c.hole <> 0), 0), coalesce(max(c.end_offset), 0)
FROM sources AS s
LEFT JOIN chained AS c ON c.source_id = s.id
GROUP BY s.id
ORDER BY s.id;

-- name: stored_events
-- How many events the store holds.
SELECT count(*) FROM raw_events;

-- name: events_between
-- The keys of the events in a range of event times, both ends included.
SELECT ts, digest FROM raw_events WHERE ts BETWEEN :first_ts AND :last_ts;

-- name: reject_by_digest
-- Whether a refused line is in the dead letter queue.
SELECT 1 FROM rejects WHERE digest = :digest;
