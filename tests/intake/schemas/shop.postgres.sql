-- a shop
CREATE TYPE order_status AS ENUM ('new','paid','shipped','cancelled');
CREATE DOMAIN email_address AS varchar(120) CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE TABLE public.country (code char(2) PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE department (id serial PRIMARY KEY, name varchar(60) NOT NULL, head_id integer);
CREATE TABLE employee (
  id serial PRIMARY KEY,
  department_id int NOT NULL REFERENCES department(id),
  manager_id int REFERENCES employee,
  first_name varchar(40) NOT NULL, last_name varchar(40) NOT NULL,
  full_name text GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED,
  hired_on date NOT NULL, left_on date, CHECK (left_on IS NULL OR left_on >= hired_on),
  salary numeric(10,2) CHECK (salary > 0)
);
ALTER TABLE ONLY department ADD CONSTRAINT department_head_fk FOREIGN KEY (head_id) REFERENCES employee(id);
CREATE TABLE customer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email email_address NOT NULL UNIQUE,
  name text NOT NULL,
  country_code char(2) NOT NULL REFERENCES country(code),
  city text, phone varchar(30), birth_date date, is_vip boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE address (
  customer_id bigint NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('billing','shipping')),
  street text NOT NULL, city text NOT NULL, zip varchar(12),
  PRIMARY KEY (customer_id, kind)
);
CREATE TABLE category (id serial PRIMARY KEY, parent_id int REFERENCES category(id), name text NOT NULL, slug varchar(80) NOT NULL UNIQUE);
CREATE TABLE product (
  id serial PRIMARY KEY, category_id int NOT NULL REFERENCES category(id), sku varchar(20) NOT NULL UNIQUE,
  name text NOT NULL, price numeric(8,2) NOT NULL CHECK (price > 0), cost numeric(8,2) CHECK (cost <= price),
  tags text[], attributes jsonb, created_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE orders (
  id bigserial PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer(id), status order_status NOT NULL DEFAULT 'new',
  ordered_at timestamp NOT NULL, shipped_at timestamp, CHECK (shipped_at >= ordered_at)
);
CREATE TABLE order_line (
  order_id bigint NOT NULL REFERENCES orders(id), line_no smallint NOT NULL CHECK (line_no > 0),
  product_id int NOT NULL REFERENCES product(id), quantity int NOT NULL CHECK (quantity BETWEEN 1 AND 100),
  unit_price numeric(8,2) NOT NULL, total numeric(12,2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
  PRIMARY KEY (order_id, line_no)
);
CREATE TABLE shipment (id serial PRIMARY KEY, order_id bigint NOT NULL, line_no smallint NOT NULL, carrier text, tracking uuid,
  FOREIGN KEY (order_id, line_no) REFERENCES order_line (order_id, line_no));
CREATE TABLE product_tag (product_id int REFERENCES product(id), tag_id int REFERENCES tag(id), PRIMARY KEY (product_id, tag_id));
CREATE TABLE tag (id serial PRIMARY KEY, name varchar(30) UNIQUE NOT NULL);
CREATE TABLE review (id serial PRIMARY KEY, product_id int NOT NULL REFERENCES product(id), customer_id bigint NOT NULL REFERENCES customer(id),
  rating smallint NOT NULL CHECK (rating >= 1 AND rating <= 5), body text, UNIQUE (product_id, customer_id));
COMMENT ON TABLE review IS 'What customers say';
CREATE INDEX ON review (product_id);
CREATE TRIGGER t BEFORE INSERT ON review FOR EACH ROW EXECUTE FUNCTION f();
