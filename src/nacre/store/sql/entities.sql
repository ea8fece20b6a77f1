-- name: sensors
-- Every sensor by name.
SELECT id, name FROM sensors WHERE id IN (SELECT sensor_id FROM coverage) ORDER BY name;

-- name: entity_id
-- The id of an entity by its kind and value.
SELECT id FROM entities WHERE kind = :kind AND value = :value;

-- name: entity_edges
-- In how many sessions an entity was named, counted no further than :most.
SELECT count(*) FROM (SELECT 1 FROM session_entities WHERE entity_id = :entity LIMIT :most);

-- name: top_entities
-- The most frequent entities of a kind in some days on some sensors; each row ends with the sums over all of them.
--
-- For each day and sensor one range of the primary key. Ids are compared before values are looked up: a month may
-- have hundreds of thousands of passwords, of which ten are shown. Entities with equal counts come in the order of their
-- text, which no order of loading changes. An address without a connection that day counts 0: its session goes on.
WITH RECURSIVE days (day) AS (
    SELECT :first_day UNION ALL SELECT day + 1 FROM days WHERE day + 1 < :end_day
),
counted AS MATERIALIZED (
    SELECT d.entity_id, sum(d.n) AS n
    FROM days
    CROSS JOIN json_each(:sensors) AS s
    CROSS JOIN entity_days AS d ON d.day = days.day AND d.kind = :kind AND d.sensor_id = s.value
    GROUP BY d.entity_id
),
named AS MATERIALIZED (
    SELECT c.entity_id, c.n, e.first_ts FROM counted AS c CROSS JOIN entities AS e ON e.id = c.entity_id
),
sums AS MATERIALIZED (
    SELECT count(*) AS entities, sum(n) AS n, count(CASE WHEN first_ts >= :start_us THEN 1 END) AS fresh FROM named
),
least AS MATERIALIZED (
    SELECT min(n) AS n FROM (SELECT n FROM named ORDER BY n DESC LIMIT :top)
)
SELECT e.value, t.n, t.first_ts, sums.entities, sums.n, sums.fresh
FROM least
CROSS JOIN named AS t ON t.n >= least.n
CROSS JOIN entities AS e ON e.id = t.entity_id
CROSS JOIN sums
ORDER BY t.n DESC, e.value
LIMIT :top;

-- name: distinct_entities
-- How many entities of a kind some days and sensors saw.
WITH RECURSIVE days (day) AS (
    SELECT :first_day UNION ALL SELECT day + 1 FROM days WHERE day + 1 < :end_day
)
SELECT count(DISTINCT d.entity_id)
FROM days
CROSS JOIN json_each(:sensors) AS s
CROSS JOIN entity_days AS d ON d.day = days.day AND d.kind = :kind AND d.sensor_id = s.value;
