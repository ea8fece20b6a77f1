-- name: account_sources
-- Every source: sums and holes of its batches, bytes skipped on request, bytes missing for other causes.
WITH chained AS (
    SELECT source_id, start_offset, end_offset, lines, stored, duplicate, rejected, blank,
           start_offset - lag(end_offset, 1, 0) OVER (PARTITION BY source_id ORDER BY start_offset, id) AS hole
    FROM batches
),
-- Summed up before the join, else each gap would count once a batch.
missing AS (
    SELECT source_id, sum(CASE WHEN cause = 'skipped' THEN missing_bytes ELSE 0 END) AS skipped_bytes,
           sum(CASE WHEN cause = 'skipped' THEN 0 ELSE missing_bytes END) AS missing_bytes,
           sum(cause <> 'skipped') AS gaps
    FROM coverage_gaps
    GROUP BY source_id
)
SELECT s.id, s.path, s.compression, s.state, s.checkpoint,
       coalesce(sum(c.lines), 0), coalesce(sum(c.stored), 0), coalesce(sum(c.duplicate), 0),
       coalesce(sum(c.rejected), 0), coalesce(sum(c.blank), 0),
       coalesce(sum(c.hole <> 0), 0), coalesce(max(c.end_offset), 0),
       coalesce(max(m.skipped_bytes), 0), coalesce(max(m.missing_bytes), 0), coalesce(max(m.gaps), 0),
       s.fingerprint, s.head_bytes
FROM sources AS s
LEFT JOIN chained AS c ON c.source_id = s.id
LEFT JOIN missing AS m ON m.source_id = s.id
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
