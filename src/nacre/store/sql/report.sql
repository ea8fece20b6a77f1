-- name: days_with_data
-- The first and the last day on which some sensors saw anything.
SELECT
    (SELECT day FROM coverage WHERE sensor_id IN (SELECT value FROM json_each(:sensors)) ORDER BY day LIMIT 1),
    (SELECT day FROM coverage WHERE sensor_id IN (SELECT value FROM json_each(:sensors)) ORDER BY day DESC LIMIT 1);

-- name: last_batch
-- The batch that was committed last: what a report includes.
SELECT max(id) FROM batches;

-- name: day_counts
-- What some sensors counted in some days.
SELECT sum(events), sum(connects), sum(logins_failed), sum(logins_succeeded), sum(commands), sum(downloads),
       sum(uploads), sum(forwards)
FROM coverage
WHERE day >= :first_day AND day < :end_day AND sensor_id IN (SELECT value FROM json_each(:sensors));

-- name: day_hours
-- In which hours of some days each sensor was seen.
SELECT sensor_id, day, hours
FROM coverage
WHERE day >= :first_day AND day < :end_day AND sensor_id IN (SELECT value FROM json_each(:sensors))
ORDER BY sensor_id, day;

-- name: sessions_begun
-- How many sessions began in a range of time, on all sensors: a count over the index alone.
SELECT count(*) FROM sessions WHERE first_ts >= :start_us AND first_ts < :end_us;

-- name: sessions_begun_on
-- How many sessions began in a range of time on some sensors. The plus keeps SQLite on the index of time.
SELECT count(*)
FROM sessions
WHERE first_ts >= :start_us AND first_ts < :end_us AND +sensor_id IN (SELECT value FROM json_each(:sensors));

-- name: notable_sessions
-- The sessions of a range of time with the most commands, and the longest ones in which something was done.
WITH busy AS MATERIALIZED (
    SELECT sensor_id, session, first_ts, src_ip, protocol, logins_succeeded, commands, downloads, uploads,
           coalesce(duration_ms, (last_ts - first_ts) / 1000) AS length_ms
    FROM sessions
    WHERE first_ts >= :start_us AND first_ts < :end_us AND +sensor_id IN (SELECT value FROM json_each(:sensors))
      AND (commands > 0 OR downloads > 0 OR uploads > 0)
)
SELECT 'commands', t.*
FROM (SELECT * FROM busy WHERE commands > 0 ORDER BY commands DESC, first_ts, session, sensor_id LIMIT :most) AS t
UNION ALL
SELECT 'length', t.*
FROM (SELECT * FROM busy ORDER BY length_ms DESC, first_ts, session, sensor_id LIMIT :most) AS t;

-- name: gaps_between
-- Places where sources lack bytes, by the times of the batches that touch them, which begin or end with a sensor's event.
SELECT o.path, g.byte_offset, g.missing_bytes, g.cause, g.detail, min(b.first_ts), max(b.last_ts)
FROM coverage_gaps AS g
CROSS JOIN sources AS o ON o.id = g.source_id
CROSS JOIN batches AS b ON b.source_id = g.source_id AND b.start_offset <= g.byte_offset
WHERE b.end_offset >= g.byte_offset
  AND EXISTS (
    SELECT 1 FROM raw_events AS e
    WHERE e.ts IN (b.first_ts, b.last_ts) AND e.batch_id = b.id
      AND e.sensor_id IN (SELECT value FROM json_each(:sensors))
  )
GROUP BY g.id
HAVING min(b.first_ts) < :end_us AND max(b.last_ts) >= :start_us
ORDER BY min(b.first_ts), o.path, g.byte_offset;
