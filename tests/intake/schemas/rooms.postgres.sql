-- partitions, inheritance, exclusion, ranges, generated columns
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE SCHEMA IF NOT EXISTS app;
SET search_path = app, public;
CREATE SEQUENCE app.measure_seq START 100 INCREMENT 5;
CREATE TABLE app.city (
  id integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME app.city_id_seq START WITH 10 INCREMENT BY 1) PRIMARY KEY,
  "Name" text COLLATE "C" NOT NULL,
  population bigint CHECK (population BETWEEN 1 AND 40000000),
  area numeric(10,3) NOT NULL CHECK (area > 0),
  density numeric GENERATED ALWAYS AS (population / area) STORED,
  elevation real, location point, bounds box, during tstzrange,
  tz interval, mac macaddr, net cidr, price money, bits bit(8), flags bit varying(16), doc xml, q tsquery
);
CREATE TABLE app.capital (state char(2) NOT NULL UNIQUE) INHERITS (app.city);
CREATE TABLE app.measurement (
  city_id int NOT NULL REFERENCES app.city ON UPDATE CASCADE ON DELETE RESTRICT,
  id bigint NOT NULL DEFAULT nextval('app.measure_seq'),
  logdate date NOT NULL,
  peaktemp int CHECK (peaktemp > -80 AND peaktemp < 60),
  unitsales int DEFAULT 0,
  PRIMARY KEY (id, logdate)
) PARTITION BY RANGE (logdate);
CREATE TABLE app.measurement_y2019 PARTITION OF app.measurement FOR VALUES FROM ('2000-01-01') TO ('2020-01-01') TABLESPACE pg_default;
CREATE TABLE app.measurement_y2020 PARTITION OF app.measurement FOR VALUES FROM ('2020-01-01') TO ('2030-01-01');
CREATE TABLE app.measurement_def PARTITION OF app.measurement DEFAULT;
CREATE INDEX ON app.measurement_y2020 (logdate) INCLUDE (unitsales) WITH (fillfactor = 70);
CREATE TABLE app.kind_log (id bigserial, kind text NOT NULL CHECK (kind = ANY (ARRAY['a'::text,'b'::text,'c'::text])), body text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE app.kind_log_a PARTITION OF app.kind_log FOR VALUES IN ('a');
CREATE TABLE app.kind_log_rest PARTITION OF app.kind_log (body DEFAULT 'x') FOR VALUES IN ('b', 'c');
CREATE TABLE app.room (id int PRIMARY KEY, name varchar(30) NOT NULL, floor smallint CHECK (floor <> 13), capacity int CHECK (capacity % 2 = 0 OR capacity > 0));
CREATE TABLE app.booking (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  room_id int NOT NULL REFERENCES app.room (id) MATCH SIMPLE,
  booked_by text NOT NULL,
  starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
  CONSTRAINT ordered CHECK (ends_at > starts_at),
  period tstzrange GENERATED ALWAYS AS (tstzrange(starts_at, ends_at)) STORED,
  EXCLUDE USING gist (room_id WITH =, period WITH &&)
);
COMMENT ON TABLE app.booking IS 'who has which room; and when';
COMMENT ON COLUMN app.booking.booked_by IS E'it''s the user\nwho booked';
CREATE OR REPLACE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN NEW.name := NEW.name; RETURN NEW; END; $body$;
CREATE TRIGGER touch_room BEFORE UPDATE ON app.room FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE POLICY p ON app.room USING (true);
ALTER TABLE app.room ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON app.room TO PUBLIC;
