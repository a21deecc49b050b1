-- a multi-tenant product, as its migrations leave it
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE DOMAIN slug AS text CHECK (VALUE ~ '^[a-z0-9-]+$' AND char_length(VALUE) <= 40);
CREATE TYPE plan_kind AS ENUM ('free', 'team', 'it''s big');
CREATE TABLE tenant (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  slug slug NOT NULL UNIQUE,
  plan plan_kind NOT NULL DEFAULT 'free',
  trial_ends_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (trial_ends_at IS NULL OR trial_ends_at > created_at)
);
CREATE TABLE account (
  tenant_id uuid NOT NULL REFERENCES tenant ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10000 INCREMENT BY 10),
  email citext NOT NULL,
  role text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member')),
  invited_by bigint,
  settings jsonb NOT NULL DEFAULT '{}'::jsonb,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email),
  FOREIGN KEY (tenant_id, invited_by) REFERENCES account (tenant_id, id)
);
CREATE TABLE project (
  tenant_id uuid NOT NULL REFERENCES tenant,
  id bigserial NOT NULL,
  name varchar(80) NOT NULL,
  lead_id bigint,
  archived boolean NOT NULL DEFAULT false,
  archived_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, lead_id) REFERENCES account (tenant_id, id),
  CHECK (archived OR archived_at IS NULL)
);
CREATE TABLE "Time Entry" (
  "Entry ID" bigserial PRIMARY KEY,
  tenant_id uuid NOT NULL,
  project_id bigint NOT NULL,
  account_id bigint NOT NULL,
  minutes int NOT NULL CHECK (minutes > 0 AND minutes <= 1440),
  "on" date NOT NULL,
  billed numeric(10,2) CHECK (billed >= 0),
  tags text[] NOT NULL DEFAULT '{}',
  FOREIGN KEY (tenant_id, project_id) REFERENCES project (tenant_id, id)
);
CREATE INDEX ON "Time Entry" USING gin (tags);
ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON tenant USING (id = current_setting('app.tenant')::uuid);
