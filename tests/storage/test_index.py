from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from plurel_cli.errors import FolderError, StorageError
from plurel_cli.storage.index import (
    WHOLE,
    Index,
    IndexEntry,
    SourceConfig,
    Turn,
    index_file,
    journal_file,
    read_index,
    write_index,
)
from plurel_cli.storage.journal import journal, read_journal
from plurel_cli.storage.machine import usable_cores
from tests.storage.samples import is_one_sentence

HEAD = Index(
    seeds=(0, 5), fingerprint="f", configs=(SourceConfig(name="ü", weight=1, fingerprint="f"),)
)
ENTRIES = [
    IndexEntry(seed=3, config="f", status="done", rows=7, bytes=9, seconds=0.5, digest="d"),
    IndexEntry(seed=0, config="f", status="failed", error="no: “such”\u2028thing"),
    IndexEntry(seed=0, config="f", status="done", rows=1),
]


def test_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    for entries in ([], ENTRIES[:1], ENTRIES[:2]):
        index = HEAD.but(databases=tuple(entries))
        write_index(tmp_path, index)
        assert read_index(tmp_path / "corpus.json") == index
        assert os.listdir(tmp_path) == ["corpus.json"]
    assert read_index(tmp_path / "none.json") is None


def test_files_of_shards() -> None:
    assert index_file(WHOLE) == "corpus.json"
    assert journal_file(WHOLE) == "corpus.journal"
    assert index_file(Turn(2, 4)) == "corpus-2-of-4.json"
    assert index_file(Turn(0, 1)) == "corpus.json"


def test_journal_that_breaks_off_anywhere_gives_what_was_noted_before(tmp_path: Path) -> None:
    with journal(tmp_path, WHOLE) as notes:
        notes.begin(HEAD)
        sizes = [(tmp_path / "corpus.journal").stat().st_size]
        for entry in ENTRIES:
            notes.note(entry)
            sizes.append((tmp_path / "corpus.journal").stat().st_size)
    whole = (tmp_path / "corpus.journal").read_bytes()
    path = tmp_path / "torn"
    for size in range(sizes[0], len(whole) + 1):
        path.write_bytes(whole[:size])
        found = read_journal(path)
        n = sum(size >= its for its in sizes) - 1
        assert found is not None
        assert {e.seed: e for e in found.databases} == {e.seed: e for e in ENTRIES[:n]}
    path.write_bytes(whole[: sizes[1]] + b"\0" * 40 + b"\n" + whole[sizes[1] :])
    found = read_journal(path)
    assert found == HEAD.but(databases=tuple(ENTRIES[:1]))


def test_finished_journal_leaves_the_index_alone(tmp_path: Path) -> None:
    with journal(tmp_path, WHOLE) as notes:
        notes.begin(HEAD)
        notes.finish(HEAD)
    assert os.listdir(tmp_path) == ["corpus.json"]


def test_lock_of_a_dead_run_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".corpus.journal.lock").touch()
    with journal(tmp_path, WHOLE):
        pass
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other"}, "is not ours"),
        ({"version": 2}, "must be of version 1 or earlier, got 2; use a later release"),
        ({"version": True}, "must be of version 1 or earlier"),
        ({"seeds": "x"}, "seeds"),
        ({"configs": []}, "configs"),
        ({"more": 1}, "more"),
        ({"databases": [{"seed": -1}]}, "databases.0.seed"),
    ],
)
def test_broken_index_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    path = tmp_path / "corpus.json"
    path.write_text(json.dumps(HEAD.model_dump(mode="json") | change))
    with pytest.raises(FolderError) as caught:
        read_index(path)
    assert words in str(caught.value)
    assert is_one_sentence(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000])
def test_what_is_no_index_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "corpus.json"
    path.write_text(text)
    with pytest.raises(FolderError) as caught:
        read_index(path)
    assert is_one_sentence(caught.value)


def test_disk_that_refuses_leaves_the_former_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_index(tmp_path, HEAD)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="no space left"):
        write_index(tmp_path, HEAD.but(seeds=(0, 9)))
    assert read_index(tmp_path / "corpus.json") == HEAD
    assert os.listdir(tmp_path) == ["corpus.json"]


@pytest.mark.parametrize(
    ("quota", "most"), [("150000 100000", 2), ("50000 100000", 1), ("max 100000", 512), ("x", 512)]
)
def test_cores_are_no_more_than_the_quota(tmp_path: Path, quota: str, most: int) -> None:
    (tmp_path / "cpu.max").write_text(f"{quota}\n")
    assert usable_cores(tmp_path) == min(most, len(os.sched_getaffinity(0)))
    assert usable_cores(tmp_path / "none") == len(os.sched_getaffinity(0))
