-- Generated from the migrations by tools/write_schema.py; a test compares them. Do not edit.
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE sources (
	id INTEGER NOT NULL,
	fingerprint BLOB NOT NULL,
	head_bytes INTEGER NOT NULL,
	path TEXT NOT NULL,
	device INTEGER NOT NULL,
	inode INTEGER NOT NULL,
	compression TEXT NOT NULL,
	checkpoint INTEGER NOT NULL,
	marker BLOB NOT NULL,
	state TEXT NOT NULL,
	detail TEXT NOT NULL,
	added_at INTEGER NOT NULL,
	read_at INTEGER NOT NULL, size_bytes INTEGER DEFAULT 0 NOT NULL, mtime_ns INTEGER DEFAULT 0 NOT NULL,
	PRIMARY KEY (id)
)
 STRICT;
CREATE TABLE runs (
	id INTEGER NOT NULL,
	mode TEXT NOT NULL,
	version TEXT NOT NULL,
	actor TEXT NOT NULL,
	host TEXT NOT NULL,
	started_at INTEGER NOT NULL,
	ended_at INTEGER,
	outcome TEXT,
	counters TEXT NOT NULL,
	PRIMARY KEY (id)
)
 STRICT;
CREATE TABLE batches (
	id INTEGER NOT NULL,
	run_id INTEGER NOT NULL,
	source_id INTEGER NOT NULL,
	start_offset INTEGER NOT NULL,
	end_offset INTEGER NOT NULL,
	lines INTEGER NOT NULL,
	stored INTEGER NOT NULL,
	duplicate INTEGER NOT NULL,
	rejected INTEGER NOT NULL,
	blank INTEGER NOT NULL,
	first_ts INTEGER,
	last_ts INTEGER,
	digest BLOB NOT NULL,
	previous_seal BLOB NOT NULL,
	seal BLOB NOT NULL,
	committed_at INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(run_id) REFERENCES runs (id),
	FOREIGN KEY(source_id) REFERENCES sources (id)
)
 STRICT;
CREATE TABLE coverage_gaps (
	id INTEGER NOT NULL,
	source_id INTEGER NOT NULL,
	byte_offset INTEGER NOT NULL,
	missing_bytes INTEGER NOT NULL,
	cause TEXT NOT NULL,
	detail TEXT NOT NULL,
	noticed_at INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(source_id) REFERENCES sources (id)
)
 STRICT;
CREATE TABLE sensors (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT uq_sensors_name UNIQUE (name)
)
 STRICT;
CREATE TABLE event_schemas (
	id INTEGER NOT NULL,
	eventid TEXT NOT NULL,
	dialect INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT uq_event_schemas_eventid_dialect UNIQUE (eventid, dialect)
)
 STRICT;
CREATE TABLE raw_events (
	id INTEGER NOT NULL,
	ts INTEGER NOT NULL,
	digest BLOB NOT NULL,
	sensor_id INTEGER NOT NULL,
	session_id INTEGER NOT NULL,
	schema_id INTEGER NOT NULL,
	batch_id INTEGER NOT NULL,
	byte_offset INTEGER NOT NULL,
	payload TEXT NOT NULL,
	line BLOB,
	PRIMARY KEY (id)
)
 STRICT;
CREATE TABLE sessions (
	id INTEGER NOT NULL,
	sensor_id INTEGER NOT NULL,
	session TEXT NOT NULL,
	first_ts INTEGER NOT NULL,
	last_ts INTEGER NOT NULL,
	events INTEGER NOT NULL,
	connects INTEGER NOT NULL,
	connect_ts INTEGER,
	closed_ts INTEGER,
	duration_ms INTEGER,
	src_ip TEXT,
	src_port INTEGER,
	dst_ip TEXT,
	dst_port INTEGER,
	protocol TEXT,
	client TEXT,
	hassh TEXT,
	arch TEXT,
	logins_failed INTEGER NOT NULL,
	logins_succeeded INTEGER NOT NULL,
	success_ts INTEGER,
	success_username TEXT,
	success_password TEXT,
	commands INTEGER NOT NULL,
	commands_failed INTEGER NOT NULL,
	downloads INTEGER NOT NULL,
	uploads INTEGER NOT NULL,
	forwards INTEGER NOT NULL,
	ttylogs INTEGER NOT NULL,
	shape INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT uq_sessions_sensor_id_session UNIQUE (sensor_id, session)
)
 STRICT;
CREATE TABLE entities (
	id INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	value TEXT NOT NULL,
	first_ts INTEGER NOT NULL,
	last_ts INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT uq_entities_kind_value UNIQUE (kind, value)
)
 STRICT;
CREATE TABLE entity_days (
	day INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	sensor_id INTEGER NOT NULL,
	entity_id INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (day, kind, sensor_id, entity_id)
)
 WITHOUT ROWID,
 STRICT;
CREATE TABLE session_entities (
	entity_id INTEGER NOT NULL,
	session_id INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (entity_id, session_id)
)
 WITHOUT ROWID,
 STRICT;
CREATE TABLE coverage (
	day INTEGER NOT NULL,
	sensor_id INTEGER NOT NULL,
	hours INTEGER NOT NULL,
	events INTEGER NOT NULL,
	connects INTEGER NOT NULL,
	logins_failed INTEGER NOT NULL,
	logins_succeeded INTEGER NOT NULL,
	commands INTEGER NOT NULL,
	downloads INTEGER NOT NULL,
	uploads INTEGER NOT NULL,
	forwards INTEGER NOT NULL,
	PRIMARY KEY (day, sensor_id)
)
 WITHOUT ROWID,
 STRICT;
CREATE TABLE rejects (
	id INTEGER NOT NULL,
	digest BLOB NOT NULL,
	batch_id INTEGER NOT NULL,
	byte_offset INTEGER NOT NULL,
	length INTEGER NOT NULL,
	reason TEXT NOT NULL,
	detail TEXT NOT NULL,
	line BLOB NOT NULL,
	attempts INTEGER NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT uq_rejects_digest UNIQUE (digest),
	FOREIGN KEY(batch_id) REFERENCES batches (id)
)
 STRICT;
CREATE TABLE drift (
	eventid TEXT NOT NULL,
	field TEXT NOT NULL,
	type TEXT NOT NULL,
	count INTEGER NOT NULL,
	first_ts INTEGER NOT NULL,
	last_ts INTEGER NOT NULL,
	example TEXT NOT NULL,
	PRIMARY KEY (eventid, field, type)
)
 WITHOUT ROWID,
 STRICT;
CREATE TABLE audit_log (
	id INTEGER NOT NULL,
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	host TEXT NOT NULL,
	run_id INTEGER,
	table_name TEXT NOT NULL,
	"key" TEXT NOT NULL,
	mutation TEXT NOT NULL,
	before_digest BLOB,
	after_digest BLOB,
	PRIMARY KEY (id)
)
 STRICT;
CREATE TABLE anomalies (
	id INTEGER NOT NULL,
	found_at INTEGER NOT NULL,
	kind TEXT NOT NULL,
	sensor_id INTEGER,
	session_id INTEGER,
	evidence TEXT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (id)
)
 STRICT;
CREATE TABLE exports (
	target TEXT NOT NULL,
	watermark INTEGER NOT NULL,
	schema_version TEXT NOT NULL,
	outcome TEXT NOT NULL,
	updated_at INTEGER NOT NULL,
	PRIMARY KEY (target)
)
 STRICT;
CREATE TABLE leases (
	name TEXT NOT NULL,
	owner TEXT NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (name)
)
 STRICT;
CREATE INDEX ix_sources_fingerprint ON sources (fingerprint);
CREATE INDEX ix_batches_source_id_start ON batches (source_id, start_offset);
CREATE INDEX ix_raw_events_session_id ON raw_events (session_id);
CREATE UNIQUE INDEX uq_raw_events_ts_digest ON raw_events (ts, digest);
CREATE INDEX ix_sessions_first_ts ON sessions (first_ts);
CREATE VIEW v_events AS
SELECT e.id, strftime('%Y-%m-%dT%H:%M:%S', (e.ts - ((e.ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((e.ts % 1000000) + 1000000) % 1000000) AS time, n.name AS sensor, s.session, c.eventid, c.dialect,
       json_extract(e.payload, '$.src_ip') AS src_ip, json_extract(e.payload, '$.username') AS username, json_extract(e.payload, '$.password') AS password, json_extract(e.payload, '$.input') AS input, json_extract(e.payload, '$.url') AS url,
       json_extract(e.payload, '$.shasum') AS shasum, json_extract(e.payload, '$.hassh') AS hassh,
       e.payload, e.line, e.ts, e.digest, e.batch_id, e.byte_offset
FROM raw_events AS e
JOIN sensors AS n ON n.id = e.sensor_id
JOIN event_schemas AS c ON c.id = e.schema_id
LEFT JOIN sessions AS s ON s.id = e.session_id;
CREATE VIEW v_sessions AS
SELECT s.id, n.name AS sensor, s.session, strftime('%Y-%m-%dT%H:%M:%S', (s.first_ts - ((s.first_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((s.first_ts % 1000000) + 1000000) % 1000000) AS first_time, strftime('%Y-%m-%dT%H:%M:%S', (s.last_ts - ((s.last_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((s.last_ts % 1000000) + 1000000) % 1000000) AS last_time,
       s.events, s.connects, CASE WHEN s.connects > 1 THEN 1 ELSE 0 END AS reused,
       strftime('%Y-%m-%dT%H:%M:%S', (s.connect_ts - ((s.connect_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((s.connect_ts % 1000000) + 1000000) % 1000000) AS connect_time, strftime('%Y-%m-%dT%H:%M:%S', (s.closed_ts - ((s.closed_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((s.closed_ts % 1000000) + 1000000) % 1000000) AS closed_time, s.duration_ms,
       s.src_ip, s.src_port, s.dst_ip, s.dst_port, s.protocol, s.client, s.hassh, s.arch,
       s.logins_failed + s.logins_succeeded AS logins_tried, s.logins_failed, s.logins_succeeded,
       strftime('%Y-%m-%dT%H:%M:%S', (s.success_ts - ((s.success_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((s.success_ts % 1000000) + 1000000) % 1000000) AS success_time, s.success_username, s.success_password,
       s.commands, s.commands_failed, s.downloads, s.uploads, s.forwards, s.ttylogs, s.shape,
       CASE WHEN (s.flags & 1) <> 0 THEN 1 ELSE 0 END AS late,
       CASE WHEN (s.flags & 2) <> 0 THEN 1 ELSE 0 END AS drift,
       CASE WHEN (s.flags & 4) <> 0 THEN 1 ELSE 0 END AS escaped,
       CASE WHEN (s.flags & 8) <> 0 THEN 1 ELSE 0 END AS key_login,
       s.first_ts, s.last_ts
FROM sessions AS s
JOIN sensors AS n ON n.id = s.sensor_id;
CREATE VIEW v_entities AS
SELECT e.id, CASE e.kind WHEN 1 THEN 'ip' WHEN 2 THEN 'username' WHEN 3 THEN 'password' WHEN 4 THEN 'credential' WHEN 5 THEN 'command' WHEN 6 THEN 'client' WHEN 7 THEN 'hassh' WHEN 8 THEN 'url' WHEN 9 THEN 'file' WHEN 10 THEN 'key' WHEN 11 THEN 'forward' WHEN 12 THEN 'ja4' WHEN 13 THEN 'ja4h' END AS kind, e.value, strftime('%Y-%m-%dT%H:%M:%S', (e.first_ts - ((e.first_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((e.first_ts % 1000000) + 1000000) % 1000000) AS first_time, strftime('%Y-%m-%dT%H:%M:%S', (e.last_ts - ((e.last_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((e.last_ts % 1000000) + 1000000) % 1000000) AS last_time,
       e.first_ts, e.last_ts
FROM entities AS e;
CREATE VIEW v_entity_days AS
SELECT date(d.day * 86400, 'unixepoch') AS day, n.name AS sensor, CASE e.kind WHEN 1 THEN 'ip' WHEN 2 THEN 'username' WHEN 3 THEN 'password' WHEN 4 THEN 'credential' WHEN 5 THEN 'command' WHEN 6 THEN 'client' WHEN 7 THEN 'hassh' WHEN 8 THEN 'url' WHEN 9 THEN 'file' WHEN 10 THEN 'key' WHEN 11 THEN 'forward' WHEN 12 THEN 'ja4' WHEN 13 THEN 'ja4h' END AS kind, e.value, d.n, d.entity_id
FROM entity_days AS d
JOIN entities AS e ON e.id = d.entity_id
JOIN sensors AS n ON n.id = d.sensor_id;
CREATE VIEW v_command_stats AS
SELECT e.value AS command, d.n, d.days, d.sensors,
       (SELECT COUNT(*) FROM session_entities AS x WHERE x.entity_id = e.id) AS sessions,
       strftime('%Y-%m-%dT%H:%M:%S', (e.first_ts - ((e.first_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((e.first_ts % 1000000) + 1000000) % 1000000) AS first_time, strftime('%Y-%m-%dT%H:%M:%S', (e.last_ts - ((e.last_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((e.last_ts % 1000000) + 1000000) % 1000000) AS last_time
FROM (
  SELECT entity_id, SUM(n) AS n, COUNT(DISTINCT day) AS days, COUNT(DISTINCT sensor_id) AS sensors
  FROM entity_days WHERE kind = 5 GROUP BY entity_id
) AS d
JOIN entities AS e ON e.id = d.entity_id;
CREATE VIEW v_coverage AS
SELECT date(c.day * 86400, 'unixepoch') AS day, n.name AS sensor, c.hours, c.events, c.connects,
       c.logins_failed, c.logins_succeeded, c.commands, c.downloads, c.uploads, c.forwards
FROM coverage AS c
JOIN sensors AS n ON n.id = c.sensor_id;
CREATE VIEW v_batches AS
SELECT b.id, strftime('%Y-%m-%dT%H:%M:%S', (b.committed_at - ((b.committed_at % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((b.committed_at % 1000000) + 1000000) % 1000000) AS committed, s.path, b.start_offset, b.end_offset,
       b.lines, b.stored, b.duplicate, b.rejected, b.blank,
       strftime('%Y-%m-%dT%H:%M:%S', (b.first_ts - ((b.first_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((b.first_ts % 1000000) + 1000000) % 1000000) AS first_time, strftime('%Y-%m-%dT%H:%M:%S', (b.last_ts - ((b.last_ts % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((b.last_ts % 1000000) + 1000000) % 1000000) AS last_time,
       r.mode, r.actor, r.host, r.version, b.digest, b.previous_seal, b.seal, b.source_id, b.run_id
FROM batches AS b
JOIN sources AS s ON s.id = b.source_id
JOIN runs AS r ON r.id = b.run_id;
CREATE VIEW v_rejects AS
SELECT r.id, r.reason, r.detail, r.state, r.attempts, s.path, r.byte_offset, r.length, r.line, r.digest,
       strftime('%Y-%m-%dT%H:%M:%S', (b.committed_at - ((b.committed_at % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || printf('.%06dZ', ((b.committed_at % 1000000) + 1000000) % 1000000) AS first_read, r.batch_id
FROM rejects AS r
JOIN batches AS b ON b.id = r.batch_id
JOIN sources AS s ON s.id = b.source_id;
PRAGMA application_id = 1851876210;
INSERT INTO alembic_version (version_num) VALUES ('0002');
