"""Which files make a database of a corpus: those are known again, checked for being whole, and
removed, and no others.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plurel_cli import load
from plurel_cli.storage.member_removal import remove_member
from plurel_cli.storage.members import is_whole, stamp
from tests.storage.samples import LAYOUTS, contents, small_config, write_database


def _names(folder: Path) -> list[str]:
    return sorted(contents(folder))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_file_belongs_to_the_stamp(tmp_path: Path, layout: str) -> None:
    folder = write_database(tmp_path / "db", small_config(layout))
    before = stamp(folder)
    assert before.n_bytes == sum(map(len, contents(folder).values()))
    for name in _names(folder):
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert stamp(folder) != before, name
        (folder / name).unlink()
        assert stamp(folder) != before, name
        (folder / name).write_bytes(data)
    assert stamp(folder) == before


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_database_is_whole_with_every_file_and_its_end(tmp_path: Path, layout: str) -> None:
    folder = write_database(tmp_path / "db", small_config(layout))
    schema = load(folder).schema
    assert is_whole(folder, schema)
    for name in _names(folder):
        data = (folder / name).read_bytes()
        for broken in (None, b""):
            (folder / name).unlink() if broken is None else (folder / name).write_bytes(broken)
            assert not is_whole(folder, schema), name
        (folder / name).write_bytes(data)
    assert is_whole(folder, schema)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_of_a_database_is_removed(tmp_path: Path, layout: str) -> None:
    folder = write_database(tmp_path / "db", small_config(layout))
    remove_member(folder)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "place",
    ["notes.txt", "db/notes.txt", "tasks/notes.txt", "tasks/likes-feature_0/notes.parquet"],
)
def test_what_is_no_part_of_a_database_stays(tmp_path: Path, place: str) -> None:
    folder = write_database(tmp_path / "db", small_config("relbench"))
    (folder / place).write_text("mine")
    remove_member(folder)
    assert contents(folder) == {place: b"mine"}
    remove_member(folder)
    assert contents(folder) == {place: b"mine"}


def test_links_are_not_followed(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config("relbench"))
    elsewhere = tmp_path / "elsewhere"
    (folder / "tasks").rename(elsewhere)
    (folder / "tasks").symlink_to(elsewhere)
    before = contents(elsewhere)
    remove_member(folder)
    assert contents(elsewhere) == before
    assert os.listdir(folder) == ["tasks"]
