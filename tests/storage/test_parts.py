"""Tables that are cut into files hold what they would hold as one."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from plurel_cli import generate, generate_to, load, parse_config, run_stage, schema_to, validate
from plurel_cli.config import Config
from plurel_cli.errors import ConfigError, FolderError
from plurel_cli.report.describe import describe
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.stages import STAGES
from plurel_cli.schema.table import Table
from plurel_cli.storage.layout import ROW_GROUP_ROWS, parts
from plurel_cli.storage.member_removal import remove_member
from plurel_cli.storage.members import is_whole, stamp
from tests.storage.samples import contents, same_values

N_ROWS = 2 * ROW_GROUP_ROWS + 70_000


def parts_config(part_rows: int | None = ROW_GROUP_ROWS, model: str = "none") -> Config:
    """A large table that refers to a small one, cut into files."""
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 2},
            "tables": {"users": {"rows": 1000}, "orders": {"rows": N_ROWS, "parents": ["users"]}},
            "features": {"model": model},
            "output": {"part_rows": part_rows},
        }
    )


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts") / "db"
    generate_to(folder, parts_config(), seed=4)
    return folder


@pytest.fixture
def database(tmp_path: Path, sound: Path) -> Path:
    folder = tmp_path / "db"
    for name, data in contents(sound).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def _cut(rows: int, part_rows: int | None) -> list[tuple[str, int, int]]:
    table = Table.model_validate(
        {"name": "t", "id": "t", "kind": "entity", "rows": rows}
        | {"columns": [{"name": "k", "role": "primary_key", "type": "int64", "stage": "fk"}]}
    )
    drawn = sample_schema(parts_config(), 0)
    schema = drawn.but(config={"output": {"part_rows": part_rows}}, tables=(table,))
    return [(part.file.as_posix(), part.first, part.rows) for part in parts(schema, table)]


def test_where_a_table_is_cut() -> None:
    assert _cut(N_ROWS, None) == [("t.parquet", 0, N_ROWS)]
    assert _cut(ROW_GROUP_ROWS, 1) == [("t.parquet", 0, ROW_GROUP_ROWS)]
    assert _cut(ROW_GROUP_ROWS + 1, 1) == [
        ("t/part-00000.parquet", 0, ROW_GROUP_ROWS),
        ("t/part-00001.parquet", ROW_GROUP_ROWS, 1),
    ]
    assert _cut(3 * ROW_GROUP_ROWS, ROW_GROUP_ROWS + 1) == [
        ("t/part-00000.parquet", 0, 2 * ROW_GROUP_ROWS),
        ("t/part-00001.parquet", 2 * ROW_GROUP_ROWS, ROW_GROUP_ROWS),
    ]
    many = _cut(100_001 * ROW_GROUP_ROWS, 1)
    assert many[100_000][0] == "t/part-100000.parquet"


@pytest.mark.parametrize("model", ["none", "series", "scm"])
def test_values_are_those_of_one_file(tmp_path: Path, model: str) -> None:
    cut = tmp_path / "cut"
    generate_to(cut, parts_config(model=model), seed=4)
    assert sorted(contents(cut)) == [
        *(f"orders/part-0000{number}.parquet" for number in range(3)),
        "schema.json",
        "users.parquet",
    ]
    assert same_values(load(cut), generate(parts_config(None, model), seed=4))
    assert validate(cut) == []


def test_stages_and_saving_cut_as_well(tmp_path: Path, sound: Path) -> None:
    staged = tmp_path / "staged"
    schema_to(staged, parts_config(), seed=4)
    for stage in STAGES[1:]:
        run_stage(stage, staged)
    assert contents(staged) == contents(sound)
    saved = tmp_path / "saved"
    load(sound).save(saved)
    assert same_values(load(saved), load(sound))
    assert contents(saved).keys() == contents(sound).keys()


def test_other_readers_take_the_folder_for_a_table(sound: Path) -> None:
    expected = load(sound).tables["orders"]
    assert pl.read_parquet(sound / "orders").equals(expected)
    query = "select count(*), max(row_idx) from read_parquet(?)"
    found = duckdb.execute(query, [f"{sound}/orders/*.parquet"]).fetchall()
    assert found == [(N_ROWS, N_ROWS - 1)]


def test_description_is_that_of_one_file(tmp_path: Path, sound: Path) -> None:
    one = tmp_path / "one"
    generate_to(one, parts_config(None), seed=4)
    assert describe(sound).foreign_keys == describe(one).foreign_keys
    assert describe(sound).bytes == sum(map(len, contents(sound).values()))


def test_a_database_is_known_by_all_its_files(database: Path) -> None:
    before, schema = stamp(database), load(database).schema
    assert before.n_bytes == sum(map(len, contents(database).values()))
    assert is_whole(database, schema)
    part = database / "orders" / "part-00001.parquet"
    data = part.read_bytes()
    part.write_bytes(data[:-1] + b"x")
    assert stamp(database).digest != before.digest
    assert not is_whole(database, schema)


def test_a_database_is_removed_with_all_its_files(database: Path) -> None:
    (database / "orders" / "notes.txt").write_text("mine")
    remove_member(database)
    assert contents(database) == {"orders/notes.txt": b"mine"}
    (database / "orders" / "notes.txt").unlink()
    (database / "orders").rmdir()
    generate_to(database, parts_config(), seed=4)
    remove_member(database)
    assert not database.exists()


def test_a_database_is_replaced_with_all_its_files(database: Path) -> None:
    generate_to(database, parts_config(None), seed=5, force=True)
    assert sorted(contents(database)) == ["orders.parquet", "schema.json", "users.parquet"]
    (database / "orders").mkdir()
    (database / "orders" / "part-00000.parquet").write_bytes(b"mine")
    with pytest.raises(FolderError, match=r"holds orders/part-00000.parquet, which is no part"):
        generate_to(database, parts_config(), seed=5, force=True)


# Faults.


def _rewritten(path: Path, rows: pl.DataFrame) -> None:
    found = pl.read_parquet_metadata(path)
    kept = {key: found[key] for key in ("pkey_col", "fkey_col_to_pkey_table", "time_col")}
    rows.write_parquet(path, metadata=kept)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("missing", "orders/part-00001.parquet: is missing"),
        (
            "short",
            f"orders/part-00001.parquet: must have {ROW_GROUP_ROWS} rows, got {ROW_GROUP_ROWS - 1}",
        ),
        ("stray", "orders/part-00003.parquet: is no part of orders"),
        ("exchanged", "row_idx: must be 0, 1, 2, … in row order; "),
        ("type", "orders/part-00001.parquet: foreign_row_0: must be of type int64, got 'Int32'"),
        ("metadata", "orders/part-00001.parquet: its Parquet metadata must say pkey_col"),
    ],
)
def test_faults_of_parts(database: Path, fault: str, expected: str) -> None:
    paths = [database / "orders" / f"part-0000{number}.parquet" for number in range(4)]
    frame = pl.read_parquet(paths[1])
    match fault:
        case "missing":
            paths[1].unlink()
        case "short":
            _rewritten(paths[1], frame.head(-1))
        case "stray":
            paths[3].write_bytes(paths[1].read_bytes())
        case "exchanged":
            first, second = paths[0].read_bytes(), paths[1].read_bytes()
            paths[0].write_bytes(second)
            paths[1].write_bytes(first)
        case "type":
            _rewritten(paths[1], frame.cast({"foreign_row_0": pl.Int32}))
        case "metadata":
            frame.write_parquet(paths[1])
    assert any(expected in str(problem) for problem in validate(database))
    if fault in ("missing", "short", "type"):
        with pytest.raises(FolderError, match=r"orders/part-00001\.parquet: "):
            load(database)


def test_relbench_reads_one_file_a_table() -> None:
    with pytest.raises(ConfigError, match=r"output\.part_rows.*relbench"):
        parse_config({"output": {"layout": "relbench", "part_rows": 1 << 20}})
