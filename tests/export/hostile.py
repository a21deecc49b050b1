"""A database of names and values that break what is careless with quotes, case or nulls."""

from __future__ import annotations

from datetime import date

import polars as pl

from plurel_cli import Database, generate, parse_config
from plurel_cli.schema.model import Schema

TEXTS = (
    *("", " ", "NULL", "null", "\\N", "\\.", "nan", "0", "01", "1e5", "true", "None"),
    *('\'; DROP TABLE "select"; --', 'say "hi"', "it's", "`tick`", "back\\slash", "end\\"),
    *("a,b", "a\tb", "line\nbreak", "line\r\nbreak", "\n", "\\.\n", "\n\\.\n", "tail\n"),
    *("$$", "%s %(a)s", "{x}", ":name", "?", "<b>&amp;</b>", "\x01\x7f", "\ufeffmark"),
    *("elephant 🐘", "Zoë", "Zoe\u0308", "日本語", "عربى", "\u2028\u2029", "'" * 9, '"' * 9),
    *(" padded ", "x" * 70_000, "DELIMITER ;", "--", "/* */", "# no", ".quit", "\\q", "\\g"),
)
"""Texts of which each must come back as it is."""

NUMBERS = (0.0, -0.0, 0.1, 1 / 3, 1e-300, 5e-324, 1e150, -1e22, 123456789.125)
WHOLES = (0, 1, 2**31 - 1, 2**63 - 1, 2**53 + 1)
DAYS = (date(1970, 1, 1), date(1, 1, 1), date(9999, 12, 31), date(2000, 2, 29))

MOMENTS = (0, -1, 1, 10**9, 1_709_209_801_123_456_789, -1_000_000_000_000_000_001)
"""In nanoseconds since 1970."""

LABELS = ("it's", 'say "hi"', "'; DROP TABLE x; --", "🐘", "back\\slash", "end\\")

NAMES = ("select", "Group", "x" * 60, "end", "order")
"""Of tables, the last of which has all columns."""


def hostile() -> Database:
    """The database."""
    lenses = {
        "from": {"lens": "text", "templates": ["a"]},
        "Table": {"lens": "category", "values": list(LABELS)},
        "where": {"lens": "number", "uniform": {"low": 0, "high": 1}},
        "n" * 63: {"lens": "integer", "uniform": {"low": 0, "high": 9}},
        "day": {"lens": "date"},
        "when": {"lens": "timestamp"},
        "is": {"lens": "flag"},
        "price": {"lens": "money"},
    }
    for lens in lenses.values():
        lens["nulls"] = 0.2  # type: ignore[assignment]
    tables = {
        name: {"rows": 3, "parents": list(NAMES[max(0, index - 1) : index])}
        for index, name in enumerate(NAMES[:-1])
    }
    tables[NAMES[0]]["columns"] = {"last_end": {"lens": "link", "to": NAMES[-1]}}  # a circle
    tables[NAMES[-1]] = {
        "rows": 2 * len(TEXTS),
        "parents": [NAMES[0], NAMES[-1], NAMES[0]],
        "columns": lenses,
    }
    raw = {"schema": {"layout": "explicit"}, "tables": tables, "features": {"model": "scm"}}
    database = generate(parse_config(raw), 1)
    frames = dict(database.tables)
    frame = frames[NAMES[-1]]

    def cycle(values: tuple[object, ...], name: str) -> pl.Series:
        several = [None, *values] * (frame.height // len(values) + 1)
        several = several[: frame.height]
        dtype = frame.schema[name]
        if dtype == pl.Datetime("ns"):
            return pl.Series(name, several, dtype=pl.Int64).cast(dtype)
        return pl.Series(name, several, dtype=dtype)

    frames[NAMES[-1]] = frame.with_columns(
        cycle(TEXTS, "from"),
        cycle(NUMBERS, "where"),
        cycle(WHOLES, "n" * 63),
        cycle(DAYS, "day"),
        cycle(MOMENTS, "when"),
    )
    return Database(database.schema, frames)


def normal(schema: Schema, tables: dict[str, pl.DataFrame]) -> dict[str, list[tuple[object, ...]]]:
    """Rows in the order of their keys, of the types that the schema states; times to the µs."""
    return {table.name: _rows(schema, table.name, tables[table.name]) for table in schema.tables}


def _rows(schema: Schema, name: str, frame: pl.DataFrame) -> list[tuple[object, ...]]:
    table = schema.by_name[name]
    columns = []
    for column in table.columns:
        series = frame[column.name]
        if column.type == "float32":
            series = series.cast(pl.Float32)
        elif column.type == "float64":
            series = series.cast(pl.Float64)
        elif column.type == "boolean":
            series = series.cast(pl.Int64).cast(pl.Boolean)
        elif column.type == "date":
            series = series if series.dtype == pl.Date else series.cast(pl.String).str.to_date()
        elif column.type.startswith("datetime"):
            if series.dtype == pl.String:
                text = series.str.replace("T", " ").str.replace(r"^([^.]*)$", "$1.")
                text = text.str.pad_end(29, "0")
                series = text.str.slice(0, 26).str.to_datetime("%Y-%m-%d %H:%M:%S%.f")
            series = (series.cast(pl.Datetime("ns")).to_physical() // 1000).cast(pl.Datetime("us"))
        elif column.type == "string":
            series = series.cast(pl.String)
        else:
            series = series.cast(pl.Int64)
        columns.append(series.alias(column.name))
    return pl.DataFrame(columns).sort(table.primary_key).rows()
