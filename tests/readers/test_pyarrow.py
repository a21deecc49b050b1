"""pyarrow, which RelBench reads with, sees types, values and metadata of every kind of column."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from plurel_cli.blocks.frames import polars_type
from plurel_cli.storage.arrow_schema import parquet_metadata
from tests.readers.environments import Reader

_TYPES = {
    "int64": "int64",
    "int32": "int32",
    "float32": "float",
    "float64": "double",
    "string": "large_string",
    "boolean": "bool",
    "date": "date32[day]",
    "datetime[ns]": "timestamp[ns]",
    "datetime[us]": "timestamp[us]",
    "datetime[ms]": "timestamp[ms]",
}

_READ = """
import json, sys
import pyarrow as pa
import pyarrow.parquet as pq
seen = []
for path in sys.argv[1:]:
    table = pq.read_table(path)
    assert pq.read_schema(path).equals(table.schema, check_metadata=True)
    table.schema.serialize()
    seen.append({
        "types": {field.name: str(field.type) for field in table.schema},
        "metadata": {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()},
        "rows": table.num_rows,
    })
print(json.dumps(seen))
"""


def test_columns_of_other_types_are_refused() -> None:
    with pytest.raises(ValueError, match="dictionaries"):
        parquet_metadata({"a": pl.Categorical()}, {})


def test_pyarrow_sees_types_and_metadata(relbench_1: Reader, tmp_path: Path) -> None:
    columns = {f"{name} ü": polars_type(name) for name in _TYPES}  # type: ignore[arg-type]
    cases: list[dict[str, object]] = [
        {},
        {"pkey_col": "row_idx", "time_col": None, "fkey_col_to_pkey_table": {"a": "b"}},
        {"": "", "clé": "ключ 🗝", "long": "x" * 100_000, "quote": 'a"b\\c\n'},
        {f"key {i}": list(range(i)) for i in range(200)},
    ]
    frame = pl.DataFrame({name: [None] * 3 for name in columns}, schema=columns)
    paths = []
    for index, values in enumerate(cases):
        metadata = parquet_metadata(columns, values)
        paths += [tmp_path / f"{index}.parquet", tmp_path / f"{index}-sunk.parquet"]
        frame.write_parquet(paths[-2], metadata=metadata)
        frame.lazy().sink_parquet(paths[-1], metadata=metadata)
    seen = relbench_1.run(_READ, *paths)
    for index, values in enumerate(cases):
        for one in seen[2 * index : 2 * index + 2]:
            assert one["types"] == {f"{name} ü": arrow for name, arrow in _TYPES.items()}
            assert one["rows"] == 3
            written = parquet_metadata(columns, values)
            assert one["metadata"] == {k: v for k, v in written.items() if k != "ARROW:schema"}
