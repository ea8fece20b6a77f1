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
-- Places where sources lack bytes, by the times of the nearest events before and after, where a sensor of these has one.
WITH near AS (
    SELECT g.*,
           (SELECT x.id FROM batches AS x
            WHERE x.source_id = g.source_id AND x.start_offset <= g.byte_offset AND x.first_ts IS NOT NULL
            ORDER BY x.start_offset DESC, x.id DESC LIMIT 1) AS before_id,
           (SELECT x.id FROM batches AS x
            WHERE x.source_id = g.source_id AND x.start_offset >= g.byte_offset AND x.first_ts IS NOT NULL
            ORDER BY x.start_offset, x.id LIMIT 1) AS after_id
    FROM coverage_gaps AS g
), around AS (
    SELECT n.*, b.first_ts, b.last_ts, b.end_offset > n.byte_offset AS is_inside, a.first_ts AS next_ts
    FROM near AS n
    LEFT JOIN batches AS b ON b.id = n.before_id
    LEFT JOIN batches AS a ON a.id = n.after_id
), timed AS (
    SELECT r.*, coalesce(first_ts, next_ts) AS from_ts,
           CASE WHEN is_inside OR next_ts IS NULL THEN last_ts ELSE max(coalesce(last_ts, next_ts), next_ts) END AS to_ts
    FROM around AS r
)
SELECT o.path, t.byte_offset, t.missing_bytes, t.cause, t.detail, t.from_ts, t.to_ts
FROM timed AS t
JOIN sources AS o ON o.id = t.source_id
WHERE t.from_ts < :end_us AND t.to_ts >= :start_us
  AND EXISTS (
    SELECT 1 FROM batches AS b JOIN raw_events AS e ON e.batch_id = b.id AND e.ts IN (b.first_ts, b.last_ts)
    WHERE b.id IN (t.before_id, t.after_id)
      AND e.sensor_id IN (SELECT value FROM json_each(:sensors))
  )
ORDER BY t.from_ts, o.path, t.byte_offset;
