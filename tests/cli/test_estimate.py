from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from plurel_cli import parse_config
from plurel_cli.cli.beforehand import before
from plurel_cli.storage.place import place_of
from plurel_cli.storage.room import free_bytes
from tests.cli.conftest import Run
from tests.cli.runs import ROOT

HUGE = """
schema: {layout: explicit}
tables:
  users: {rows: 1000000000000}
  orders: {rows: 1000000000000, parents: [users]}
"""


def test_estimate_prints_what_a_script_can_read(run: Run) -> None:
    found = run("estimate", "--config", ROOT / "configs/small.yaml", "--seed", "1", "--json")
    assert (found.code, found.err) == (0, "")
    said = json.loads(found.out)
    assert said["databases"] == said["sampled"] == 1
    assert said["total_s"] == pytest.approx(sum(said["seconds"].values()))
    assert said["dominant"] in said["seconds"]


def test_estimate_of_a_corpus_in_words(run: Run) -> None:
    found = run("estimate", "--config", ROOT / "configs/mixture.yaml", "--seeds", "0:1000")
    assert (found.code, found.err) == (0, "")
    assert "1,000\n" in found.out
    assert "of 1,000 databases" in found.out


def test_seed_and_seeds_are_not_given_together(run: Run) -> None:
    assert run("estimate", "--seed", "1", "--seeds", "0:2").is_refusal("--seed")


@pytest.mark.parametrize("command", ["generate", "corpus"])
def test_what_the_disk_cannot_hold_is_refused(command: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    file.write_text(HUGE, encoding="utf-8")
    seed = ("--seed", "1") if command == "generate" else ("--seeds", "0:1")
    found = run(command, "--config", file, *seed, "--out", tmp_path / "out")
    assert found.is_refusal("too little room", "--anyway")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["generate", "corpus"])
def test_anyway_begins_all_the_same(
    command: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plurel_cli.storage.room.free_bytes", lambda place: 10)
    seed = ("--seed", "1") if command == "generate" else ("--seeds", "0:1")
    small = ("--config", ROOT / "configs/worked_example.yaml", *seed, "--out", tmp_path / "out")
    assert run(command, *small).is_refusal("10 bytes are free", "--anyway")
    found = run(command, *small, "--anyway")
    assert found.code == 0
    assert "rows will take" in found.err
    assert (tmp_path / "out").is_dir()


@pytest.mark.parametrize(
    ("rows", "free", "limit", "n_drawn"),
    [
        (1_000, 1 << 40, None, 3),
        (1_000, None, None, 3),
        (1_000, 4 << 20, None, 30),
        (1_000, 1 << 40, 1 << 40, 30),
        (1_000_000_000, 1 << 40, None, 30),
    ],
)
def test_few_databases_are_drawn_where_they_tell_enough(
    rows: int,
    free: int | None,
    limit: int | None,
    n_drawn: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plurel_cli.storage.room.free_bytes", lambda place: free)
    monkeypatch.setattr(import_module("plurel_cli.cli.guard"), "memory_limit", lambda: limit)
    layout = {"schema": {"layout": "explicit"}, "features": {"model": "none"}}
    config = parse_config(layout | {"tables": {"users": {"rows": rows}}})
    taken = before(str(tmp_path), config, range(30), anyway=True, quiet=True, jobs=1)
    assert taken is not None
    assert taken.sampled == n_drawn


def test_room_is_that_of_the_folder_there_will_be(tmp_path: Path) -> None:
    here, below = free_bytes(tmp_path), free_bytes(tmp_path / "a" / "b")
    assert here is not None
    assert below is not None
    assert abs(here - below) < 1 << 30  # others write meanwhile
    (tmp_path / "file").touch()
    assert free_bytes(tmp_path / "file" / "a") is not None
    assert free_bytes(place_of("s3://bucket/prefix")) is None
