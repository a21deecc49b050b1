CREATE TABLE realm (id varchar(36) PRIMARY KEY, name varchar(255) UNIQUE, enabled boolean NOT NULL DEFAULT false, access_token_lifespan int, master_admin_client varchar(36));
CREATE TABLE client (id varchar(36) NOT NULL PRIMARY KEY, enabled boolean NOT NULL DEFAULT false, client_id varchar(255), realm_id varchar(36) REFERENCES realm(id), secret varchar(255), base_url varchar(255), protocol varchar(255), UNIQUE (realm_id, client_id));
ALTER TABLE realm ADD CONSTRAINT fk_master FOREIGN KEY (master_admin_client) REFERENCES client(id);
CREATE TABLE user_entity (id varchar(36) NOT NULL PRIMARY KEY, email varchar(255), email_verified boolean NOT NULL DEFAULT false, first_name varchar(255), last_name varchar(255), realm_id varchar(255), username varchar(255), created_timestamp bigint, UNIQUE (realm_id, username));
CREATE TABLE keycloak_role (id varchar(36) NOT NULL PRIMARY KEY, name varchar(255), client varchar(36), realm varchar(36) REFERENCES realm(id), client_role boolean NOT NULL DEFAULT false, description varchar(255));
CREATE TABLE user_role_mapping (role_id varchar(255) NOT NULL, user_id varchar(36) NOT NULL REFERENCES user_entity(id), PRIMARY KEY (role_id, user_id));
CREATE TABLE user_attribute (id varchar(36) NOT NULL PRIMARY KEY DEFAULT 'sybase', name varchar(255) NOT NULL, value varchar(255), user_id varchar(36) NOT NULL REFERENCES user_entity(id));
CREATE TABLE composite_role (composite varchar(36) NOT NULL REFERENCES keycloak_role(id), child_role varchar(36) NOT NULL REFERENCES keycloak_role(id), PRIMARY KEY (composite, child_role));
CREATE TABLE credential (id varchar(36) NOT NULL PRIMARY KEY, salt bytea, type varchar(255), user_id varchar(36) REFERENCES user_entity(id), created_date bigint, secret_data text, priority integer);
