"""Statements of SQL: what is read of them, whatever stands around."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.intake.conditions import conditions_of
from plurel_cli.intake.ddl import read_ddl
from plurel_cli.intake.picture import (
    Absent,
    Among,
    Bounded,
    Condition,
    Dated,
    Length,
    Multiple,
    Opaque,
    Ordered,
    Pattern,
    Picture,
    Present,
    SourceTable,
    Unlike,
    Unmatched,
    ValidJson,
)
from plurel_cli.intake.statements import cut, decoded
from plurel_cli.intake.writer import checked

TEXT = """-- a comment; with a semicolon
CREATE TABLE a (id INT PRIMARY KEY, note TEXT DEFAULT 'a;b' CHECK (note <> ')'));

CREATE TABLE b (
  id INT,
  /* , */ a_id INT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (a_id) REFERENCES a
);
"""


def read(text: str, dialect: str | None = None) -> Picture:
    return read_ddl(text, "x.sql", dialect)


def table(text: str, dialect: str | None = None) -> SourceTable:
    (one,) = read(text, dialect).tables
    return one


def keys(picture: Picture) -> set[tuple[object, ...]]:
    return {(t.name, r.columns, r.table, r.targets) for t in picture.tables for r in t.references}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_files_of_any_encoding_are_read(encoding: str) -> None:
    text = "CREATE TABLE t (größe INT); -- ü"
    assert decoded(text.encode(encoding)).lstrip("\ufeff") == text


def test_lines_are_told() -> None:
    picture = read(TEXT)
    a, b = picture.tables
    assert (a.line, b.line) == (2, 4)
    assert [c.line for c in b.columns] == [5, 6]
    assert b.references[0].line == 8


@pytest.mark.parametrize(
    ("dialect", "key"),
    [
        ("postgres", "CREATE TABLE b (x int REFERENCES a(id));"),
        ("postgres", "CREATE TABLE b (x int REFERENCES a);"),
        (
            "postgres",
            "CREATE TABLE b (x int); ALTER TABLE ONLY b ADD CONSTRAINT c FOREIGN "
            "KEY (x) REFERENCES a(id);",
        ),
        (
            "postgres",
            "CREATE TABLE B (X int, FOREIGN KEY (x) REFERENCES A (ID) ON DELETE SET NULL);",
        ),
        (
            "mysql",
            "CREATE TABLE `b` (`x` int, KEY `k` (`x`), CONSTRAINT `c` FOREIGN KEY "
            "`i` (`x`) REFERENCES `a` (`id`)) ENGINE=InnoDB;",
        ),
        ("tsql", "CREATE TABLE [dbo].[b] ([x] int FOREIGN KEY REFERENCES [dbo].[a]([id]))\nGO\n"),
        (
            "tsql",
            "CREATE TABLE [b] ([x] int)\nGO\nALTER TABLE [b] WITH CHECK ADD "
            "FOREIGN KEY([x]) REFERENCES [a] ([id])\nGO\n",
        ),
        (
            "oracle",
            "CREATE TABLE b (x NUMBER(5))\n/\nALTER TABLE b ADD (CONSTRAINT c "
            "FOREIGN KEY (x) REFERENCES a (id) ENABLE)\n/\n",
        ),
        ("sqlite", "CREATE TABLE b (x INTEGER REFERENCES a DEFERRABLE INITIALLY DEFERRED) STRICT;"),
        (
            "bigquery",
            "CREATE TABLE `p.d.b` (x INT64, FOREIGN KEY (x) REFERENCES `p.d.a`(id) NOT ENFORCED);",
        ),
    ],
)
def test_a_foreign_key_is_read_wherever_it_stands(dialect: str, key: str) -> None:
    end = "\nGO\n" if dialect == "tsql" else "\n/\n" if dialect == "oracle" else ";\n"
    first = "`p.d.a`" if dialect == "bigquery" else "a"
    picture = read(f"CREATE TABLE {first} (id int PRIMARY KEY){end}{key}", dialect)
    names = {t.name.lower().rpartition("_")[2]: t.name for t in picture.tables}
    (found,) = keys(picture)
    assert tuple(str(part).lower() for part in found) == tuple(
        str(part).lower() for part in (names["b"], ("x",), names["a"], ("id",))
    )
    assert picture.notes == ()


def test_blocks_that_are_no_statements_are_passed_over() -> None:
    picture = read(
        "\\connect shop\nCREATE TABLE a (id int PRIMARY KEY);\n"
        "COPY public.a (id) FROM stdin;\n1\n2; DROP TABLE a;\n\\.\n"
        "CREATE FUNCTION f() RETURNS trigger AS $x$ BEGIN SELECT 1; END; $x$ LANGUAGE plpgsql;\n"
        "CREATE TABLE b (id int);\n",
        "postgres",
    )
    assert [(t.name, t.rows, t.line) for t in picture.tables] == [("a", 2, 2), ("b", None, 8)]
    picture = read(
        "DELIMITER ;;\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET x = 1; END;;\n"
        "DELIMITER ;\nCREATE TABLE a (id int, FULLTEXT KEY k (id)) ENGINE=InnoDB\n"
        "PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (5));\nCREATE TABLE b (id int);",
        "mysql",
    )
    assert [(t.name, len(t.columns)) for t in picture.tables] == [("a", 1), ("b", 1)]
    picture = read(
        "CREATE TABLE a (id INTEGER) WITHOUT ROWID;\n"
        "CREATE TRIGGER t AFTER UPDATE ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; SELECT 3; END;\n"
        "CREATE TABLE b (id INTEGER);",
        "sqlite",
    )
    assert [t.name for t in picture.tables] == ["a", "b"]


def test_statements_of_t_sql_need_no_end() -> None:
    picture = read(
        "CREATE TABLE a (id int PRIMARY KEY,)\n\n-- and\nCREATE TABLE b (\nx int\n)\n"
        "ALTER TABLE b\nADD FOREIGN KEY (x) REFERENCES a\nGO\n"
        "CREATE PROCEDURE p AS\nBEGIN\nCREATE TABLE c (y int)\nEND\nGO\n",
        "tsql",
    )
    assert [(t.name, t.line) for t in picture.tables] == [("a", 1), ("b", 4)]
    assert keys(picture) == {("b", ("x",), "a", ("id",))}


def test_changes_of_what_is_no_table_are_passed_over() -> None:
    text = "CREATE TABLE a (id int);\nALTER TABLE a_id_seq OWNER TO me;\nALTER TABLE a OWNER TO me;"
    assert read(text, "postgres").notes == ()
    text += "\nCREATE TABLE p PARTITION OF a DEFAULT;\nALTER TABLE ONLY p ADD PRIMARY KEY (id);"
    assert [str(n) for n in read(text, "postgres").notes] == [
        "line 4: not read: a part of another table: p"
    ]


def test_domains_and_enumerations_are_what_their_columns_are() -> None:
    one = table(
        "CREATE TYPE public.mood AS ENUM ('sad', 'it''s ok');\nALTER TYPE mood ADD VALUE 'new';\n"
        "CREATE DOMAIN pct AS numeric(5,2) NOT NULL CHECK (VALUE BETWEEN 0 AND 100);\n"
        "CREATE TABLE t (m public.mood NOT NULL, p pct, q pct[]);"
    )
    m, p, q = one.columns
    assert m.labels == ("sad", "it's ok", "new")
    assert (p.kind, p.scale, p.nullable) == ("decimal", 2, False)
    assert (q.kind, q.nullable) == ("array", True)
    assert {c for check in one.checks for c in check.conditions} == {
        Bounded("p", low=0.0),
        Bounded("p", high=100.0),
    }


def test_changes_are_read() -> None:
    one = table(
        "CREATE TABLE t (a int, b varchar(10), c int);\nALTER TABLE t ADD COLUMN d date NOT NULL,"
        " ALTER COLUMN a SET NOT NULL, ADD UNIQUE (a, b);\n"
        "ALTER TABLE t ALTER b TYPE text USING b::text;\n"
        "ALTER TABLE t ADD PRIMARY KEY (c);\nCREATE UNIQUE INDEX i ON t (lower(b));\n"
        "COMMENT ON COLUMN t.d IS 'a day';",
        "postgres",
    )
    a, b, c, d = one.columns
    assert (a.nullable, b.length, c.nullable, d.kind, d.comment) == (
        False,
        None,
        False,
        "date",
        "a day",
    )
    assert (one.primary_key, one.unique) == (("c",), (("a", "b"), ("b",)))
    one = table(
        "CREATE TABLE t (a int, b int);\nALTER TABLE t MODIFY COLUMN a bigint NOT NULL,"
        " CHANGE b c varchar(5) DEFAULT 'x';",
        "mysql",
    )
    assert [(c.name, c.kind, c.bits, c.nullable) for c in one.columns] == [
        ("a", "integer", 64, False),
        ("c", "text", None, True),
    ]


@pytest.mark.parametrize(
    ("statement", "note"),
    [
        ("FROBNICATE the database;", "line 2: not read: FROBNICATE the database"),
        (
            "CREATE TABLE b (x int REFERENCES nowhere);",
            "line 2: b refers to a table that there is not: nowhere",
        ),
        ("CREATE TABLE b AS SELECT * FROM a;", "line 2: a table without columns is not read: b"),
        ("ALTER TABLE a RENAME x y;", "line 2: a change of a is not read: RENAME x y"),
        ("ALTER TABLE gone ADD x int;", "line 2: a change of a table that there is not: gone"),
        (
            "CREATE TABLE b (x int, CHECK (x + 1 > random()));",
            "line 2: a condition of b is not held: x + 1 > random()",
        ),
        (
            "CREATE TABLE b (x int, EXCLUDE USING gist (x WITH &&));",
            "line 2: an exclusion in b is not held",
        ),
        (
            "CREATE UNIQUE INDEX i ON a ((id + 1));",
            "line 2: a unique index of expressions is not held: (id + 1)",
        ),
        (
            "CREATE TABLE b (x int, X int);",
            "line 2: a second column of b that only its case tells apart is left out: X",
        ),
        (
            "CREATE VIEW v AS SELECT 1;",
            "line 2: not read: a view, which has no rows of its own: v AS SELECT 1",
        ),
    ],
)
def test_what_is_not_read_is_named_with_its_line(statement: str, note: str) -> None:
    picture = read(f"CREATE TABLE a (id int PRIMARY KEY);\n{statement}", "postgres")
    assert [str(one) for one in picture.notes] == [note]


NAMES = {name: name for name in ("price", "cost", "status", "code", "paid", "day", "doc", "a", "b")}


@pytest.mark.parametrize(
    ("dialect", "text", "conditions"),
    [
        (
            "postgres",
            "price >= 0 AND price < 9.5",
            [Bounded("price", low=0.0), Bounded("price", high=9.5, high_is_out=True)],
        ),
        (
            "postgres",
            "((status)::text = ANY ((ARRAY['x'::character varying, 'y'::varchar])::text[]))",
            [Among("status", ("x", "y"))],
        ),
        ("tsql", "[status]='x' OR UPPER([status])=N'y'", [Among("status", ("x", "y"))]),
        ("tsql", "([price]>=(0.00))", [Bounded("price", low=0.0)]),
        (
            "mysql",
            "`price` between 1 and 5",
            [Bounded("price", low=1.0), Bounded("price", high=5.0)],
        ),
        ("sqlite", "cost <= price", [Ordered("cost", "price")]),
        ("sqlite", "price > cost OR price IS NULL", [Ordered("cost", "price", is_strict=True)]),
        ("postgres", "code ~ '^[A-Z]+$'", [Pattern("code", "^[A-Z]+$")]),
        ("sqlite", "code GLOB '[A-Z]?*'", [Pattern("code", "^[A-Z]..*$")]),
        ("tsql", "[code] LIKE '[A-Z]_.%'", [Pattern("code", r"^[A-Z].\..*$")]),
        ("oracle", "LENGTH(code) = 3", [Length("code", 3, 3)]),
        ("postgres", "status <> 'paid' OR paid IS NOT NULL", [Present("paid")]),
        ("postgres", "(a IS NULL) <> (b IS NULL)", [Present("a"), Absent("b")]),
        ("postgres", "num_nonnulls(a, b) = 1", [Present("a"), Absent("b")]),
        ("postgres", "NOT (price < 0)", [Bounded("price", low=0.0)]),
        ("postgres", "status NOT IN ('x')", [Unlike("status", "x")]),
        ("postgres", "day > '1999-12-31'::date", [Dated("day", first="2000-01-01")]),
        ("tsql", "[day] < getdate()", [Dated("day", last="2024-12-31")]),
        ("tsql", "ISJSON([doc]) = 1", [ValidJson("doc")]),
        ("sqlite", "json_valid(doc)", [ValidJson("doc")]),
        ("oracle", "REGEXP_LIKE(code, '^[a-z]+$', 'i')", [Pattern("code", "(?i)^[a-z]+$")]),
        ("postgres", "code ~* '^[A-F]$'", [Pattern("code", "(?i)^[A-F]$")]),
        ("postgres", "code SIMILAR TO '[A-Z]_%'", [Pattern("code", "^[A-Z]..*$")]),
        ("postgres", "code NOT LIKE 'x%'", [Unmatched("code", "^x.*$")]),
        ("mysql", "code NOT LIKE '%x%'", [Unmatched("code", "(?i)^.*x.*$")]),
        ("postgres", "code !~ '  '", [Unmatched("code", "  ")]),
        ("oracle", r"code LIKE 'a\_%' ESCAPE '\'", [Pattern("code", "^a_.*$")]),
        ("oracle", "INSTR(code, '@') > 1", [Pattern("code", "^..*@")]),
        ("postgres", "price % 50 = 0", [Multiple("price", 50)]),
        ("sqlite", "price > '0'", [Bounded("price", low=0.0, low_is_out=True)]),
        ("oracle", "NVL(cost, 0) <= price", [Ordered("cost", "price"), Bounded("price", low=0.0)]),
        (
            "postgres",
            "COALESCE(price, 0) > 0",
            [
                Bounded("price", low=0.0, low_is_out=True),
                Present("price"),
            ],
        ),
        (
            "postgres",
            "(status = 'paid') = (paid IS NOT NULL)",
            [
                Among("status", ("paid",)),
                Present("paid"),
            ],
        ),
        (
            "postgres",
            "(a IS NOT NULL)::int + (b IS NOT NULL)::int = 1",
            [
                Present("a"),
                Absent("b"),
            ],
        ),
        (
            "postgres",
            "CASE WHEN a IS NULL THEN 0 ELSE 1 END + CASE WHEN b IS NULL THEN 0 ELSE 1 END = 2",
            [Present("a"), Present("b")],
        ),
        (
            "postgres",
            "NOT (price < 0 OR cost < 0)",
            [
                Bounded("price", low=0.0),
                Bounded("cost", low=0.0),
            ],
        ),
        ("tsql", "[day] <= dateadd(year, (-18), getdate())", [Dated("day", last="2006-12-18")]),
        ("postgres", "day <= now() - interval '18 years'", [Dated("day", last="2006-12-18")]),
        (
            "oracle",
            "day >= TO_DATE('1900-01-01', 'YYYY-MM-DD')",
            [Dated("day", first="1900-01-01")],
        ),
        ("tsql", "[day] <= '20200101'", [Dated("day", last="2019-12-31")]),
        ("postgres", "price = a / b", [Opaque("price = a / b")]),
        ("postgres", "nonsense((", [Opaque("nonsense((")]),
    ],
)
def test_conditions_are_read(dialect: str, text: str, conditions: list[Condition]) -> None:
    assert [*conditions_of(text, dialect, NAMES)] == conditions


PIECES = st.sampled_from(
    [
        *("CREATE TABLE t (", "a int", ",", ")", ";", "'", '"', "$$", "--", "/*", "*/", "\n", "GO"),
        *("PRIMARY KEY", "(a)", "CHECK", "REFERENCES", "ALTER TABLE t", "ADD", "COPY t FROM stdin"),
        *("\\.", "DELIMITER //", "BEGIN", "END", "CASE", "ENUM('x')", "[", "]", "`", "DEFAULT"),
        *("COMMENT ON TABLE t IS", "CREATE TYPE x AS ENUM (", "GENERATED ALWAYS AS", "é", "\\"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES, max_size=25),
    st.sampled_from(["postgres", "mysql", "sqlite", "tsql", "oracle", "bigquery"]),
)
def test_anything_is_read_to_its_end(pieces: list[str], dialect: str) -> None:
    text = " ".join(pieces)
    picture = read(text, dialect)
    lines = text.count("\n") + 1
    assert all(0 <= note.line <= lines for note in picture.notes)
    assert all(1 <= s.line <= lines for s in cut(text, dialect))
    whole = read(f"{text}\n", dialect)
    assert [t.name for t in whole.tables] == [t.name for t in picture.tables]


def test_statements_before_others_do_not_change_them() -> None:
    alone = read(TEXT, "postgres").tables
    after = read(f"SET x = 1;\n{TEXT}", "postgres").tables
    assert [(t.name, t.line + 1) for t in alone] == [(t.name, t.line) for t in after]


def test_arrays_of_declared_types_are_arrays_and_identities_never_null() -> None:
    picture = read_ddl(
        "CREATE TYPE app.mood AS ENUM ('ok', 'bad'); CREATE DOMAIN pct AS int;"
        "CREATE TABLE t (a app.mood[], b mood ARRAY, c pct[2], d app.mood, e pct,"
        " f integer GENERATED BY DEFAULT AS IDENTITY, g serial, h int);",
        "x.sql",
        "postgres",
    )
    columns = picture.tables[0].by_name
    assert [columns[name].kind for name in "abcde"] == [*["array"] * 3, "text", "integer"]
    assert [columns[name].labels for name in "abd"] == [(), (), ("ok", "bad")]
    assert [columns[name].nullable for name in "fgh"] == [False, False, True]


@pytest.mark.parametrize(
    ("dialect", "text", "tables"),
    [
        (
            "mysql",
            r"CREATE TABLE a (x char(9) DEFAULT 'it\'s -- ;', y int); CREATE TABLE b (z int);",
            {"a": ["x", "y"], "b": ["z"]},
        ),
        (
            "postgres",
            r"CREATE TABLE a (x text DEFAULT '\', y int CHECK (y > 0)); CREATE TABLE b (z int)",
            {"a": ["x", "y"], "b": ["z"]},
        ),
        ("mysql", "/*!50001 CREATE TABLE a (x int) */; /*!40101 SET x = 1 */;", {"a": ["x"]}),
        ("mysql", "CREATE TABLE a (\n# it's\nx int, # y\nz int);", {"a": ["x", "z"]}),
        (
            "oracle",
            "REM it's; a script\nPROMPT and; that's it\nSET ECHO ON\nCREATE TABLE a (x NUMBER);",
            {"a": ["x"]},
        ),
        (
            "tsql",
            "execute sp_addtype t, 'int'\nexecute sp_addtype u, 'int'\nCREATE TABLE a (x t)",
            {"a": ["x"]},
        ),
        ("tsql", "CREATE TABLE #t (x int)\nCREATE TABLE a (x int)", {"a": ["x"]}),
        (
            "bigquery",
            "CREATE TABLE `p-1.d.a` (x INT64); CREATE TABLE d.b CLONE d.a;",
            {"a": ["x"], "b": ["x"]},
        ),
        (
            "mysql",
            "create table a (x int, y int, z int); alter table a drop y, rename column z to w;"
            "alter table a rename to b; create table c (x int); drop table if exists c;",
            {"b": ["x", "w"]},
        ),
    ],
)
def test_tables_are_those_that_are_there_at_the_end(
    dialect: str, text: str, tables: dict[str, list[str]]
) -> None:
    picture = read(text, dialect)
    assert {t.name: [c.name for c in t.columns] for t in picture.tables} == tables
    assert not any(note.is_lost for note in picture.notes)


def test_a_type_may_be_defined_after_a_table_that_has_it() -> None:
    picture = read(
        "CREATE TABLE a (x mood NOT NULL, y small); CREATE TYPE mood AS ENUM ('b', 'c');"
        "ALTER TYPE mood ADD VALUE 'a' BEFORE 'b'; ALTER TYPE mood RENAME VALUE 'c' TO 'd';"
        "CREATE DOMAIN small AS int CHECK (VALUE < 9);",
        "postgres",
    )
    (table,) = picture.tables
    assert table.by_name["x"].labels == ("a", "b", "d")
    assert [check.conditions for check in table.checks] == [
        (Bounded("y", high=9.0, high_is_out=True),)
    ]


@pytest.mark.parametrize(
    ("index", "unique"),
    [
        ("(lower(x::text), COALESCE(y, -1))", ("x",)),
        ("(md5(x))", ("x",)),
        ("(x, date_trunc('day', z))", ("x",)),
        ("(upper(x) text_pattern_ops, y DESC NULLS LAST) WHERE y > 3", ("x", "y")),
    ],
)
def test_an_index_of_expressions_is_held_by_its_columns(
    index: str, unique: tuple[str, ...]
) -> None:
    text = f"CREATE TABLE a (x text, y int, z timestamp); CREATE UNIQUE INDEX i ON a {index};"
    picture = read(text, "postgres")
    assert picture.tables[0].unique == (unique,)
    assert not any(note.is_lost for note in picture.notes)


def test_an_exclusion_is_held_where_it_compares_by_equality() -> None:
    text = "CREATE TABLE a (x int, y tsrange, EXCLUDE USING gist (x WITH =, y WITH &&));"
    picture = read(text, "postgres")
    assert picture.tables[0].unique == (("x",),)


@given(st.text(max_size=12), st.sampled_from(["postgres", "mysql", "sqlite", "oracle", "tsql"]))
def test_any_label_is_read_as_it_is(label: str, dialect: str) -> None:
    label = label.replace("\0", "").replace("\r", "")
    written = label.replace("'", "''")
    if dialect == "mysql":
        written = written.replace("\\", "\\\\")
    column = f"x varchar(99) CHECK (x IN ('{written}', 'b'))"
    text = f"CREATE TABLE a ({column}, y int); CREATE TABLE c (z int)"
    first, second = read(text, dialect).tables
    assert first.checks[0].conditions == (Among("x", (label, "b")),)
    assert [column.name for column in second.columns] == ["z"]


def test_a_formula_that_no_lens_says_is_left_to_the_database() -> None:
    text = (
        "CREATE TABLE a (id int PRIMARY KEY, k char(3) NOT NULL CHECK (k ~ '^[A-C]{3}$'),"
        " f int GENERATED ALWAYS AS (CASE WHEN k = 'AAA' THEN 1 ELSE 0 END) STORED,"
        " g int GENERATED ALWAYS AS (id + 1) STORED)"
    )
    raw = yaml.safe_load(checked(read(text, "postgres")).text)
    assert "f" not in raw["tables"]["a"]["columns"]


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("x int CHECK (x <> 5 AND x BETWEEN 4 AND 6)", 6, 6),
        ("x year", 1901, 2155),
        ("x int CHECK (x % 50 = 0 AND x > 0)", 50, None),
    ],
)
def test_numbers_lie_where_conditions_and_types_leave_them(
    column: str, low: int, high: int | None
) -> None:
    text = checked(read(f"CREATE TABLE a (id int PRIMARY KEY, {column})", "mysql")).text
    (stated,) = yaml.safe_load(text)["tables"]["a"]["columns"].values()
    assert stated["min"] == low
    assert stated.get("max", 0) >= (high or 0)
    assert high is None or stated["max"] <= high
    assert stated.get("step", 50) == 50
