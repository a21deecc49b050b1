"""Rows as text that SQL engines read: literals of `INSERT`, and lines of PostgreSQL's `COPY`.

A whole frame is turned into text at once, column by column. Times come in what an engine counts
them in, cut rather than rounded, so that their order stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.export.dialects import Dialect

_STATEMENT_BYTES = 400_000
"""Of an `INSERT`, about; SQLite takes a million, and servers some millions."""


def inserts(frame: pl.DataFrame, into: str, dialect: Dialect, *, alone: bool) -> Iterator[str]:
    """`INSERT` statements of the rows of a frame.

    Parameters
    ----------
    frame
        The rows, whose numbers are finite.
    into
        The table, in quotes.
    dialect
        Of the engine.
    alone
        Whether each row has a statement of its own.

    Yields
    ------
    str
        Without a semicolon.
    """
    import polars as pl

    fields = [_literal(name, dtype, dialect) for name, dtype in frame.schema.items()]
    separated = [part for field in fields for part in (pl.lit(", "), field)][1:]
    rows = frame.select(pl.concat_str([pl.lit("("), *separated, pl.lit(")")]).alias("row"))["row"]
    if alone:
        yield from (f"INSERT INTO {into} VALUES {row}" for row in rows)  # noqa: S608
        return
    ends = rows.str.len_bytes().cast(pl.Int64).cum_sum() // _STATEMENT_BYTES
    first = 0
    for count in ends.rle().struct.field("len"):
        several = rows.slice(first, count).str.join(",\n").item()
        yield f"INSERT INTO {into} VALUES\n{several}"
        first += count


def copy_lines(frame: pl.DataFrame) -> bytes:
    r"""The rows of a frame as PostgreSQL's `COPY … FROM STDIN` reads them.

    Examples
    --------
    >>> import polars as pl
    >>> copy_lines(pl.DataFrame({"a": ["x", None], "b": [0.5, 1.0]}))
    b'x\t0.5\n\\N\t1.0\n'
    """
    import polars as pl

    fields = [_copied(name, dtype).fill_null("\\N") for name, dtype in frame.schema.items()]
    lines = pl.concat_str(fields, separator="\t").str.join("\n")
    return f"{frame.select(lines).item()}\n".encode()


def loaded_lines(frame: pl.DataFrame, file: Path) -> None:
    """Write the rows of a frame as MySQL's `LOAD DATA` reads them with no character of escape.

    Parameters
    ----------
    frame
        The rows.
    file
        To write.
    """
    import polars as pl

    columns = [
        pl.col(name).cast(pl.Int8) if dtype == pl.Boolean else _cut(name, dtype, "us")
        for name, dtype in frame.schema.items()
    ]
    frame.select(columns).write_csv(
        file,
        include_header=False,
        quote_style="non_numeric",
        null_value="NULL",
        datetime_format="%Y-%m-%d %H:%M:%S%.f",
    )


def _copied(name: str, dtype: pl.DataType) -> pl.Expr:
    import polars as pl

    column = _cut(name, dtype, "us")
    if dtype == pl.String:
        return column.str.replace_many(["\\", "\t", "\n", "\r"], ["\\\\", "\\t", "\\n", "\\r"])
    return column.cast(pl.String)


def _literal(name: str, dtype: pl.DataType, dialect: Dialect) -> pl.Expr:
    import polars as pl

    column = _cut(name, dtype, dialect.time_unit)
    if dtype == pl.String:
        text = column.str.replace_all("'", "''", literal=True)
        quoted = pl.concat_str([pl.lit("'"), text, pl.lit("'")])
        if dialect.carriage_return is not None:
            joined = f"', {dialect.carriage_return}, '"
            parts = quoted.str.replace_all("\r", joined, literal=True)
            whole = pl.concat_str([pl.lit("CONCAT("), parts, pl.lit(")")])
            quoted = pl.when(text.str.contains("\r", literal=True)).then(whole).otherwise(quoted)
    elif dtype.is_temporal():
        quoted = pl.concat_str([pl.lit("'"), column.cast(pl.String), pl.lit("'")])
    elif dtype == pl.Boolean:
        quoted = column.cast(pl.String).str.to_uppercase()
    elif dtype.is_float():  # with an exponent, as a number that is exact to no engine
        text = column.cast(pl.String)
        quoted = pl.when(text.str.contains("e", literal=True)).then(text).otherwise(text + "e0")
    else:
        quoted = column.cast(pl.String)
    return quoted.fill_null("NULL")


def _cut(name: str, dtype: pl.DataType, unit: str) -> pl.Expr:
    """A column, with times in a unit at the finest."""
    import polars as pl

    column = pl.col(name)
    if unit == "us" and dtype == pl.Datetime("ns"):
        return (column.to_physical() // 1000).cast(pl.Datetime("us"))
    return column
