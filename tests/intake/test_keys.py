"""How keys are held, and what a reader is told of them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from plurel_cli.intake.ddl import read_ddl
from plurel_cli.intake.writer import Written, checked
from tests.intake.loading import frames_of, load


def written(text: str) -> Written:
    return checked(read_ddl(text, "x.sql", "postgres"))


def tables(text: str) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(written(text).text)["tables"]
    return raw


CIRCLE = """
CREATE TABLE a (id int PRIMARY KEY, b_id int {a} REFERENCES b);
CREATE TABLE b (id int PRIMARY KEY, a_id int {b} REFERENCES a);
"""


@pytest.mark.parametrize(
    ("a", "b", "link"),
    [("", "NOT NULL", "a.b_id"), ("NOT NULL", "", "b.a_id"), ("NOT NULL", "NOT NULL", "")],
)
def test_a_circle_is_broken_where_a_reference_may_be_null(a: str, b: str, link: str) -> None:
    result = written(CIRCLE.format(a=a, b=b))
    raw = yaml.safe_load(result.text)["tables"]
    links = [
        f"{name}.{column}"
        for name, table in raw.items()
        for column, stated in (table["columns"] or {}).items()
        if stated["lens"] == "link"
    ]
    assert result.lost == ()
    assert len(links) == 1
    notes = " ".join(map(str, result.notes))
    assert f"{links[0]} is filled once all rows are there" in notes
    assert ("no order of inserting rows" in notes) == (not link)
    assert link in ("", links[0])
    picture = read_ddl(CIRCLE.format(a=a, b=b), "x.sql", "postgres")
    load(picture, frames_of(picture))


def test_a_key_of_texts_has_a_number_beside_it() -> None:
    raw = tables(
        "CREATE TABLE a (code char(2) PRIMARY KEY);"
        "CREATE TABLE b (id int PRIMARY KEY, a_code char(2) NOT NULL REFERENCES a);"
    )
    assert raw["a"]["primary_key"] == "a_row"
    assert raw["a"]["columns"]["code"] == {
        "lens": "code",
        "pattern": "@@",
        "unique": True,
        "nulls": False,
    }
    assert raw["b"]["parents"] == [{"table": "a", "column": "a_code_row"}]
    assert raw["b"]["columns"]["a_code"] == {"lens": "text", "templates": ["{a_code_row.code}"]}


def test_a_pair_of_keys_is_a_junction_and_a_key_with_a_number_a_sequence() -> None:
    raw = tables(
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY);"
        "CREATE TABLE ab (note text, a_id int REFERENCES a, b_id int REFERENCES b,"
        " PRIMARY KEY (a_id, b_id));"
        "CREATE TABLE line (a_id int REFERENCES a, no smallint CHECK (no >= 10),"
        " PRIMARY KEY (a_id, no));"
    )
    assert raw["ab"]["junction"] is True
    assert raw["line"]["columns"]["no"] == {
        "lens": "sequence",
        "of": "a_id",
        "start": 10,
        "nulls": False,
    }


def test_a_key_that_is_a_reference_has_one_row_for_each() -> None:
    raw = tables(
        "CREATE TABLE a (id int PRIMARY KEY);"
        "CREATE TABLE more (a_id int PRIMARY KEY REFERENCES a, x text, y int UNIQUE REFERENCES a);"
    )
    assert raw["more"]["parents"] == [{"table": "a", "column": "a_id", "form": "one_to_one"}]
    assert raw["more"]["columns"]["y"]["unique"] is True


@pytest.mark.parametrize(
    ("table", "lost"),
    [
        (
            "CREATE TABLE t (a boolean, b boolean, PRIMARY KEY (a, b))",
            "unique (a, b) of t is not held",
        ),
        (
            "CREATE TABLE t (x int PRIMARY KEY, y geometry NOT NULL)",
            "y may not be null, but plurel has no lens",
        ),
        ("CREATE TABLE t (x text CHECK (x ~ '(a|b)'))", "a pattern of x is not held: (a|b)"),
        ("CREATE TABLE t (x text, y text, CHECK (x < y))", "x <= y is not held"),
        (
            "CREATE TABLE t (x int CHECK (x >= 5), y int CHECK (y < 5), CHECK (x < y))",
            "the order of x, y is not held",
        ),
    ],
)
def test_what_cannot_be_held_is_lost_by_name(table: str, lost: str) -> None:
    (note,) = written(table).lost
    assert lost in str(note)


SELF = "CREATE TABLE t (n int NOT NULL, id {kind} NOT NULL, up {kind}{null}, PRIMARY KEY (n, id),\n"


@pytest.mark.parametrize("kind", ["bigint", "varchar(9)"])
def test_a_table_that_refers_to_itself_by_two_columns_is_told_with_its_line(kind: str) -> None:
    """Whatever the key is: a row of the same tenant is nothing that the config can ask for."""
    key = "FOREIGN KEY (n, up) REFERENCES t (n, id))"
    free = written(SELF.format(kind=kind, null="") + key)
    assert free.lost == ()
    assert "line 2: t (n, up) is null in every row: it must refer to a row of the same n" in map(
        str, free.notes
    )
    (lost,) = written(SELF.format(kind=kind, null=" NOT NULL") + key).lost
    assert str(lost) == (
        "line 2: the foreign key t (n, up) is not held: it must refer to a row of the same n"
    )


def test_keys_that_share_a_tenant_are_not_mixed() -> None:
    """Two foreign keys of one tenant would each draw a row, of which one is another tenant's."""
    schema = (
        "CREATE TABLE a (n int, id bigint, PRIMARY KEY (n, id));\n"
        "CREATE TABLE b (n int, id bigint, PRIMARY KEY (n, id));\n"
        "CREATE TABLE c (id int PRIMARY KEY, n int NOT NULL, a_id bigint NOT NULL, b_id bigint{},\n"
        "FOREIGN KEY (n, a_id) REFERENCES a (n, id),\n"
        "FOREIGN KEY (n, b_id) REFERENCES b (n, id))"
    )
    (lost,) = written(schema.format(" NOT NULL")).lost
    assert str(lost).startswith("line 5: the foreign key c (n, b_id) is not held")
    free = written(schema.format(""))
    assert free.lost == ()
    assert yaml.safe_load(free.text)["tables"]["c"]["columns"]["b_id"]["nulls"] == 1.0


@pytest.mark.parametrize(
    ("schema", "dialect", "key"),
    [
        (
            "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 500 INCREMENT BY "
            "10) PRIMARY KEY)",
            "postgres",
            {"start": 500, "step": 10},
        ),
        (
            "CREATE SEQUENCE s.q START 1000;"
            "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('s.q'::regclass))",
            "postgres",
            {"start": 1000},
        ),
        (
            "CREATE TABLE t (id int NOT NULL AUTO_INCREMENT, PRIMARY KEY (id)) AUTO_INCREMENT=4711",
            "mysql",
            {"start": 4711},
        ),
        ("CREATE TABLE t (id int IDENTITY(100,5) PRIMARY KEY)", "tsql", {"start": 100, "step": 5}),
        (
            "CREATE SEQUENCE q START WITH 700 NOCACHE;"
            "CREATE TABLE t (id NUMBER(12) DEFAULT q.NEXTVAL PRIMARY KEY)",
            "oracle",
            {"start": 700},
        ),
        ("CREATE TABLE t (id bigserial PRIMARY KEY)", "postgres", None),
        ("CREATE TABLE t (id int IDENTITY(1,1) PRIMARY KEY)", "tsql", None),
    ],
)
def test_keys_begin_where_the_source_counts_from(
    schema: str, dialect: str, key: dict[str, int] | None
) -> None:
    text = checked(read_ddl(schema, "x.sql", dialect)).text
    assert yaml.safe_load(text)["tables"]["t"].get("key") == key
