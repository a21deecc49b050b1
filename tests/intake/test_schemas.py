"""Schemas of many kinds and dialects: read, generated, and loaded with all that they demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from plurel_cli.intake.picture import Picture
from plurel_cli.intake.sources import read_source
from plurel_cli.intake.writer import checked
from tests.intake.loading import frames_of, load

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.sql"))


def picture_of(path: Path) -> Picture:
    return read_source(str(path), path.suffixes[0].removeprefix("."))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name.removesuffix(".sql"))
def test_rows_break_nothing_that_a_schema_demands(path: Path) -> None:
    picture = picture_of(path)
    assert [str(note) for note in checked(picture).lost] == []
    frames = frames_of(picture)
    load(picture, frames)
    assert all(frames[table.name].height for table in picture.tables)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name.removesuffix(".sql"))
def test_a_dialect_is_guessed(path: Path) -> None:
    assert read_source(str(path)).dialect == path.suffixes[0].removeprefix(".")
