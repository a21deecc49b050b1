CREATE TYPE blood AS ENUM ('A', 'B', 'AB', 'O');
CREATE TABLE ward (code VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, floor UTINYINT, beds USMALLINT CHECK (beds > 0));
CREATE TABLE patient (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, born DATE, sex VARCHAR CHECK (sex IN ('f', 'm', 'x')), blood_group blood, allergies VARCHAR[]);
CREATE TABLE stay (id BIGINT PRIMARY KEY, patient_id INTEGER NOT NULL REFERENCES patient (id), ward_code VARCHAR NOT NULL REFERENCES ward (code), admitted TIMESTAMP NOT NULL, discharged TIMESTAMP, CHECK (discharged >= admitted), days INTEGER GENERATED ALWAYS AS (date_diff('day', admitted, discharged)));
CREATE TABLE vital (stay_id BIGINT NOT NULL REFERENCES stay (id), taken_at TIMESTAMP NOT NULL, kind VARCHAR NOT NULL, value DOUBLE NOT NULL, n UINTEGER NOT NULL, PRIMARY KEY (stay_id, n));
CREATE TABLE bill (id UBIGINT PRIMARY KEY, stay_id BIGINT UNIQUE REFERENCES stay (id), net DECIMAL(10, 2) NOT NULL CHECK (net >= 0), tax DECIMAL(10, 2) NOT NULL, total DECIMAL(12, 2) CHECK (total = net + tax), settled BOOLEAN DEFAULT false);
