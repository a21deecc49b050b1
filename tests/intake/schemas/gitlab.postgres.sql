--
-- PostgreSQL database dump
--
\connect gitlab
SET statement_timeout = 0;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
CREATE FUNCTION set_has() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE x SET y = 1; RETURN NULL;
END;
$$;
CREATE TABLE namespaces (id bigint NOT NULL, name character varying NOT NULL, path character varying NOT NULL, owner_id bigint, type character varying DEFAULT 'User'::character varying NOT NULL, parent_id bigint, created_at timestamp without time zone, traversal_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL, shared_runners_enabled boolean DEFAULT true NOT NULL);
CREATE TABLE users (id bigint NOT NULL, email character varying DEFAULT ''::character varying NOT NULL, encrypted_password character varying DEFAULT ''::character varying NOT NULL, sign_in_count integer DEFAULT 0, username character varying, state character varying DEFAULT 'active'::character varying NOT NULL, created_at timestamp without time zone, current_sign_in_ip inet, theme_id smallint, CONSTRAINT check_theme CHECK ((theme_id IS NULL) OR (theme_id > 0)), CONSTRAINT check_len CHECK ((char_length((username)::text) <= 255)));
CREATE TABLE projects (id bigint NOT NULL, name character varying NOT NULL, namespace_id bigint NOT NULL, creator_id bigint, created_at timestamp without time zone, star_count integer DEFAULT 0 NOT NULL, visibility_level integer DEFAULT 0 NOT NULL, CONSTRAINT check_vis CHECK (visibility_level = ANY (ARRAY[0, 10, 20])));
CREATE TABLE issues (id bigint NOT NULL, iid integer, title character varying, author_id bigint, project_id bigint, namespace_id bigint, created_at timestamp without time zone, closed_at timestamp with time zone, weight integer, CONSTRAINT check_ns CHECK (namespace_id IS NOT NULL));
CREATE TABLE notes (id bigint NOT NULL, note text, noteable_type character varying, author_id bigint, project_id bigint, namespace_id bigint, created_at timestamp without time zone, CONSTRAINT check_exact CHECK ((num_nonnulls(namespace_id, project_id) = 1)));
CREATE TABLE issue_assignees (user_id bigint NOT NULL, issue_id bigint NOT NULL);
CREATE TABLE audit_events (id bigint NOT NULL, author_id bigint NOT NULL, created_at timestamp without time zone NOT NULL, details text, ip_address inet) PARTITION BY RANGE (created_at);
CREATE TABLE audit_events_202401 PARTITION OF audit_events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE SEQUENCE users_id_seq START WITH 1 INCREMENT BY 1;
ALTER SEQUENCE users_id_seq OWNED BY users.id;
ALTER TABLE ONLY users ALTER COLUMN id SET DEFAULT nextval('users_id_seq'::regclass);
COPY public.users (id, email) FROM stdin;
1	it's; a trap
2	b
\.
ALTER TABLE ONLY namespaces ADD CONSTRAINT namespaces_pkey PRIMARY KEY (id);
ALTER TABLE ONLY users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY projects ADD CONSTRAINT projects_pkey PRIMARY KEY (id);
ALTER TABLE ONLY issues ADD CONSTRAINT issues_pkey PRIMARY KEY (id);
ALTER TABLE ONLY notes ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY issue_assignees ADD CONSTRAINT issue_assignees_pkey PRIMARY KEY (issue_id, user_id);
ALTER TABLE ONLY audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id, created_at);
CREATE UNIQUE INDEX index_users_on_email ON users USING btree (email);
CREATE UNIQUE INDEX index_users_on_username ON users USING btree (lower((username)::text));
CREATE UNIQUE INDEX index_issues_on_project_id_and_iid ON issues USING btree (project_id, iid);
CREATE INDEX index_issues_trgm ON issues USING gin (title gin_trgm_ops);
ALTER TABLE ONLY namespaces ADD CONSTRAINT fk_ns_parent FOREIGN KEY (parent_id) REFERENCES namespaces(id) ON DELETE CASCADE;
ALTER TABLE ONLY namespaces ADD CONSTRAINT fk_ns_owner FOREIGN KEY (owner_id) REFERENCES users(id);
ALTER TABLE ONLY projects ADD CONSTRAINT fk_p1 FOREIGN KEY (namespace_id) REFERENCES namespaces(id);
ALTER TABLE ONLY projects ADD CONSTRAINT fk_p2 FOREIGN KEY (creator_id) REFERENCES users(id);
ALTER TABLE ONLY issues ADD CONSTRAINT fk_i1 FOREIGN KEY (project_id) REFERENCES projects(id) ON DELETE CASCADE;
ALTER TABLE ONLY issues ADD CONSTRAINT fk_i2 FOREIGN KEY (author_id) REFERENCES users(id) ON DELETE SET NULL NOT VALID;
ALTER TABLE issues ADD CONSTRAINT fk_i3 FOREIGN KEY (namespace_id) REFERENCES namespaces(id);
ALTER TABLE notes ADD CONSTRAINT fk_n1 FOREIGN KEY (project_id) REFERENCES projects(id), ADD CONSTRAINT fk_n2 FOREIGN KEY (namespace_id) REFERENCES namespaces(id);
ALTER TABLE ONLY issue_assignees ADD CONSTRAINT fk_a1 FOREIGN KEY (user_id) REFERENCES users(id), ADD CONSTRAINT fk_a2 FOREIGN KEY (issue_id) REFERENCES issues(id);
CREATE TRIGGER trg AFTER INSERT ON issues FOR EACH ROW EXECUTE FUNCTION set_has();
