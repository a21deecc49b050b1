from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from plurel_cli import generate, load, parse_config, run_stage, validate
from plurel_cli.blocks.frames import polars_type
from plurel_cli.config.output import OutputConfig
from plurel_cli.errors import FolderError
from plurel_cli.report.describe import describe
from plurel_cli.schema.stages import STAGES
from plurel_cli.schema.table import Table
from plurel_cli.storage import parquet_writer
from plurel_cli.storage.layout import ROW_GROUP_ROWS, Part
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.parquet import Stored, read_frames
from plurel_cli.storage.parquet_writer import write_part
from tests.storage.samples import (
    is_one_sentence,
    large_config,
    renew,
    rewrite,
    same_values,
    small_config,
    table_path,
    write_database,
)

COMPRESSIONS = OutputConfig.model_fields["compression"].annotation.__args__  # type: ignore[union-attr]

_FEATURE = {"role": "feature", "stage": "temporal"}
_CATEGORICAL = _FEATURE | {"kind": "categorical", "categories": 2}
_KEY = {"type": "int64", "stage": "fk"}

TABLE = Table.model_validate(
    {
        "name": "t",
        "id": "t",
        "kind": "activity",
        "rows": 5,
        "columns": [
            {"name": "row_idx", "role": "primary_key"} | _KEY,
            {"name": "parent", "role": "foreign_key", "references": "p", "nullable": True}
            | _KEY
            | {"form": "many"},
            {"name": "date", "role": "time", "type": "datetime[ns]", "stage": "temporal"},
            _FEATURE | {"name": "x", "type": "float32", "kind": "numerical", "nullable": True},
            _CATEGORICAL | {"name": "label", "type": "string"},
            _CATEGORICAL | {"name": "flag", "type": "boolean"},
            _CATEGORICAL | {"name": "code", "type": "int32"},
        ],
    }
)


def _frame(n_rows: int = 5) -> pl.DataFrame:
    """Values of every type, among them nulls, −0 and the types' extremes."""
    small = {
        "row_idx": [0, 1, 2, 3, 4],
        "parent": [2**63 - 1, None, -(2**63), 0, 7],
        "date": [-(2**62), -1, 0, 1, 2**62],
        "x": [0.1, None, -0.0, 3.4e38, 1e-45],
        "label": ["c0", "c1", "", "é", "c0"],
        "flag": [True, False, True, True, False],
        "code": [2**31 - 1, -(2**31), 0, 1, 2],
    }
    types = {column.name: polars_type(column.type) for column in TABLE.columns}
    frame = pl.DataFrame(
        {name: pl.Series(name, values).cast(types[name]) for name, values in small.items()}
    )
    return frame.select(pl.all().gather(pl.int_range(n_rows) % 5)) if n_rows != 5 else frame


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("n_rows", [5, 1, ROW_GROUP_ROWS, ROW_GROUP_ROWS + 1])
def test_round_trip_of_every_type(tmp_path: Path, compression: str, n_rows: int) -> None:
    frame = _frame(n_rows)
    table = TABLE.but(rows=n_rows)
    part = Part(Path("db", "we[i]rd*.parquet"), 0, n_rows)
    stored = Stored(table, tmp_path, (part,))
    groups = [frame.slice(start, ROW_GROUP_ROWS) for start in range(0, n_rows, ROW_GROUP_ROWS)]
    write_part(stored, part, STAGES, lambda part: iter(groups), compression, Ledger())  # type: ignore[arg-type]
    found = pl.concat(read_frames(stored, STAGES))
    assert found.schema == frame.schema
    assert found.equals(frame)
    bits = found["x"].fill_null(0).to_numpy().view(np.uint32)
    assert (bits == frame["x"].fill_null(0).to_numpy().view(np.uint32)).all()


@pytest.mark.parametrize("n_rows", [5, ROW_GROUP_ROWS + 5])
def test_stages_decide_the_columns(tmp_path: Path, n_rows: int) -> None:
    path, table = tmp_path / "t.parquet", TABLE.but(rows=n_rows)
    frame = _frame(n_rows).select("row_idx", "parent")
    groups = [frame.slice(start, ROW_GROUP_ROWS) for start in range(0, n_rows, ROW_GROUP_ROWS)]
    part = Part(Path(path.name), 0, n_rows)
    stored = Stored(table, tmp_path, (part,))
    write_part(stored, part, ("schema", "fk"), lambda part: iter(groups), "zstd", Ledger())
    assert pl.read_parquet_schema(path) == frame.schema
    metadata = pl.read_parquet_metadata(path)
    assert json.loads(metadata["time_col"]) is None
    assert json.loads(metadata["pkey_col"]) == "row_idx"
    assert json.loads(metadata["fkey_col_to_pkey_table"]) == {"parent": "p"}


def test_rows_are_written_in_order_in_groups(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", large_config(2 * ROW_GROUP_ROWS + 7))
    keys = pl.read_parquet(table_path(folder, "child"))["row_idx"]
    assert keys.equals(pl.Series("row_idx", np.arange(2 * ROW_GROUP_ROWS + 7)))


def test_large_table_has_the_values_of_one_made_in_memory(tmp_path: Path) -> None:
    config = large_config(ROW_GROUP_ROWS + 70_000)
    folder = write_database(tmp_path / "db", config)
    assert same_values(load(folder), generate(config, 1))


def test_both_ways_of_writing_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of one row group is written at once, a larger one pulled frame by frame."""
    config = parse_config(
        {
            "schema": {"layout": "explicit", "columns": 4},
            "tables": {"a": {"rows": 100}, "b": {"rows": 150_000, "parents": ["a"]}},
            "features": {"model": "series", "categorical_as": "label"},
        }
    )
    whole = write_database(tmp_path / "whole", config)
    monkeypatch.setattr(parquet_writer, "ROW_GROUP_ROWS", 1 << 16)
    monkeypatch.setattr(parquet_writer, "PARQUET_ROWS", 1 << 15)
    monkeypatch.setattr("plurel_cli.pipeline.ROW_GROUP_BLOCKS", 1)
    parts = write_database(tmp_path / "parts", config)
    n_groups = [_n_row_groups(table_path(folder, "b")) for folder in (whole, parts)]
    assert n_groups == [2, 5]
    assert same_values(load(whole), load(parts))
    assert validate(parts) == []


def _n_row_groups(path: Path) -> int:
    import duckdb

    query = "select count(distinct row_group_id) from parquet_metadata(?)"
    return int(duckdb.execute(query, [str(path)]).fetchall()[0][0])


# Foreign and corrupt files.


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return write_database(tmp_path / "db", small_config())


def _refused(folder: Path) -> str:
    """What `load` says of a table that is not what it should be; a stage says the same."""
    renew(folder)  # as though it had been written so
    messages = []
    for read in (lambda: load(folder), lambda: run_stage(STAGES[2], folder, force=True)):
        with pytest.raises(FolderError) as caught:
            read()
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert is_one_sentence(messages[0])
    return messages[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"PAR1", b"PAR1PAR1", bytes(1000), b"id,name\n1,a\n", b"PAR1" + bytes(500) + b"PAR1"],
)
def test_other_files(database: Path, data: bytes) -> None:
    path = table_path(database, "likes")
    path.write_bytes(data)
    assert f"{path}: cannot be read as Parquet: " in _refused(database)
    with pytest.raises(FolderError, match="cannot be read as Parquet"):
        describe(database)


def test_missing_file(database: Path) -> None:
    path = table_path(database, "likes")
    path.unlink()
    assert _refused(database) == f"{path}: no such table; `plurel validate` says more"
    with pytest.raises(FolderError, match=r"likes\.parquet: is missing"):
        describe(database)


def test_other_columns(database: Path) -> None:
    path = table_path(database, "likes")
    pl.DataFrame({"id": [1, 2], "name": ["a", "b"]}).write_parquet(path)
    assert f"{path}: lacks a column: " in _refused(database)


@pytest.mark.parametrize("n_rows", [0, 1, 89])
def test_too_few_rows(database: Path, n_rows: int) -> None:
    rewrite(database, "likes", lambda frame: frame.head(n_rows))
    assert f"must hold 90 rows, got {n_rows}" in _refused(database)
    with pytest.raises(FolderError, match=f"must hold 90 rows, got {n_rows}"):
        describe(database)


@pytest.mark.parametrize("kind", [pl.String, pl.Float64, pl.Int32])
def test_other_types(database: Path, kind: type[pl.DataType]) -> None:
    rewrite(database, "likes", lambda frame: frame.cast({"foreign_row_1": kind}))
    assert "foreign_row_1 must be of type int64, got " in _refused(database)


def test_reading_back_a_folder_does_not_need_the_footer_metadata(database: Path) -> None:
    path = table_path(database, "likes")
    before = load(database)
    pl.read_parquet(path).write_parquet(path)
    with pytest.raises(FolderError, match=r"likes\.parquet: has changed since it was written"):
        load(database)
    renew(database)
    assert same_values(load(database), before)


_CORRUPTED = """
import random, sys
from pathlib import Path
from plurel_cli import load, validate
from plurel_cli.errors import PlurelError
from plurel_cli.report.describe import describe

folder = Path(sys.argv[1])
(path,) = folder.rglob("likes.parquet")
sound, chance = path.read_bytes(), random.Random(5)
n_refused = n_faulty = 0
for attempt in range(60):
    data = bytearray(sound)
    match attempt % 4:
        case 0:  # one bit
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        case 1:  # bytes of the footer
            data[chance.randrange(len(data) - 2500, len(data))] = chance.randrange(256)
        case 2:  # an end that is missing
            data = data[: chance.randrange(len(data))]
        case 3:  # a hole
            start = chance.randrange(len(data) - 64)
            data[start : start + 64] = bytes(64)
    path.write_bytes(data)
    n_faulty += bool(validate(folder))
    for read in (load, describe):
        try:
            read(folder)
        except PlurelError as error:
            n_refused += 1
            assert "\\n" not in str(error), error
print(n_refused, n_faulty)
"""


def test_corrupted_file_is_refused_or_read(database: Path) -> None:
    """In a process of its own, since Polars might abort."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _CORRUPTED, str(database)]
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    n_refused, n_faulty = map(int, done.stdout.split())
    assert n_refused > 50
    assert n_faulty > 25
