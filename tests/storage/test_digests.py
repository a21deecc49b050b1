"""Digests: of what is written, of values alone, and what they find."""

from __future__ import annotations

import json
import random
from pathlib import Path

import polars as pl
import pytest

from plurel_cli import do, generate_to, load, run_stage, validate
from plurel_cli.corpus.portions import generate_portion, merge_portions
from plurel_cli.errors import FolderError, PlurelError
from plurel_cli.storage.digests import Columns, combined, digests_of
from plurel_cli.storage.document import read_document
from plurel_cli.storage.layout import ROW_GROUP_ROWS
from plurel_cli.storage.raw_columns import raw_columns
from tests.storage.samples import (
    LAYOUTS,
    edit_schema,
    large_config,
    rewrite,
    small_config,
    table_path,
    write_database,
)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_flipped_bit_is_found(tmp_path: Path, layout: str) -> None:
    folder = write_database(tmp_path / "db", small_config(layout))
    chance = random.Random(3)
    for path in sorted(path for path in folder.rglob("*") if path.is_file())[:12]:
        sound = path.read_bytes()
        for _ in range(5):
            data = bytearray(sound)
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
            try:
                assert validate(folder) != [], path
            except PlurelError:
                continue
        path.write_bytes(sound)
    assert validate(folder) == []


def test_values_have_one_digest_however_they_are_cut(tmp_path: Path) -> None:
    config = large_config(2 * ROW_GROUP_ROWS + 7)
    settings = config.resolved()
    found = []
    for name, output in {
        "one": {},
        "parts": {"part_rows": 1000},
        "plain": {"compression": "uncompressed"},
    }.items():
        settings["output"] = config.resolved()["output"] | output
        generate_to(tmp_path / name, settings, 1)
        found.append(read_document(tmp_path / name).digests)
    load(tmp_path / "one").save(tmp_path / "saved")
    found.append(read_document(tmp_path / "saved").digests)
    assert all(digests is not None for digests in found)
    assert len({json.dumps(digests.columns) for digests in found if digests}) == 1
    assert found[0] == found[3]
    settings["output"]["part_rows"] = 1000
    settings["output"]["compression"] = "zstd"
    for number in range(2):
        generate_portion(tmp_path / "merged", settings, 1, portion=(number, 2))
    merge_portions(tmp_path / "merged")
    assert read_document(tmp_path / "merged").digests == found[1]
    assert validate(tmp_path / "merged") == []


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([1, 2, None], dtype=pl.Int64),
        pl.Series([1, 2, 3], dtype=pl.Int32),
        pl.Series([1.5, None, 0.0], dtype=pl.Float32),
        pl.Series(["c1", None, "", "ü"], dtype=pl.String),
        pl.Series([True, None, False], dtype=pl.Boolean),
        pl.Series([0, 10**18, None], dtype=pl.Int64).cast(pl.Datetime("ns")),
    ],
    ids=lambda values: str(values.dtype),
)
def test_each_type_has_a_digest_that_tells_its_values_apart(values: pl.Series) -> None:
    whole = _digest(values)
    assert whole == _digest(pl.concat([values[:1], values[1:]]))
    others = [values.reverse(), values.head(2), values.shift(1)]
    assert len({whole, *map(_digest, others)}) == 4


def _digest(values: pl.Series) -> str:
    ((_, column),) = raw_columns(values.to_frame())
    return digests_of([column.text])[0]


def test_the_first_row_group_decides_what_is_constant() -> None:
    rows = 3 * ROW_GROUP_ROWS // 2
    numbers = pl.Series("a", [0]).new_from_index(0, rows)
    changed = numbers.scatter(rows - 1, 1)
    columns = Columns()
    frame = pl.DataFrame({"a": changed.alias("a"), "b": changed.reverse(), "c": numbers})
    assert [*columns.watched(iter([frame]))] == [frame]
    assert columns.constant == {"a", "c"}


def test_digests_are_those_of_their_definition() -> None:
    """They are compared between machines and releases, so they never change."""
    columns = Columns()
    frame = pl.DataFrame({"a": pl.Series([0, 1, None], dtype=pl.Int64), "b": ["c0", "c1", None]})
    assert [*columns.watched(iter([frame]))] == [frame]
    assert {name: combined([columns.row_groups], name) for name in columns.row_groups} == EXPECTED


EXPECTED = {
    "a": "d61e99008bc5e50383dd3a0d4f3eea78",
    "b": "3d12af3eff89883b0203f21f87f78d4e",
}


def test_what_has_changed_of_a_table_is_told(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config())
    path = table_path(folder, "likes")
    frame, metadata = pl.read_parquet(path), pl.read_parquet_metadata(path)
    kept = {key: metadata[key] for key in ("pkey_col", "fkey_col_to_pkey_table", "time_col")}
    frame.write_parquet(path, compression="gzip", metadata=kept)
    (fault,) = validate(folder)
    assert str(fault) == (
        "likes.parquet: has changed since it was written; the values are the same"
    )
    frame.with_columns(pl.col("feature_0").reverse()).write_parquet(path, metadata=kept)
    (fault,) = validate(folder)
    assert str(fault) == (
        "likes.parquet: has changed since it was written: the values of feature_0"
    )


def test_schema_that_was_edited_is_told(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config())
    path = folder / "schema.json"
    path.write_text(path.read_text().replace('"layout": "explicit"', '"layout": "eXplicit"', 1))
    (fault,) = validate(folder)
    assert str(fault) == "schema.json: has changed since it was written"
    edit_schema(folder, lambda data: data.pop("digests"))
    (fault,) = validate(folder)
    assert str(fault) == "schema.json: lacks its digests"


@pytest.mark.parametrize("is_renewed", [False, True])
@pytest.mark.parametrize("kind", ["dangling", "negative", "shifted"])
def test_nothing_builds_on_broken_keys(tmp_path: Path, kind: str, is_renewed: bool) -> None:
    """By the digests, and where these are right, or missing, by the keys themselves."""
    config = small_config(model="scm")
    folder = write_database(tmp_path / "db", config)
    change = {
        "dangling": pl.col("foreign_row_0") + 1000,
        "negative": pl.col("foreign_row_0") - 1000,
        "shifted": pl.col("row_idx") + 1,
    }[kind]
    if is_renewed:
        rewrite(folder, "likes", lambda frame: frame.with_columns(change))
    else:
        path = table_path(folder, "likes")
        pl.read_parquet(path).with_columns(change).write_parquet(path)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for stage in ("features", "temporal"):
        with pytest.raises(FolderError, match=r"`plurel validate` says more"):
            run_stage(stage, folder, force=True)  # type: ignore[arg-type]
    with pytest.raises(FolderError, match=r"`plurel validate` says more"):
        do(folder, "users", "feature_0", 1)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_flipped_features_are_not_carried_on(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config(), "temporal")
    path = table_path(folder, "likes")
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 4
    path.write_bytes(data)
    with pytest.raises(FolderError, match="has changed since it was written"):
        run_stage("features", folder)
