"""Prisma schemas: what Prisma would make of them in a database is what the picture has."""

from __future__ import annotations

from pathlib import Path

import pytest

from plurel_cli.intake.picture import Picture, SourceColumn
from plurel_cli.intake.sources import read_source
from plurel_cli.intake.sources.prisma import read_prisma
from tests.intake.loading import frames_of, load

BLOG = Path(__file__).parent / "blog.prisma"


@pytest.fixture(scope="module")
def blog() -> Picture:
    return read_source(str(BLOG))


def _column(blog: Picture, path: str) -> SourceColumn:
    table, column = path.split(".")
    return blog.by_name[table].by_name[column]


def test_tables_are_those_of_the_database(blog: Picture) -> None:
    assert {table.source_name for table in blog.tables} == {
        *("users", "Profile", "Post", "Tag", "Membership", "Team", "Visit", "_PostToTag", "_likes")
    }
    assert blog.dialect == "postgres"
    assert [str(note) for note in blog.notes] == ["line 92: not read: view Summary"]


def test_columns_are_those_of_fields_that_are_no_relations(blog: Picture) -> None:
    assert [column.name for column in blog.by_name["users"].columns] == [
        *("id", "email", "name", "role", "balance", "created_at", "manager_id")
    ]
    assert _column(blog, "users.role").labels == ("USER", "administrator")
    assert _column(blog, "users.email").length == 120
    assert (_column(blog, "users.balance").precision, _column(blog, "users.balance").scale) == (
        10,
        2,
    )
    assert _column(blog, "Post.views").bits == 16
    assert _column(blog, "Post.tokens").kind == "array"
    assert _column(blog, "Tag.id").kind == "uuid"
    assert _column(blog, "Membership.since").kind == "date"
    assert _column(blog, "users.name").nullable
    assert not _column(blog, "Post.title").nullable


def test_keys_are_held(blog: Picture) -> None:
    found = {
        (table.name, reference.columns, reference.table, reference.targets)
        for table in blog.tables
        for reference in table.references
    }
    names = {table.source_name: table.name for table in blog.tables}
    assert found == {
        ("users", ("manager_id",), "users", ("id",)),
        ("Profile", ("userId",), "users", ("id",)),
        ("Post", ("author_id",), "users", ("id",)),
        ("Membership", ("team",), "Team", ("id",)),
        ("Visit", ("userId", "teamId"), "Membership", ("user", "team")),
        (names["_PostToTag"], ("A",), "Post", ("id",)),
        (names["_PostToTag"], ("B",), "Tag", ("id",)),
        (names["_likes"], ("A",), "Post", ("id",)),
        (names["_likes"], ("B",), "users", ("id",)),
    }
    assert blog.by_name["Post"].unique == (("author_id", "title"),)
    assert blog.by_name["Membership"].primary_key == ("user", "team")
    assert blog.by_name[names["_likes"]].primary_key == ("A", "B")


def test_rows_keep_all_that_is_demanded(blog: Picture) -> None:
    load(blog, frames_of(blog))


def test_what_is_not_read_is_named() -> None:
    picture = read_prisma("model A {\n  id Int @id\n  !odd\n}\n", "a.prisma")
    assert [str(note) for note in picture.notes] == ["line 3: a field is not read: !odd"]
    assert any(note.is_lost for note in picture.notes)
