-- name: sessions_newest
-- Sessions newest first, before a cursor, that meet every filter; reads from the newest until it has enough.
--
-- An empty list of entities is asked for first: opening json_each for every session takes most of the time.
SELECT s.id, s.sensor_id, s.session, s.first_ts, s.last_ts, s.events, s.connects, s.connect_ts, s.closed_ts,
       s.duration_ms, s.src_ip, s.src_port, s.dst_ip, s.dst_port, s.protocol, s.client, s.hassh, s.arch,
       s.logins_failed, s.logins_succeeded, s.success_ts, s.success_username, s.success_password, s.commands,
       s.commands_failed, s.downloads, s.uploads, s.forwards, s.ttylogs, s.shape, s.flags
FROM sessions AS s INDEXED BY ix_sessions_first_ts
WHERE (s.first_ts, s.id) < (:before_ts, :before_id) AND s.first_ts >= :since_us
  AND s.sensor_id IN (SELECT value FROM json_each(:sensors))
  AND (:protocol IS NULL OR s.protocol = :protocol)
  AND s.commands >= :commands_min AND s.downloads >= :downloads_min AND s.logins_succeeded >= :succeeded_min
  AND (:only_failed = 0 OR (s.logins_failed > 0 AND s.logins_succeeded = 0))
  AND (:entities = '[]' OR NOT EXISTS (
      SELECT 1 FROM json_each(:entities) AS e
      WHERE NOT EXISTS (SELECT 1 FROM session_entities AS x WHERE x.entity_id = e.value AND x.session_id = s.id)
  ))
ORDER BY s.first_ts DESC, s.id DESC
LIMIT :most;

-- name: sessions_of_entity
-- The same for an entity that few sessions named: reads all of these, and sorts them.
SELECT s.id, s.sensor_id, s.session, s.first_ts, s.last_ts, s.events, s.connects, s.connect_ts, s.closed_ts,
       s.duration_ms, s.src_ip, s.src_port, s.dst_ip, s.dst_port, s.protocol, s.client, s.hassh, s.arch,
       s.logins_failed, s.logins_succeeded, s.success_ts, s.success_username, s.success_password, s.commands,
       s.commands_failed, s.downloads, s.uploads, s.forwards, s.ttylogs, s.shape, s.flags
FROM session_entities AS rare
CROSS JOIN sessions AS s ON s.id = rare.session_id
WHERE rare.entity_id = :entity
  AND (s.first_ts, s.id) < (:before_ts, :before_id) AND s.first_ts >= :since_us
  AND s.sensor_id IN (SELECT value FROM json_each(:sensors))
  AND (:protocol IS NULL OR s.protocol = :protocol)
  AND s.commands >= :commands_min AND s.downloads >= :downloads_min AND s.logins_succeeded >= :succeeded_min
  AND (:only_failed = 0 OR (s.logins_failed > 0 AND s.logins_succeeded = 0))
  AND (:entities = '[]' OR NOT EXISTS (
      SELECT 1 FROM json_each(:entities) AS e
      WHERE NOT EXISTS (SELECT 1 FROM session_entities AS x WHERE x.entity_id = e.value AND x.session_id = s.id)
  ))
ORDER BY s.first_ts DESC, s.id DESC
LIMIT :most;

-- name: sessions_named
-- Sessions whose id lies in a range of text, on some sensors: one id, or all with a prefix.
SELECT s.id, s.sensor_id, s.session, s.first_ts, s.last_ts, s.events, s.connects, s.connect_ts, s.closed_ts,
       s.duration_ms, s.src_ip, s.src_port, s.dst_ip, s.dst_port, s.protocol, s.client, s.hassh, s.arch,
       s.logins_failed, s.logins_succeeded, s.success_ts, s.success_username, s.success_password, s.commands,
       s.commands_failed, s.downloads, s.uploads, s.forwards, s.ttylogs, s.shape, s.flags
FROM json_each(:sensors) AS n
CROSS JOIN sessions AS s ON s.sensor_id = n.value AND s.session >= :first AND s.session <= :last
ORDER BY s.session, s.first_ts, s.id
LIMIT :most;

-- name: session_events
-- The events of a session in order of time; among equal times in the order in which they stood.
SELECT e.ts, c.eventid, c.dialect, e.payload, e.line IS NOT NULL, e.batch_id, e.byte_offset, lower(hex(e.digest))
FROM raw_events AS e
CROSS JOIN event_schemas AS c ON c.id = e.schema_id
WHERE e.session_id = :session
ORDER BY e.ts, e.byte_offset, e.digest;
