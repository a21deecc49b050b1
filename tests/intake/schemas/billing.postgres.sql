CREATE SCHEMA billing;
CREATE TABLE billing.currency (code char(3) PRIMARY KEY CHECK (code = upper(code)), digits smallint NOT NULL DEFAULT 2 CHECK (digits BETWEEN 0 AND 4));
CREATE TABLE billing.customer (
  customer_id integer PRIMARY KEY CHECK (customer_id > 0),
  vat_no varchar(14) UNIQUE,
  name text NOT NULL CHECK (length(trim(name)) > 0),
  parent_id integer REFERENCES billing.customer DEFERRABLE INITIALLY DEFERRED,
  credit_limit numeric(12,2) NOT NULL DEFAULT 0 CHECK (credit_limit >= 0)
);
CREATE TABLE billing.invoice (
  invoice_id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES billing.customer,
  currency char(3) NOT NULL REFERENCES billing.currency (code),
  issued_on date NOT NULL,
  due_on date NOT NULL,
  paid_on date,
  net numeric(12,2) NOT NULL,
  tax numeric(12,2) NOT NULL,
  gross numeric(12,2) GENERATED ALWAYS AS (net + tax) STORED,
  CONSTRAINT due_after CHECK (due_on >= issued_on),
  CONSTRAINT paid_after CHECK (paid_on >= issued_on),
  CHECK (tax >= 0), CHECK (net > 0)
);
CREATE TABLE billing.payment (
  invoice_id integer REFERENCES billing.invoice ON DELETE RESTRICT,
  seq smallint,
  amount numeric(12,2) NOT NULL CHECK (amount <> 0),
  method text NOT NULL CHECK (method = ANY (ARRAY['card'::text, 'transfer'::text, 'cash'::text])),
  at timestamp without time zone NOT NULL,
  PRIMARY KEY (invoice_id, seq)
);
CREATE UNIQUE INDEX one_open ON billing.invoice (customer_id) WHERE paid_on IS NULL;
