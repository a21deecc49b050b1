"""Numbers of rows of a table that another column names."""

from __future__ import annotations

from typing import Any

import pytest

from plurel_cli.intake.ddl import read_ddl
from tests.intake.loading import frames_of, load
from tests.intake.test_keys import tables

NOTES = r"""
CREATE TABLE posts (id bigserial PRIMARY KEY, title text NOT NULL);
CREATE TABLE Category (id bigserial PRIMARY KEY, label text NOT NULL);
CREATE TABLE place (code varchar(9) PRIMARY KEY);
CREATE TABLE note (id bigserial PRIMARY KEY, {} CHECK (owner_type IN ({})), {});
"""


@pytest.mark.parametrize(
    ("of_type", "labels", "number", "to"),
    [
        ("owner_type text NOT NULL", "'Post', 'Category'", "owner_id int NOT NULL", True),
        (
            "owner_type text NOT NULL",
            r"'App\Models\Post', 'app::categories'",
            "owner_id int NOT NULL",
            True,
        ),
        ("owner_type text", "'post'", "owner_id int", True),
        ("owner_type text", "'post'", "owner_id int NOT NULL", False),  # of what, in some rows?
        ("owner_type text NOT NULL", "'post', 'video'", "owner_id int NOT NULL", False),
        ("owner_type text NOT NULL", "'post', 'place'", "owner_id int NOT NULL", False),
        ("owner_type text NOT NULL", "'post'", "owner_id text NOT NULL", False),
        ("owner_type text NOT NULL", "'post'", "owner_id int REFERENCES posts", False),
    ],
)
def test_labels_that_name_tables_say_whose_row_it_is(
    of_type: str, labels: str, number: str, to: bool
) -> None:
    text = NOTES.format(of_type, labels, number)
    stated: dict[str, Any] = tables(text)["note"]["columns"].get("owner_id", {})
    assert (stated.get("lens") == "link" and "by" in stated) == to
    picture = read_ddl(text, "x.sql", "postgres")
    frames = frames_of(picture)
    load(picture, frames)
    if to:
        rows = {name.lower(): frame.height for name, frame in frames.items()}
        names = {"post": "posts", "categor": "category"}
        for label, most in (
            frames["note"]
            .group_by("owner_type")
            .max()
            .select("owner_type", "owner_id")
            .drop_nulls()
            .iter_rows()
        ):
            table = next(t for stem, t in names.items() if stem in label.lower())
            assert most < rows[table]
