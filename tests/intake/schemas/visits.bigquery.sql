CREATE TABLE `my-project.analytics.users` (
  user_pseudo_id STRING(64) NOT NULL OPTIONS(description="the user's \"id\""),
  first_touch TIMESTAMP NOT NULL,
  country STRING, is_active BOOL NOT NULL DEFAULT TRUE,
  ltv NUMERIC(12, 2), big BIGNUMERIC, geo GEOGRAPHY, props JSON, dt DATETIME, d DATE, t TIME, b BYTES(16), iv INTERVAL, r RANGE<DATE>,
  PRIMARY KEY (user_pseudo_id) NOT ENFORCED
) PARTITION BY DATE(first_touch) CLUSTER BY country OPTIONS (require_partition_filter=TRUE, description="a; b", labels=[("x","y")]);
CREATE OR REPLACE TABLE `my-project`.analytics.events (
  event_id INT64 NOT NULL, user_pseudo_id STRING NOT NULL, event_name STRING NOT NULL, event_timestamp TIMESTAMP NOT NULL, value FLOAT64,
  params ARRAY<STRUCT<key STRING, value STRUCT<string_value STRING, int_value INT64>>>, tags ARRAY<STRING> NOT NULL, device STRUCT<category STRING, os STRING NOT NULL>,
  PRIMARY KEY (event_id) NOT ENFORCED,
  CONSTRAINT fk FOREIGN KEY (user_pseudo_id) REFERENCES analytics.users(user_pseudo_id) NOT ENFORCED
) PARTITION BY TIMESTAMP_TRUNC(event_timestamp, DAY);
ALTER TABLE analytics.events ADD COLUMN IF NOT EXISTS session_id INT64;
CREATE TABLE IF NOT EXISTS analytics.sessions (session_id INT64 NOT NULL PRIMARY KEY NOT ENFORCED, start_ts TIMESTAMP, end_ts TIMESTAMP, `order` INT64);
ALTER TABLE analytics.events ADD FOREIGN KEY (session_id) REFERENCES analytics.sessions (session_id) NOT ENFORCED;
CREATE EXTERNAL TABLE analytics.ext (a INT64) OPTIONS (format='CSV', uris=['gs://b/*.csv']);
CREATE SNAPSHOT TABLE analytics.snap CLONE analytics.events;
CREATE TABLE analytics.c2 CLONE analytics.sessions;
CREATE TEMP FUNCTION f(x INT64) AS (x + 1);
