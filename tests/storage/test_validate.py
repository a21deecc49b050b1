"""Every fault that `validate` claims to find is found in a sound database that has been broken,
and nothing else is: each case breaks one rule and names the one line that is to be said of it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli import load, parse_config, validate
from plurel_cli.errors import FolderError
from plurel_cli.schema.stages import STAGES, StageName
from tests.storage.samples import (
    LAYOUTS,
    edit_schema,
    is_one_sentence,
    large_config,
    rewrite,
    small_config,
    table_path,
    write_database,
)

Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return write_database(tmp_path / "db", small_config())


def _only_fault(folder: Path) -> str:
    faults = validate(folder)
    assert len(faults) == 1, [str(fault) for fault in faults]
    assert is_one_sentence(str(faults[0]))
    return str(faults[0])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("categorical_as", ["integer", "label", "boolean"])
def test_sound_database_has_no_fault(
    tmp_path: Path, layout: str, stage: StageName, categorical_as: str
) -> None:
    config = small_config(layout, categorical_as=categorical_as)
    assert validate(write_database(tmp_path / "db", config, stage)) == []


def test_rewriting_alone_is_no_fault(database: Path) -> None:
    rewrite(database, "likes", lambda frame: frame)
    assert validate(database) == []


# Files.


@pytest.mark.parametrize("layout", LAYOUTS)
def test_missing_table(tmp_path: Path, layout: str) -> None:
    folder = write_database(tmp_path / "db", small_config(layout))
    path = table_path(folder, "posts")
    path.unlink()
    assert _only_fault(folder) == f"{path.relative_to(folder)}: is missing"


def test_folder_in_the_place_of_a_table(database: Path) -> None:
    table_path(database, "posts").unlink()
    (database / "posts.parquet").mkdir()
    assert _only_fault(database) == "posts.parquet: is missing"


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"a,b\n1,2\n"])
def test_what_is_no_parquet(database: Path, data: bytes) -> None:
    table_path(database, "posts").write_bytes(data)
    assert _only_fault(database).startswith("posts.parquet: cannot be read as Parquet: ")


def test_truncated_table(database: Path) -> None:
    path = table_path(database, "posts")
    path.write_bytes(path.read_bytes()[:-100])
    assert _only_fault(database).startswith("posts.parquet: cannot be read as Parquet: ")


# Columns and rows.


def _with(column: str, row: int, value: object) -> Change:
    def change(frame: pl.DataFrame) -> pl.DataFrame:
        values = frame[column].to_list()
        values[row] = value
        series = pl.Series(column, values, dtype=frame.schema[column])
        return frame.with_columns(series)

    return change


def _cast(column: str, kind: pl.DataType | type[pl.DataType]) -> Change:
    return lambda frame: frame.with_columns(pl.col(column).cast(kind))


def _window(folder: Path) -> tuple[dt.datetime, dt.datetime]:
    window = load(folder).schema.window
    assert window is not None
    return tuple(dt.datetime.combine(day, dt.time()) for day in (window.start, window.end))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda f: f.head(-1), "likes.parquet: must have 90 rows, got 89"),
        (
            lambda f: pl.concat([f, f.tail(1).with_columns(pl.col("row_idx") + 1)]),
            "likes.parquet: must have 90 rows, got 91",
        ),
        (lambda f: f.clear(), "likes.parquet: must have 90 rows, got 0"),
        (_cast("row_idx", pl.Int32), "row_idx: must be of type int64, got 'Int32'"),
        (_cast("foreign_row_1", pl.UInt64), "foreign_row_1: must be of type int64, got 'UInt64'"),
        (_cast("foreign_row_1", pl.Float64), "foreign_row_1: must be of type int64"),
        (_cast("date", pl.Datetime("us")), "date: must be of type datetime[ns]"),
        (_cast("date", pl.Datetime("ns", "UTC")), "date: must be of type datetime[ns]"),
        (_cast("date", pl.Date), "date: must be of type datetime[ns]"),
        (lambda f: f.drop("foreign_row_1"), "likes.parquet: must have the columns row_idx, "),
        (lambda f: f.rename({"date": "when"}), "likes.parquet: must have the columns row_idx, "),
        (lambda f: f.select(reversed(f.columns)), "likes.parquet: must have the columns row_idx"),
        (lambda f: f.with_columns(extra=1), "likes.parquet: must have the columns row_idx, "),
    ],
)
def test_rows_columns_and_types(database: Path, change: Change, fault: str) -> None:
    rewrite(database, "likes", change)
    assert fault in _only_fault(database)


@pytest.mark.parametrize(
    ("column", "row", "value", "fault"),
    [
        ("row_idx", 0, 1, "row_idx: must be 0, 1, 2, … in row order; 1 row breaks it"),
        ("row_idx", 89, 90, "row_idx: must be 0, 1, 2, … in row order; 1 row breaks it"),
        ("row_idx", 5, None, "row_idx: must not be null; 1 row breaks it"),
        ("foreign_row_0", 3, 30, "foreign_row_0: must refer to one of the 30 rows of users; 1 "),
        ("foreign_row_0", 3, -1, "foreign_row_0: must refer to one of the 30 rows of users; 1 "),
        ("foreign_row_1", 0, 50, "foreign_row_1: must refer to one of the 50 rows of posts; 1 "),
        ("foreign_row_2", 89, 30, "foreign_row_2: must refer to one of the 30 rows of users; 1 "),
        ("foreign_row_2", 89, None, "foreign_row_2: must not be null; 1 row breaks it"),
        ("date", 7, None, "date: must not be null; 1 row breaks it"),
    ],
)
def test_keys_and_nulls(database: Path, column: str, row: int, value: object, fault: str) -> None:
    rewrite(database, "likes", _with(column, row, value))
    assert fault in _only_fault(database)


def test_greatest_reference_is_sound(database: Path) -> None:
    rewrite(database, "likes", _with("foreign_row_0", 3, 29))
    rewrite(database, "likes", _with("foreign_row_0", 4, 0))
    assert validate(database) == []


def test_keys_in_another_order(database: Path) -> None:
    rewrite(database, "users", lambda frame: frame.reverse())
    assert "30 rows break it" in _only_fault(database)


def test_time_that_goes_back(database: Path) -> None:
    def swap(frame: pl.DataFrame) -> pl.DataFrame:
        dates = frame["date"].to_list()
        dates[40], dates[50] = dates[50], dates[40]
        return frame.with_columns(pl.Series("date", dates, dtype=pl.Datetime("ns")))

    rewrite(database, "likes", swap)
    assert (
        _only_fault(database) == "likes.parquet: date: must not go back in time from one row to "
        "the next; 2 rows break it"
    )


@pytest.mark.parametrize(("row", "end", "beyond"), [(0, 0, -1), (89, 1, 1)])
def test_time_outside_the_window(database: Path, row: int, end: int, beyond: int) -> None:
    edge = _window(database)[end]
    rewrite(database, "likes", _with("date", row, edge))
    assert validate(database) == []
    rewrite(database, "likes", _with("date", row, edge + dt.timedelta(microseconds=beyond)))
    fault = _only_fault(database)
    assert "likes.parquet: date: must lie within the window, " in fault
    assert fault.endswith("; 1 row breaks it")


# Feature columns.


def _a_feature(folder: Path, kind: str) -> tuple[str, str, int]:
    """(table, column, number of categories) of some feature of a kind."""
    return next(
        (table.name, column.name, column.categories or 0)
        for table in load(folder).schema.tables
        for column in table.features
        if column.kind == kind
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), None])
def test_numbers_that_are_none(database: Path, value: float | None) -> None:
    table, column, _ = _a_feature(database, "numerical")
    rewrite(database, table, _with(column, 3, value))
    rule = "must not be null" if value is None else "must be finite"
    assert _only_fault(database) == f"{table}.parquet: {column}: {rule}; 1 row breaks it"


@pytest.mark.parametrize("categorical_as", ["integer", "label"])
def test_categories_that_are_none(tmp_path: Path, categorical_as: str) -> None:
    folder = write_database(tmp_path / "db", small_config(categorical_as=categorical_as))
    table, column, n = _a_feature(folder, "categorical")
    is_label = categorical_as == "label"
    rewrite(folder, table, _with(column, 3, f"c{n - 1}" if is_label else n - 1))
    assert validate(folder) == []
    wrong: list[Any] = [f"c{n}", "c-1", "", "C0"] if is_label else [n, -1]
    for value in wrong:
        rewrite(folder, table, _with(column, 3, value))
        fault = _only_fault(folder)
        assert fault.startswith(f"{table}.parquet: {column}: must be a ")
        assert fault.endswith("1 row breaks it")


# Metadata, manifest, schema.json.


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pkey_col", '"id"'),
        ("pkey_col", "row_idx"),
        ("pkey_col", "null"),
        ("fkey_col_to_pkey_table", "{}"),
        ("fkey_col_to_pkey_table", '{"foreign_row_0": "users"}'),
        ("time_col", "null"),
        ("time_col", '"when"'),
    ],
)
def test_metadata(database: Path, key: str, value: str) -> None:
    rewrite(database, "likes", lambda frame: frame, **{key: value})
    assert f"likes.parquet: its Parquet metadata must say {key} = " in _only_fault(database)


def test_no_metadata_at_all(database: Path) -> None:
    path = table_path(database, "likes")
    pl.read_parquet(path).write_parquet(path)
    faults = [str(fault) for fault in validate(database)]
    assert len(faults) == 3
    assert all(fault.endswith("got 'nothing'") for fault in faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "manifest.yaml: is missing"),
        ("a: [", "manifest.yaml: cannot be read: "),
        ("a: \x00", "manifest.yaml: cannot be read: "),
    ],
)
def test_broken_manifest(tmp_path: Path, text: str | None, fault: str) -> None:
    folder = write_database(tmp_path / "db", small_config("relbench"))
    path = folder / "manifest.yaml"
    path.unlink() if text is None else path.write_text(text)
    assert _only_fault(folder).startswith(fault)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("val_timestamp: '", "val_timestamp: '1", "val_timestamp"),
        ("test_timestamp:", "test_time:", "test_timestamp"),
        ("  users:", "  user:", "tables"),
        ("foreign_row_1: posts", "foreign_row_1: users", "tables"),
        ("time_col: date", "time_col: null", "tables"),
    ],
)
def test_manifest_that_says_something_else(tmp_path: Path, old: str, new: str, key: str) -> None:
    folder = write_database(tmp_path / "db", small_config("relbench"))
    path = folder / "manifest.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert _only_fault(folder) == f"manifest.yaml: {key} must agree with schema.json"


def test_manifest_that_is_a_list(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config("relbench"))
    (folder / "manifest.yaml").write_text("- a\n")
    assert len(validate(folder)) == 3


# Tasks and scores.


@pytest.fixture
def trainable(tmp_path: Path) -> Path:
    return write_database(tmp_path / "db", small_config("relbench", model="scm"))


def test_missing_tasks_and_scores(trainable: Path) -> None:
    path = min(trainable.glob("tasks/*/manifest.yaml"))
    path.unlink()
    (trainable / "scores.json").unlink()
    assert [str(fault) for fault in validate(trainable)] == [
        f"{path.relative_to(trainable)}: is missing",
        "scores.json: is missing",
    ]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("autocomplete", "forecast", "kind must agree with schema.json"),
        ("regression", "binary_classification", "task_type must agree with schema.json"),
        ("row_idx", "date", "entity_col must agree with schema.json"),
        ("target_col", "target", "target_col must agree with schema.json"),
        ("kind:", "kind: [", "cannot be read: "),
    ],
)
def test_task_that_says_something_else(trainable: Path, old: str, new: str, rule: str) -> None:
    path = trainable / "tasks" / "likes-feature_1" / "manifest.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert _only_fault(trainable).startswith(f"{path.relative_to(trainable)}: {rule}")


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("is_source_node", lambda value: not value),
        ("n_unique", lambda value: value + 1),
        ("n_classes", lambda value: value + 1),
        ("majority_frac", lambda value: value / 2 + 0.1),
        ("std", lambda value: value * 1.00001),
    ],
)
def test_score_that_is_wrong(trainable: Path, key: str, change: Callable[[Any], Any]) -> None:
    path = trainable / "scores.json"
    data = json.loads(path.read_text())
    score = data["posts"]["feature_2"]
    before = score[key]
    score[key] = change(score[key])
    path.write_text(json.dumps(data))
    fault = _only_fault(trainable)
    assert fault == f"scores.json: posts.feature_2: {key} must be {before}, got {score[key]}"


def test_scores_of_other_tables_and_columns(trainable: Path) -> None:
    path = trainable / "scores.json"
    text = path.read_text()
    data = json.loads(text)
    del data["posts"]["feature_2"]
    path.write_text(json.dumps(data))
    assert _only_fault(trainable).startswith("scores.json: posts: must have the columns feature_0,")
    data = json.loads(text)
    data["elsewhere"] = data.pop("users")
    path.write_text(json.dumps(data))
    assert _only_fault(trainable).startswith("scores.json: must have the tables users, posts, ")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"users": 1}', '{"users": {"feature_0": {}}}'])
def test_scores_that_cannot_be_read(trainable: Path, text: str) -> None:
    (trainable / "scores.json").write_text(text)
    assert _only_fault(trainable).startswith("scores.json: ")


def test_scores_of_another_database(trainable: Path, tmp_path: Path) -> None:
    other = write_database(tmp_path / "other", small_config("relbench", model="scm"), seed=2)
    (trainable / "scores.json").write_bytes((other / "scores.json").read_bytes())
    assert len(validate(trainable)) > 5


def _column(data: dict[str, Any], table: int, name: str) -> dict[str, Any]:
    return next(c for c in data["tables"][table]["columns"] if c["name"] == name)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda data: data["tables"][0].update(kind="activity"),
            "schema.json: table users: must be of kind entity by its references, got 'activity'",
        ),
        (
            lambda data: _column(data, 2, "foreign_row_0").pop("block_model"),
            "schema.json: likes.foreign_row_0: lacks what it was drawn from",
        ),
        (
            lambda data: data["config"].update(speed=1),
            "schema.json: config.speed: is not a known setting",
        ),
        (
            lambda data: data["config"]["schema"].update(p_categorical=2),
            "schema.json: config.schema.p_categorical: must be at ",
        ),
    ],
)
def test_schema_that_contradicts_itself(
    database: Path, change: Callable[[dict[str, Any]], object], fault: str
) -> None:
    edit_schema(database, change)
    assert _only_fault(database).startswith(fault)


def test_more_rows_promised_than_there_are(database: Path) -> None:
    edit_schema(database, lambda data: data["tables"][2].update(rows=91))
    assert _only_fault(database) == "likes.parquet: must have 91 rows, got 90"


# Many at once, and large tables.


def test_all_faults_are_listed(database: Path) -> None:
    table_path(database, "users").unlink()
    rewrite(database, "posts", _with("row_idx", 0, 5), pkey_col="null")
    rewrite(database, "likes", _with("foreign_row_0", 3, 99))
    rewrite(database, "likes", _with("foreign_row_1", 3, None))
    places = [fault.place for fault in validate(database)]
    assert places == [
        "users.parquet",
        "posts.parquet",
        "posts.parquet: row_idx",
        "likes.parquet: foreign_row_0",
        "likes.parquet: foreign_row_1",
    ]


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(FolderError) as caught:
            validate(place)
        assert is_one_sentence(caught.value)


@pytest.mark.parametrize("row", [262_143, 262_144, 299_999])
def test_faults_beyond_the_first_row_group(tmp_path: Path, row: int) -> None:
    folder = write_database(tmp_path / "db", large_config())
    assert validate(folder) == []
    for column, value, rule in [
        ("row_idx", row + 1, "must be 0, 1, 2"),
        ("foreign_row_0", 1000, "must refer to one of the 1000 rows"),
        ("date", _window(folder)[0], "must not go back in time"),
    ]:
        whole = table_path(folder, "child").read_bytes()
        rewrite(
            folder,
            "child",
            lambda frame, name=column, new=value: frame.with_columns(  # type: ignore[misc]
                pl.when(pl.int_range(pl.len()) == row).then(new).otherwise(name).alias(name)
            ).cast(dict(frame.schema)),
        )
        fault = _only_fault(folder)
        assert f"child.parquet: {column}: {rule}" in fault
        assert fault.endswith("; 1 row breaks it")
        table_path(folder, "child").write_bytes(whole)


# Forms and habits.


def _formed(tmp_path: Path) -> Path:
    config = parse_config(
        {
            "schema": {"layout": "explicit", "columns": 1},
            "tables": {
                "person": {"rows": 40, "timed": True},
                "profile": {"parents": [{"table": "person", "form": "one_to_one"}]},
                "club": {"rows": 20},
                "member": {"rows": 200, "parents": ["club", "person"], "junction": True},
                "reply": {"rows": 50, "parents": ["reply"]},
            },
            "connectivity": {"time_order": True},
            "features": {"model": "none"},
        }
    )
    return write_database(tmp_path / "db", config)


def _second_as_first(column: str) -> Change:
    """The second row holds what the first does."""
    return lambda frame: frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 1)
        .then(pl.col(column).first())
        .otherwise(column)
        .alias(column)
    )


@pytest.mark.parametrize(
    ("table", "change", "fault"),
    [
        ("profile", _second_as_first("foreign_row_0"), "must rise from row to row, no value twice"),
        (
            "member",
            lambda frame: _second_as_first("foreign_row_1")(
                _second_as_first("foreign_row_0")(frame)
            ),
            "foreign_row_0 and foreign_row_1 must be unique together; 1 row",
        ),
        (
            "member",
            lambda frame: frame.with_columns(
                pl.when(pl.int_range(pl.len()) == 0)
                .then(pl.lit(39, pl.Int64))
                .otherwise("foreign_row_1")
                .alias("foreign_row_1")
            ),
            "must not come before the row of person it refers to; 1 row breaks it",
        ),
        (
            "reply",
            lambda frame: frame.with_columns(pl.col("row_idx").alias("foreign_row_0")),
            "must refer to an earlier row; 50 rows break it",
        ),
    ],
)
def test_forms_and_time_order_are_checked(
    tmp_path: Path, table: str, change: Change, fault: str
) -> None:
    folder = _formed(tmp_path)
    assert validate(folder) == []
    rewrite(folder, table, change)
    assert fault in _only_fault(folder)
