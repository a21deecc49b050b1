CREATE TABLE concept (concept_id NUMBER(10) NOT NULL, concept_name VARCHAR2(255 CHAR) NOT NULL, domain_id VARCHAR2(20) NOT NULL, standard_concept VARCHAR2(1) NULL, valid_start_date DATE NOT NULL, valid_end_date DATE NOT NULL, invalid_reason VARCHAR2(1) NULL)
/
CREATE TABLE care_site (care_site_id NUMBER(10) NOT NULL, care_site_name VARCHAR2(255), place_of_service_concept_id NUMBER(10) NOT NULL)
/
CREATE TABLE provider (provider_id NUMBER(10) NOT NULL, provider_name VARCHAR2(255), npi VARCHAR2(20), specialty_concept_id NUMBER(10) NOT NULL, care_site_id NUMBER(10), year_of_birth NUMBER(4))
/
CREATE TABLE person (person_id NUMBER(19) NOT NULL, gender_concept_id NUMBER(10) NOT NULL, year_of_birth NUMBER(4) NOT NULL, month_of_birth NUMBER(2), day_of_birth NUMBER(2), birth_datetime TIMESTAMP, race_concept_id NUMBER(10) NOT NULL, provider_id NUMBER(10), person_source_value VARCHAR2(50) NOT NULL)
/
CREATE TABLE observation_period (observation_period_id NUMBER(19) NOT NULL, person_id NUMBER(19) NOT NULL, observation_period_start_date DATE NOT NULL, observation_period_end_date DATE NOT NULL, CONSTRAINT ck_period CHECK (observation_period_end_date >= observation_period_start_date) ENABLE)
/
CREATE TABLE visit_occurrence (visit_occurrence_id NUMBER(19) NOT NULL, person_id NUMBER(19) NOT NULL, visit_concept_id NUMBER(10) NOT NULL, visit_start_date DATE NOT NULL, visit_start_datetime TIMESTAMP NOT NULL, visit_end_date DATE NOT NULL, provider_id NUMBER(10), care_site_id NUMBER(10), preceding_visit_occurrence_id NUMBER(19))
/
CREATE TABLE measurement (measurement_id NUMBER(19) NOT NULL, person_id NUMBER(19) NOT NULL, measurement_concept_id NUMBER(10) NOT NULL, measurement_date DATE NOT NULL, value_as_number NUMBER, range_low NUMBER(9,3), range_high NUMBER(9,3), visit_occurrence_id NUMBER(19), CONSTRAINT ck_range CHECK (range_low <= range_high))
/
ALTER TABLE concept ADD CONSTRAINT xpk_concept PRIMARY KEY (concept_id)
/
ALTER TABLE care_site ADD (CONSTRAINT xpk_care_site PRIMARY KEY (care_site_id), CONSTRAINT fk_cs FOREIGN KEY (place_of_service_concept_id) REFERENCES concept (concept_id))
/
ALTER TABLE provider ADD CONSTRAINT xpk_provider PRIMARY KEY (provider_id)
/
ALTER TABLE provider ADD CONSTRAINT fk_p1 FOREIGN KEY (specialty_concept_id) REFERENCES concept (concept_id)
/
ALTER TABLE provider ADD CONSTRAINT fk_p2 FOREIGN KEY (care_site_id) REFERENCES care_site (care_site_id)
/
ALTER TABLE person ADD CONSTRAINT xpk_person PRIMARY KEY (person_id)
/
ALTER TABLE person ADD CONSTRAINT fk_pe1 FOREIGN KEY (gender_concept_id) REFERENCES concept (concept_id)
/
ALTER TABLE person ADD CONSTRAINT fk_pe2 FOREIGN KEY (race_concept_id) REFERENCES concept (concept_id)
/
ALTER TABLE person ADD CONSTRAINT fk_pe3 FOREIGN KEY (provider_id) REFERENCES provider (provider_id)
/
ALTER TABLE person MODIFY (provider_id NOT NULL)
/
ALTER TABLE observation_period ADD CONSTRAINT xpk_op PRIMARY KEY (observation_period_id)
/
ALTER TABLE observation_period ADD CONSTRAINT fk_op FOREIGN KEY (person_id) REFERENCES person (person_id)
/
ALTER TABLE visit_occurrence ADD CONSTRAINT xpk_vo PRIMARY KEY (visit_occurrence_id)
/
ALTER TABLE visit_occurrence ADD CONSTRAINT fk_vo1 FOREIGN KEY (person_id) REFERENCES person
/
ALTER TABLE visit_occurrence ADD CONSTRAINT fk_vo2 FOREIGN KEY (preceding_visit_occurrence_id) REFERENCES visit_occurrence (visit_occurrence_id)
/
ALTER TABLE measurement ADD CONSTRAINT xpk_m PRIMARY KEY (measurement_id)
/
ALTER TABLE measurement ADD CONSTRAINT fk_m1 FOREIGN KEY (person_id) REFERENCES person (person_id)
/
ALTER TABLE measurement ADD CONSTRAINT fk_m2 FOREIGN KEY (visit_occurrence_id) REFERENCES visit_occurrence (visit_occurrence_id)
/
COMMENT ON TABLE person IS 'one row for each patient''s record'
/
CREATE OR REPLACE TRIGGER person_bi BEFORE INSERT ON person FOR EACH ROW
BEGIN
  IF :new.person_id IS NULL THEN SELECT seq.NEXTVAL INTO :new.person_id FROM dual; END IF;
END;
/
