"""A merge that was interrupted as it cleaned up is ended by the same command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from plurel_cli import (
    generate_corpus,
    generate_portion,
    merge_corpus,
    merge_portions,
    parse_config,
)
from plurel_cli.errors import FolderError
from plurel_cli.storage.layout import INNER_LOCK

CONFIG = parse_config(
    {
        "schema": {"tables": 2, "rows": {"entity": 5, "activity": 5}},
        "features": {"model": "none"},
    }
)
SHARDS = 3


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of three shards that nobody has merged."""
    folder = tmp_path_factory.mktemp("shards") / "corpus"
    for number in range(SHARDS):
        generate_corpus(folder, CONFIG, range(SHARDS), shard=(number, SHARDS), jobs=1)
    assert len([*folder.glob("corpus-*.json")]) == SHARDS
    return folder


@pytest.fixture
def folder(shards: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shards, tmp_path / "corpus"))


@pytest.mark.parametrize("n_removed", range(1, SHARDS))
def test_the_rest_of_the_indexes_is_removed(shards: Path, folder: Path, n_removed: int) -> None:
    merged = merge_corpus(folder)
    for index in sorted(shards.glob("corpus-*.json"))[n_removed:]:
        shutil.copy(index, folder)
    assert merge_corpus(folder).corpus == merged.corpus
    assert not [*folder.glob("corpus-*.json")]


def test_an_index_of_another_corpus_is_no_rest(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    merge_corpus(folder)
    generate_corpus(other, CONFIG, range(SHARDS, 2 * SHARDS), shard=(0, SHARDS), jobs=1)
    (index,) = other.glob("corpus-*.json")
    shutil.copy(index, folder)
    with pytest.raises(FolderError, match="lacks the index of shard"):
        merge_corpus(folder)
    assert (folder / index.name).is_file()


@pytest.mark.parametrize("has_notes", [False, True])
def test_a_lock_that_was_left_is_removed(tmp_path: Path, has_notes: bool) -> None:
    folder = tmp_path / "db"
    for number in range(2):
        generate_portion(folder, CONFIG, 1, portion=(number, 2))
    before = tmp_path / "before"
    shutil.copytree(folder, before)
    merge_portions(folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    if has_notes:
        for path in before.iterdir():
            if path.name not in files:
                shutil.copy(path, folder)
    (folder / INNER_LOCK).touch()
    merge_portions(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
