"""A database made by several runs is, file by file, that of one."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import (
    Config,
    generate_portion,
    generate_to,
    load_config,
    merge_portions,
    parse_config,
    validate,
)
from plurel_cli.errors import FolderError, UsageError
from plurel_cli.storage.layout import ROW_GROUP_ROWS
from tests.corpus.samples import TINY, tiny_config
from tests.storage.samples import contents, edit_schema, is_one_sentence, small_config

SEED = 6
TABLES = {
    "users": {"rows": 20_000},
    "orders": {"rows": 2 * ROW_GROUP_ROWS + 70_000, "parents": ["users"]},
    "items": {"rows": ROW_GROUP_ROWS + 90_000, "parents": ["orders", "users"]},
}


FEWER = {
    "users": {"rows": 20_000},
    "orders": {"rows": ROW_GROUP_ROWS + 70_000, "parents": ["users"]},
    "items": {"rows": 70_000, "parents": ["orders", "users"]},
}


def _config(**changes: Any) -> Config:
    """Tables of which two are cut into files, with three files and two."""
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 2},
            "tables": TABLES,
            "features": {"model": "none"},
            "output": {"part_rows": ROW_GROUP_ROWS},
        }
        | changes
    )


def _realistic() -> Config:
    """References that keep to time, histories, bursts, and features of all kinds."""
    raw = load_config(Path(__file__).parents[2] / "configs" / "realistic.yaml").resolved()
    raw["schema"] |= {"layout": "explicit", "columns": 3}
    raw["tables"] = FEWER
    raw["output"] = {"part_rows": ROW_GROUP_ROWS}
    return parse_config(raw)


def _series() -> Config:
    return _config(tables=FEWER, features={"model": "series"})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole") / "db"
    generate_to(folder, _config(), SEED)
    return contents(folder)


def _make(
    folder: Path, n: int, config: Config | None = None, order: list[int] | None = None
) -> None:
    for number in order or range(n):
        generate_portion(folder, config or _config(), SEED, portion=(number, n))


# Equality.


@pytest.mark.parametrize("n", [1, 2, 3, 5, 40])
def test_any_number_of_runs_in_any_order_gives_the_same(
    tmp_path: Path, whole: dict[str, bytes], n: int
) -> None:
    folder = tmp_path / "db"
    _make(folder, n, order=random.Random(n).sample(range(n), n))
    names = contents(folder).keys()
    assert names == (whole.keys() - {"schema.json"}) | {
        f"portion-{k}-of-{n}.json" for k in range(n)
    }
    merged = merge_portions(folder)
    assert merged.warnings == ()
    assert contents(folder) == whole
    assert validate(folder) == []
    assert merge_portions(folder).schema == merged.schema  # already is one


@pytest.mark.parametrize("config", [_realistic, _series])
def test_what_builds_on_rows_before_is_the_same(tmp_path: Path, config: Any) -> None:
    """Sorted times, references to what exists, AR(1) series, counts and memories of a history."""
    one, many = tmp_path / "one", tmp_path / "many"
    generate_to(one, config(), SEED)
    _make(many, 2, config(), order=[1, 0])  # each has one of the files of orders
    merge_portions(many)
    assert contents(many) == contents(one)


@pytest.mark.parametrize("layout", ["flat", "relbench"])
def test_tables_of_one_file_are_dealt_out_too(tmp_path: Path, layout: str) -> None:
    one, many = tmp_path / "1" / "db", tmp_path / "2" / "db"
    config = small_config(layout, model="scm")
    generate_to(one, config, SEED)
    _make(many, 2, config)
    merge_portions(many)
    assert contents(many) == contents(one)


def test_portions_may_be_brought_together(tmp_path: Path, whole: dict[str, bytes]) -> None:
    folder = tmp_path / "db"
    for number in range(2):
        other = tmp_path / str(number)
        generate_portion(other, _config(), SEED, portion=(number, 2))
        for name, data in contents(other).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    merge_portions(folder)
    assert contents(folder) == whole


# Runs that were ended.

_KILLED = """
import os, sys
import plurel_cli.corpus.portions as portions
from plurel_cli.cli import main
write, left = portions.write_part, [int(sys.argv.pop())]
def die(*its):
    write(*its)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), 9)
portions.write_part = die
main()
"""


def test_killed_run_goes_on_where_it_was(tmp_path: Path, whole: dict[str, bytes]) -> None:
    folder, config = tmp_path / "db", tmp_path / "c.yaml"
    config.write_text(json.dumps(_config().resolved(), default=str))
    options = ["generate", "-c", str(config), "-s", str(SEED), "-o", str(folder), "--parts", "0/1"]
    command = [sys.executable, "-c", _KILLED, *options, "4"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == -9
    note = json.loads((folder / "portion-0-of-1.json").read_text())
    assert len(note["files"]) == 3  # the fourth was written, and not noted
    assert len(contents(folder)) == 6
    with pytest.raises(FolderError, match=r"portion-0-of-1\.json: lacks orders/part-00002"):
        merge_portions(folder)
    kept = [folder / file["name"] for file in note["files"]]
    for path in kept:
        os.utime(path, (1, 1))
    _make(folder, 1)
    assert [path.stat().st_mtime for path in kept] == [1, 1, 1]
    merge_portions(folder)
    assert contents(folder) == whole


def test_portions_may_be_stated_differently(tmp_path: Path) -> None:
    """By a file of any name, or as data."""
    for number, name in enumerate(("a.yaml", "b.yaml")):
        (tmp_path / name).write_text(json.dumps(TINY))
        generate_portion(tmp_path / "db", tmp_path / name, SEED, portion=(number, 3))
    generate_portion(tmp_path / "db", tiny_config(), SEED, portion=(2, 3))
    sources = merge_portions(tmp_path / "db").schema.sources
    assert sources is not None
    assert "a.yaml" in sources.model_dump_json()
    assert validate(tmp_path / "db") == []


def test_what_was_damaged_is_made_anew(tmp_path: Path, whole: dict[str, bytes]) -> None:
    folder = tmp_path / "db"
    _make(folder, 2)
    (folder / "orders" / "part-00000.parquet").write_bytes(b"PAR1")
    (folder / "orders" / "part-00001.parquet").unlink()
    with pytest.raises(FolderError, match=r"orders/part-0000.\.parquet: is missing or has changed"):
        merge_portions(folder)
    _make(folder, 2)
    merge_portions(folder)
    assert contents(folder) == whole


def test_force_makes_all_of_a_portion_anew(tmp_path: Path, whole: dict[str, bytes]) -> None:
    folder = tmp_path / "db"
    generate_portion(folder, _config(), SEED + 1, portion=(0, 1))
    with pytest.raises(FolderError, match=r"has another seed than portion 0/1"):
        _make(folder, 1)
    generate_portion(folder, _config(), SEED, portion=(0, 1), force=True)
    merge_portions(folder)
    assert contents(folder) == whole


# What does not belong together.


@pytest.fixture
def halves(tmp_path: Path) -> Path:
    folder = tmp_path / "db"
    _make(folder, 2, small_config())
    return folder


def _refused(folder: Path, portion: tuple[int, int] | None = None) -> str:
    before = contents(folder)
    with pytest.raises(FolderError) as caught:
        if portion is None:
            merge_portions(folder)
        else:
            generate_portion(folder, small_config(), SEED, portion=portion)
    assert contents(folder) == before
    assert is_one_sentence(caught.value)
    return str(caught.value)


def _edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_portion_that_is_missing(halves: Path) -> None:
    (halves / "portion-1-of-2.json").unlink()
    assert "lacks portion 1/2; `plurel generate --parts 1/2` makes it" in _refused(halves)


@pytest.mark.parametrize("name", ["notes.txt", "likes/part-00000.parquet", "db/users.parquet"])
def test_something_else(halves: Path, name: str) -> None:
    (halves / name).parent.mkdir(exist_ok=True)
    (halves / name).write_text("mine")
    for portion in (None, (0, 2)):
        assert f"holds {name}, which is no part of this database" in _refused(halves, portion)


def test_a_file_that_is_somebodys(tmp_path: Path) -> None:
    """It has the name of one of ours, and no note says that we made it."""
    (tmp_path / "users.parquet").write_text("mine")
    words = "holds users.parquet, which no run of portion 0/1 has noted; move it away first"
    assert words in _refused(tmp_path, (0, 1))


def test_another_division(halves: Path) -> None:
    assert "holds portion-0-of-2.json, a portion of another division" in _refused(halves, (0, 3))


def test_another_config_or_seed(halves: Path) -> None:
    for config, seed, what in (
        (small_config(), SEED + 1, "seed"),
        (small_config(categorical_as="label"), SEED, "config"),
    ):
        with pytest.raises(FolderError, match=rf"has another {what} than portion 0/2"):
            generate_portion(halves, config, seed, portion=(0, 2))
    note = halves / "portion-0-of-2.json"
    database = json.loads(note.read_text())["database"]
    _edit(note, database=database | {"seed": SEED + 1})
    assert "portion-0-of-2.json: has another seed than portion 1/2" in _refused(halves)


def test_another_release(halves: Path) -> None:
    note = halves / "portion-0-of-2.json"
    made = json.loads(note.read_text())["made"]
    _edit(note, made=[made[0] | {"plurel": "0.0.1"}])
    for portion in (None, (0, 2), (1, 2)):
        assert "has another release of plurel than portion" in _refused(halves, portion)


def test_another_machine_is_the_same_to_values(halves: Path) -> None:
    note = halves / "portion-1-of-2.json"
    made = json.loads(note.read_text())["made"]
    _edit(note, made=[made[0] | {"cpu": ["VLIW"], "numpy": "1.0"}])
    assert merge_portions(halves).warnings == ()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "plurel-portion", "version": 1}'])
def test_a_note_that_is_none(halves: Path, text: str) -> None:
    (halves / "portion-1-of-2.json").write_text(text)
    assert "portion-1-of-2.json: " in _refused(halves)


def test_a_database_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "db"
    generate_to(folder, small_config(), SEED)
    assert "there is a database already" in _refused(folder, (0, 2))
    edit_schema(folder, lambda data: data.update(seed=3))
    assert merge_portions(folder).schema.seed == 3


def test_nothing_is_there(tmp_path: Path) -> None:
    assert "holds no portion of a database" in _refused(tmp_path)
    assert "no such folder" in _refused(tmp_path / "none")


@pytest.mark.parametrize("portion", [(2, 2), (-1, 2), (0, 0)])
def test_no_such_portion(tmp_path: Path, portion: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="--parts: must be from 0"):
        generate_portion(tmp_path / "db", small_config(), SEED, portion=portion)
    assert list(tmp_path.iterdir()) == []


def test_a_merge_that_was_killed_is_taken_up(halves: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the database being there and the notes being removed."""
    with monkeypatch.context() as patched:
        patched.setattr("plurel_cli.storage.portion_merge.remove_notes", lambda *its: None)
        merge_portions(halves)
    assert "portion-0-of-2.json" in contents(halves)
    merge_portions(halves)
    assert sorted(contents(halves)) == [
        "likes.parquet",
        "posts.parquet",
        "schema.json",
        "users.parquet",
    ]
