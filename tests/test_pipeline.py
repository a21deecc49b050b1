"""One database, however it is made: at once or by stages, in memory or on disk, in whatever
pieces, by whichever process. Values are compared, to the bit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plurel_cli import (
    Config,
    Database,
    do,
    generate,
    generate_to,
    load,
    parse_config,
    run_stage,
    schema_to,
    validate,
)
from plurel_cli.errors import ConfigError, FolderError, StageError, UsageError
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.stages import STAGES, StageName
from tests.fingerprints.fingerprint import exact
from tests.storage.samples import (
    LAYOUTS,
    contents,
    edit_schema,
    is_one_sentence,
    large_config,
    small_config,
    write_database,
)


def values(database: Database) -> dict[str, str]:
    """Type and hash of every column, in order."""
    return {
        f"{table}.{column.name}": exact(column)
        for table, frame in database.tables.items()
        for column in frame
    }


def _assert_same(one: Database, other: Database) -> None:
    assert values(one) == values(other)
    assert one.schema == other.schema


def _default_config(layout: str = "flat") -> Config:
    """What the default draws from, with few rows."""
    return parse_config(
        {
            "schema": {
                "tables": 6,
                "rows": {"entity": {"min": 20, "max": 60}, "activity": {"min": 80, "max": 200}},
                "columns": {"min": 1, "max": 6},
            },
            "output": {"layout": layout},
        }
    )


CONFIGS = {
    "default": _default_config,
    "series": small_config,
    "labels": lambda layout="flat": small_config(layout, categorical_as="label"),
    "none": lambda layout="flat": small_config(layout, model="none"),
}


# Stages.


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("is_in_place", [True, False])
def test_stages_one_by_one_give_what_generate_gives(
    tmp_path: Path, layout: str, name: str, is_in_place: bool
) -> None:
    config = CONFIGS[name](layout)
    in_memory = generate(config, 5)
    generate_to(tmp_path / "whole", config, 5)
    folder = tmp_path / "schema"
    schema_to(folder, config, 5)
    for stage in STAGES[1:]:
        assert validate(folder) == []
        out = None if is_in_place else tmp_path / stage
        before = contents(folder)
        run_stage(stage, folder, out)
        if out is not None:
            assert contents(folder) == before
            folder = out
    assert validate(folder) == []
    _assert_same(in_memory, load(tmp_path / "whole"))
    _assert_same(in_memory, load(folder))
    assert contents(folder).keys() == contents(tmp_path / "whole").keys()


# What the Relational Transformer's pretraining takes.


LABELS = ("train.parquet", "val.parquet", "test.parquet")
"""Of the columns of a table without times."""


def _for_training(folder: Path) -> dict[str, bytes]:
    """Scores and tasks."""
    found = contents(folder)
    return {name: text for name, text in found.items() if name.startswith(("scores", "tasks/"))}


@pytest.mark.parametrize("name", CONFIGS)
def test_scores_and_tasks_are_the_same_however_a_database_is_made(
    tmp_path: Path, name: str
) -> None:
    config = CONFIGS[name]("relbench")
    generate_to(tmp_path / "whole", config, 5)
    generate(config, 5).save(tmp_path / "saved")
    schema_to(tmp_path / "staged", config, 5)
    for stage in STAGES[1:]:
        assert _for_training(tmp_path / "staged") == {}
        run_stage(stage, tmp_path / "staged")
    found = _for_training(tmp_path / "whole")
    schema = load(tmp_path / "whole").schema
    names = {
        f"tasks/{table.name}-{column.name}/{name}"
        for table in schema.tables
        for column in table.features
        if column.type != "string" and (table.name, column.name) not in schema.unsplit
        for name in ("manifest.yaml", *([] if table.time_column is not None else LABELS))
    }
    assert found.keys() == {"scores.json", *names}
    assert _for_training(tmp_path / "saved") == found
    assert _for_training(tmp_path / "staged") == found
    generate_to(tmp_path / "flat", CONFIGS[name](), 5)
    assert _for_training(tmp_path / "flat") == {}


def test_tasks_go_with_the_features(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", _default_config("relbench"))
    before = _for_training(folder)
    assert len(before) > 1
    run_stage("temporal", folder, force=True)
    assert _for_training(folder) == {}
    run_stage("features", folder)
    assert _for_training(folder) == before


def test_scores_are_of_the_columns_as_written(tmp_path: Path) -> None:
    database = generate(_default_config("relbench"), 5)
    table = next(
        t for t in database.schema.tables if any(c.kind == "numerical" for c in t.features)
    )
    column = next(column.name for column in table.features if column.kind == "numerical")
    do(database, table.name, column, 2.5).save(tmp_path / "db")
    score = json.loads((tmp_path / "db" / "scores.json").read_text())[table.name][column]
    assert (score["n_unique"], score["std"]) == (1, 0.0)
    assert validate(tmp_path / "db") == []


def test_stages_of_a_large_table(tmp_path: Path) -> None:
    """More rows than a row group holds: files are read and written in several frames."""
    config = large_config(270_000)
    schema_to(tmp_path / "db", config, 5)
    for stage in STAGES[1:]:
        run_stage(stage, tmp_path / "db")
    _assert_same(load(tmp_path / "db"), generate(config, 5))


def test_saved_database_is_what_was_in_memory(tmp_path: Path) -> None:
    database = generate(small_config("relbench"), 5)
    database.save(tmp_path / "db")
    _assert_same(load(tmp_path / "db"), database)
    assert validate(tmp_path / "db") == []
    with pytest.raises(FolderError, match="there is a database already"):
        database.save(tmp_path / "db")
    generate(small_config("relbench"), 6).save(tmp_path / "db", force=True)
    assert load(tmp_path / "db").schema.seed == 6


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("n_done", range(1, len(STAGES)))
def test_each_stage_adds_the_columns_it_promised(tmp_path: Path, name: str, n_done: int) -> None:
    folder = write_database(tmp_path / "db", CONFIGS[name](), STAGES[n_done])
    database = load(folder)
    assert database.schema.stages == STAGES[: n_done + 1]
    for table in database.schema.tables:
        promised = [c.name for c in table.columns if c.stage in STAGES[: n_done + 1]]
        assert database.tables[table.name].columns == promised


@pytest.mark.parametrize(
    ("done", "asked"),
    [(a, b) for i, a in enumerate(STAGES) for b in STAGES[i + 2 :]],
)
def test_stage_too_early_names_the_one_to_run_first(
    tmp_path: Path, done: StageName, asked: StageName
) -> None:
    folder = write_database(tmp_path / "db", small_config(), done)
    before = contents(folder)
    first = STAGES[STAGES.index(done) + 1]
    for force in (False, True):
        with pytest.raises(StageError) as caught:
            run_stage(asked, folder, force=force)
        message = f"lacks the {first} stage, which {asked} builds on; run `plurel {first} {folder}`"
        assert message in str(caught.value)
    assert contents(folder) == before
    run_stage(first, folder)


@pytest.mark.parametrize("stage", STAGES[1:])
def test_done_stage_runs_again_only_by_force_and_drops_later_ones(
    tmp_path: Path, stage: StageName
) -> None:
    folder = write_database(tmp_path / "db", _default_config("relbench"))
    before = contents(folder)
    with pytest.raises(StageError, match=f"has the {stage} stage already; --force runs it again"):
        run_stage(stage, folder)
    assert contents(folder) == before

    whole = load(folder)
    run_stage(stage, folder, force=True)
    position = STAGES.index(stage)
    again = load(folder)
    assert again.schema.stages == STAGES[: position + 1]
    assert (again.schema.window is None) == (position < STAGES.index("temporal"))
    assert (folder / "manifest.yaml").exists() == (again.schema.window is not None)
    kept = {key: value for key, value in values(whole).items() if key in values(again)}
    assert values(again) == kept
    assert validate(folder) == []

    for later in STAGES[position + 1 :]:
        run_stage(later, folder)
    _assert_same(load(folder), whole)


def test_stage_by_force_into_another_folder_keeps_the_source(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config())
    before = contents(folder)
    with pytest.raises(StageError):
        run_stage("fk", folder, tmp_path / "other")
    run_stage("fk", folder, tmp_path / "other", force=True)
    assert contents(folder) == before
    assert load(tmp_path / "other").schema.stages == ("schema", "fk")


def test_stage_does_not_replace_another_database_unasked(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config(), "schema")
    other = write_database(tmp_path / "other", small_config(), seed=9)
    before = contents(other)
    with pytest.raises(FolderError, match="there is a database already"):
        run_stage("fk", folder, other)
    assert contents(other) == before
    run_stage("fk", folder, other, force=True)
    assert load(other).schema.seed == 1


@pytest.mark.parametrize("spelling", ["db", "db/", "./db", "x/../db"])
def test_its_own_folder_as_out_is_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    write_database(tmp_path / "db", small_config(), "schema")
    run_stage("fk", tmp_path / "db", spelling)
    assert load("db").schema.stages == ("schema", "fk")
    assert sorted(os.listdir(tmp_path)) == ["db", "x"]


def test_folder_through_a_link_is_read_but_not_replaced(tmp_path: Path) -> None:
    write_database(tmp_path / "db", small_config(), "schema")
    (tmp_path / "link").symlink_to("db")
    with pytest.raises(FolderError, match="is not a folder"):
        run_stage("fk", tmp_path / "link")
    run_stage("fk", tmp_path / "link", tmp_path / "out")
    assert load(tmp_path / "out").schema.stages == ("schema", "fk")


def test_recorded_config_must_be_a_config(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config(), "schema")
    edit_schema(folder, lambda data: data["config"].update(speed=1))
    with pytest.raises(FolderError, match=r"schema\.json: config\.speed: is not a known") as caught:
        run_stage("fk", folder)
    assert is_one_sentence(caught.value)


def test_recorded_config_must_agree_with_the_tables(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config(), "schema")
    edit_schema(folder, lambda data: data["config"]["tables"]["likes"]["parents"].pop())
    with pytest.raises(FolderError, match=r"config\.tables\.likes\.parents must be those"):
        run_stage("fk", folder)


# Refused before anything is written.


@pytest.mark.parametrize("seed", [-1, 2**64, 2**70])
def test_seed_out_of_range(tmp_path: Path, seed: int) -> None:
    for make in (generate_to, schema_to):
        with pytest.raises(UsageError, match="must be from 0 to 18446744073709551615"):
            make(tmp_path / "db", small_config(), seed)
    assert os.listdir(tmp_path) == []


def test_config_that_allows_no_database(tmp_path: Path) -> None:
    """No parent can be reached: every score of the block model is 0."""
    config = parse_config(
        {
            "schema": {"layout": "explicit"},
            "tables": {"a": {"rows": 9}, "b": {"rows": 9, "parents": ["a"]}},
            "connectivity": {"p_diagonal": 0, "p_off_diagonal": 0},
        }
    )
    with pytest.raises(ConfigError):
        generate_to(tmp_path / "db", config, 1)
    assert os.listdir(tmp_path) == []


def test_report_counts_every_row(tmp_path: Path) -> None:
    counts: dict[str, int] = {}

    def report(table: str, rows: int) -> None:
        counts[table] = counts.get(table, 0) + rows

    generate_to(tmp_path / "db", large_config(270_000), 1, report=report)
    assert counts == {"parent": 1000, "child": 270_000}


# The same values, whatever makes them.


def _by_process(config: Config, seed: int, **environment: str) -> dict[str, str]:
    code = (
        "import json, sys; from plurel_cli import generate, parse_config\n"
        "from tests.test_pipeline import values\n"
        "config, seed = parse_config(json.loads(sys.argv[1])), int(sys.argv[2])\n"
        "print(json.dumps(values(generate(config, seed))))"
    )
    root = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", code, json.dumps(config.resolved()), str(seed)]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": root} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _threads(n: int) -> dict[str, str]:
    names = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return dict.fromkeys(names, str(n))


@pytest.mark.parametrize("name", ["default", "labels"])
def test_hash_seeds_and_threads_change_nothing(name: str) -> None:
    config = CONFIGS[name]()
    here = values(generate(config, 5))
    assert _by_process(config, 5, PYTHONHASHSEED="0", **_threads(1)) == here
    assert _by_process(config, 5, PYTHONHASHSEED="4242", **_threads(3)) == here


def test_size_of_frames_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    config = parse_config(
        {
            "schema": {"layout": "explicit", "columns": 3},
            "tables": {
                "a": {"rows": 1000},
                "b": {"rows": 2 * BLOCK_ROWS + 5_000, "parents": ["a"]},
            },
        }
    )
    usual = generate(config, 5)
    for blocks_a_frame in (1, 2):
        monkeypatch.setattr("plurel_cli.pipeline.ROW_GROUP_BLOCKS", blocks_a_frame)
        _assert_same(generate(config, 5), usual)


@pytest.mark.parametrize("output", [{"layout": "relbench"}, {"compression": "lz4"}])
def test_what_is_written_how_changes_nothing(output: dict[str, str]) -> None:
    raw = _default_config().resolved()
    other = parse_config(raw | {"output": output})
    assert values(generate(other, 5)) == values(generate(_default_config(), 5))


def test_seeds_differ() -> None:
    config = small_config()
    found = [values(generate(config, seed)) for seed in (0, 1, 2, 2**64 - 1)]
    for key in found[0]:
        if not key.endswith("row_idx"):
            assert len({its[key] for its in found}) > 1, key


# What a setting of one table moves.


def _explicit(**tables: dict[str, Any]) -> Config:
    base: dict[str, dict[str, Any]] = {
        "users": {"rows": 30, "columns": 3},
        "posts": {"rows": 50, "columns": 3, "parents": ["users"]},
        "likes": {"rows": 90, "columns": 3, "parents": ["users", "posts", "users"]},
    }
    for name, settings in tables.items():
        base.setdefault(name, {}).update(settings)
    return parse_config(
        {
            "schema": {"layout": "explicit", "categories": 3},
            "tables": base,
            "features": {"model": "series"},
        }
    )


def _moved(**tables: dict[str, Any]) -> set[str]:
    """Columns that are not as they were without these settings; `table.*` for all its columns."""
    usual, found = (values(generate(its, 5)) for its in (_explicit(), _explicit(**tables)))
    moved = {key for key in usual.keys() | found.keys() if usual.get(key) != found.get(key)}
    for name in ("users", "posts", "likes"):
        whole = {key for key in usual.keys() | found.keys() if key.startswith(name + ".")}
        if whole <= moved:
            moved = (moved - whole) | {f"{name}.*"}
    return moved


def test_nothing_moves_by_itself() -> None:
    assert _moved() == set()


def test_columns_of_one_table_move_no_other() -> None:
    assert _moved(users={"columns": 5}) == {"users.feature_3", "users.feature_4"}
    assert _moved(posts={"columns": 2}) == {"posts.feature_2"}


def test_rows_of_one_table_move_it_and_the_keys_to_it() -> None:
    assert _moved(likes={"rows": 91}) == {"likes.*"}
    assert _moved(posts={"rows": 51}) == {"posts.*", "likes.foreign_row_1"}
    assert _moved(users={"rows": 31}) == {
        "users.*",
        "posts.foreign_row_0",
        "likes.foreign_row_0",
        "likes.foreign_row_2",
    }


def test_categories_of_one_table_move_its_categories_alone() -> None:
    categorical = {
        f"posts.{column.name}"
        for column in generate(_explicit(), 5).schema.by_name["posts"].features
        if column.kind == "categorical"
    }
    assert categorical
    assert _moved(posts={"categories": 7}) == categorical


def test_connectivity_of_one_table_moves_its_keys_alone() -> None:
    settings = {"levels": 2, "parent_clusters": 3, "child_clusters": 3}
    assert _moved(posts={"connectivity": settings}) == {"posts.foreign_row_0"}


def test_connectivity_of_one_key_moves_it_alone() -> None:
    own = {"levels": 2, "parent_clusters": 3, "child_clusters": 3}
    parents = ["users", "posts", {"table": "users", "connectivity": own}]
    assert _moved(likes={"parents": parents}) == {"likes.foreign_row_2"}


def test_further_table_moves_none() -> None:
    found = _moved(notes={"rows": 40, "columns": 2, "parents": ["posts"]})
    assert {key for key in found if not key.startswith("notes.")} == set()
    assert len(found) == 5


def test_order_of_tables_moves_none() -> None:
    usual = _explicit().resolved()
    tables = dict(reversed(usual["tables"].items()))
    assert values(generate(parse_config(usual | {"tables": tables}), 5)).items() >= (
        values(generate(_explicit(), 5)).items()
    )


@pytest.mark.parametrize("setting", [{"columns": 7}, {"p_categorical": 1.0}, {"rows": 333}])
def test_settings_of_a_drawn_table_move_no_other(setting: dict[str, Any]) -> None:
    """A sink, on which no table depends, of the default's random layouts and feature model."""
    usual = generate(_default_config(), 5)
    sink = next(table.name for table in usual.schema.tables if table.kind == "activity")
    raw = _default_config().resolved()
    found = values(generate(parse_config(raw | {"tables": {sink: setting}}), 5))
    others = {k: v for k, v in values(usual).items() if not k.startswith(f"{sink}.")}
    assert {k: v for k, v in found.items() if not k.startswith(f"{sink}.")} == others
    assert found != values(usual)
