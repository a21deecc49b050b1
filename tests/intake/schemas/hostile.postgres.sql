CREATE TYPE "it's" AS ENUM ('a''b', 'ü', 'semi;colon', '"', ' ');
CREATE TABLE "select" ("from" serial PRIMARY KEY, "Group By" "it's" NOT NULL, "ü" text NOT NULL CHECK ("ü" IN ('--', '/*', ''';DROP TABLE x')), "1st" int, "a""b" int CHECK ("a""b" > 0), "select" boolean NOT NULL, "time" timestamp NOT NULL, "order" int);
CREATE TABLE "Order Details" ("select" int NOT NULL REFERENCES "select" ("from"), "when" date NOT NULL, "note; --" text DEFAULT 'a;b', "🙂" int, PRIMARY KEY ("select", "when"));
CREATE TABLE a_name_that_is_as_long_as_postgres_lets_a_name_of_a_table_be_63 (a_name_that_is_as_long_as_postgres_lets_a_name_of_a_column_be_63 int PRIMARY KEY, row text, "row_2" text, min int, max int);
