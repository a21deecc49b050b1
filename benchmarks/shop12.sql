-- A shop as an application has it: composite keys, enumerations, conditions, a reference of a table to
-- itself, and a circle (an order knows its latest shipment, a shipment its order).
CREATE TYPE order_status AS ENUM ('new', 'paid', 'packed', 'shipped', 'cancelled');
CREATE TYPE payment_method AS ENUM ('card', 'transfer', 'voucher');
CREATE DOMAIN amount AS numeric(10, 2) CHECK (VALUE >= 0);

CREATE TABLE country (
  code char(2) PRIMARY KEY,
  name varchar(60) NOT NULL UNIQUE
);
CREATE TABLE category (
  id serial PRIMARY KEY,
  parent_id integer REFERENCES category (id),
  name varchar(80) NOT NULL
);
CREATE TABLE warehouse (
  id serial PRIMARY KEY,
  country_code char(2) NOT NULL REFERENCES country (code),
  name varchar(80) NOT NULL
);
CREATE TABLE customer (
  id bigserial PRIMARY KEY,
  email varchar(120) NOT NULL UNIQUE,
  full_name text NOT NULL,
  country_code char(2) NOT NULL REFERENCES country (code),
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE address (
  customer_id bigint NOT NULL REFERENCES customer (id),
  address_no smallint NOT NULL CHECK (address_no > 0),
  street varchar(120) NOT NULL,
  city varchar(80) NOT NULL,
  postcode varchar(12),
  PRIMARY KEY (customer_id, address_no)
);
CREATE TABLE product (
  sku varchar(12) PRIMARY KEY CHECK (sku ~ '^[A-Z]{3}-[0-9]{4}$'),
  category_id integer NOT NULL REFERENCES category (id),
  title text NOT NULL,
  cost amount NOT NULL CHECK (cost > 0),
  price amount NOT NULL,
  weight_g integer CHECK (weight_g BETWEEN 1 AND 50000),
  CHECK (price >= cost)
);
CREATE TABLE stock (
  warehouse_id integer NOT NULL REFERENCES warehouse (id),
  sku varchar(12) NOT NULL REFERENCES product (sku),
  quantity integer NOT NULL DEFAULT 0 CHECK (quantity >= 0),
  PRIMARY KEY (warehouse_id, sku)
);
CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customer (id),
  latest_shipment_id bigint,
  status order_status NOT NULL DEFAULT 'new',
  ordered_at timestamptz NOT NULL,
  paid_at timestamptz CHECK (paid_at >= ordered_at)
);
CREATE TABLE order_line (
  order_id bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  line_no smallint NOT NULL CHECK (line_no > 0),
  sku varchar(12) NOT NULL REFERENCES product (sku),
  quantity smallint NOT NULL CHECK (quantity BETWEEN 1 AND 20),
  unit_price amount NOT NULL,
  total numeric(12, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
  PRIMARY KEY (order_id, line_no)
);
CREATE TABLE shipment (
  id bigserial PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders (id),
  warehouse_id integer NOT NULL REFERENCES warehouse (id),
  tracking_code varchar(20) NOT NULL UNIQUE,
  sent_at timestamptz NOT NULL
);
CREATE TABLE payment (
  id bigserial PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders (id),
  method payment_method NOT NULL,
  paid amount NOT NULL,
  paid_at timestamptz NOT NULL
);
CREATE TABLE review (
  customer_id bigint NOT NULL REFERENCES customer (id),
  sku varchar(12) NOT NULL REFERENCES product (sku),
  stars smallint NOT NULL CHECK (stars IN (1, 2, 3, 4, 5)),
  body text,
  written_at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, sku)
);
ALTER TABLE orders ADD FOREIGN KEY (latest_shipment_id) REFERENCES shipment (id);
