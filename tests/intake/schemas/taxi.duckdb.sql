CREATE SCHEMA main_x;
CREATE SEQUENCE seq_trip START 1000;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s');
CREATE TYPE pt AS STRUCT(x DOUBLE, y DOUBLE);
CREATE TABLE zones (LocationID INTEGER PRIMARY KEY, Borough VARCHAR, "Zone" VARCHAR, service_zone VARCHAR CHECK (service_zone IN ('EWR','Yellow Zone')));
CREATE TABLE vendors (vendor_id UTINYINT PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, tags VARCHAR[], props MAP(VARCHAR, INTEGER), geo STRUCT(lat DOUBLE, lon DOUBLE), fixed INTEGER[3]);
CREATE OR REPLACE TABLE trips (
  trip_id BIGINT PRIMARY KEY DEFAULT nextval('seq_trip'),
  vendor_id UTINYINT NOT NULL REFERENCES vendors(vendor_id),
  pickup_at TIMESTAMP NOT NULL, dropoff_at TIMESTAMP NOT NULL CHECK (dropoff_at >= pickup_at),
  pu INTEGER REFERENCES zones, "do" INTEGER, passenger_count UTINYINT CHECK (passenger_count < 10),
  trip_distance DOUBLE CHECK (trip_distance >= 0), fare DECIMAL(8,2) CHECK (fare > 0), tip DECIMAL(8,2) DEFAULT 0, total DECIMAL(10,2) AS (fare + tip),
  flag VARCHAR(1) CHECK (flag IN ('Y','N')), m mood, big HUGEINT, ub UBIGINT, t TIME, tz TIMESTAMPTZ, ns TIMESTAMP_NS, u UUID DEFAULT uuid(), j JSON, b BLOB, bs BIT, iv INTERVAL, p pt, mixed UNION(num INT, str VARCHAR),
  FOREIGN KEY ("do") REFERENCES zones (LocationID)
);
CREATE UNIQUE INDEX ux ON trips (u);
CREATE MACRO add(a, b) AS a + b;
CREATE VIEW v AS FROM trips;
COMMENT ON TABLE trips IS 'yellow; taxi';
